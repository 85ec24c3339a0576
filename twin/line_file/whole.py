"""Rules that concern a line file as a whole: names that must be known, people, ways to lock."""

from __future__ import annotations

from collections.abc import Sequence

from process_models.errors import InputError
from twin.line import LineModel, StationModel
from twin.line_file.care_rules import check_care
from twin.line_file.people_rules import check_people
from twin.line_file.routes import check_routes

__all__ = ["check_line"]


def check_line(line: LineModel, where: str) -> None:
    """Refuse a line whose parts do not go together.

    Raises
    ------
    InputError
        With `where`, station, key, rule and value.
    """
    if not line.path:
        raise InputError(f"{where}: a line needs at least one [[station]] for lots, got none")
    _refuse_duplicates(where, "station", [station.name for station in line.stations])
    _refuse_duplicates(where, "crew or pool", [people.name for people in line.people])
    check_routes(line, where)
    for place, station in enumerate(line.stations):
        spot = f"{where}: station {station.name!r}"
        check_people(line, station, spot)
        check_care(line, station, spot)
        _check_batch(station, spot)
        if station.samples:
            _check_sampling(line, place, spot)
    batch = max((one.batch for one in line.path if one.batch_timeout_s is None), default=1)
    wip = line.arrivals.wip
    if wip is not None and wip < batch:
        raise InputError(f"{where}: arrivals: wip must be at least the batch of {batch}, got {wip}")


def _check_batch(station: StationModel, spot: str) -> None:
    if station.batch_timeout_s is not None and station.batch == 1:
        raise InputError(
            f"{spot}: batch_timeout_s needs a batch above 1, got {station.batch_timeout_s:g}"
        )


def _check_sampling(line: LineModel, place: int, spot: str) -> None:
    station = line.stations[place]
    if any(not later.samples for later in line.stations[place:]):
        raise InputError(f"{spot}: sample_every needs the station after those that lots visit")
    if station.buffer is not None:
        raise InputError(
            f"{spot}: buffer must be left out where coupons are tested, got {station.buffer}"
        )
    left_out = {"rework": None, "batch": 1, "hold": None, "max_wait": None, "setup": None}
    for key, harmless in left_out.items():
        if getattr(station, key) != harmless:
            raise InputError(f"{spot}: {key} must be left out where coupons are tested")


def _refuse_duplicates(where: str, noun: str, names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{where}: {noun} names must differ, got {name!r} twice")
