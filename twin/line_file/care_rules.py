"""Rules about set-ups, maintenance and the condition of a station."""

from __future__ import annotations

from process_models.errors import InputError
from twin.line import LineModel, StationModel

__all__ = ["check_care"]


def check_care(line: LineModel, station: StationModel, spot: str) -> None:
    """Refuse care that could never happen, or for ever.

    Raises
    ------
    InputError
        With `spot`, key, rule and value.
    """
    _check_setup(line, station, spot)
    condition = station.condition
    if station.alarm is not None and condition is None:
        raise InputError(f"{spot}: alarm needs a condition that it watches, got none")
    for job in station.maintenance:
        if job.above is None:
            continue
        if condition is None:
            raise InputError(f"{spot}: maintenance {job.name!r}: above needs a condition, got none")
        if job.above <= condition.start:
            raise InputError(
                f"{spot}: maintenance {job.name!r}: above must be above the start of the"
                f" condition ({condition.start:g}), got {job.above:g}"
            )


def _check_setup(line: LineModel, station: StationModel, spot: str) -> None:
    setup = station.setup
    if setup is None:
        return
    if line.mix is None:
        raise InputError(f"{spot}: setup needs a [mix] of recipes, got none")
    names = line.mix.names
    for change in setup.changes:
        for key, name in (("from", change.before), ("to", change.after)):
            if name not in names:
                raise InputError(
                    f"{spot}: setup.changes.{key} must be a recipe of the mix"
                    f" ({', '.join(names)}), got {name!r}"
                )
    pairs = [(change.before, change.after) for change in setup.changes]
    for pair in pairs:
        if pairs.count(pair) > 1:
            raise InputError(f"{spot}: setup.changes must differ, got {' to '.join(pair)} twice")
