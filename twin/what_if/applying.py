"""A calibrated line with a change made to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from process_models.errors import InputError
from twin.calibration import CalibratedLine
from twin.line import LineModel, StationModel
from twin.line_people import People
from twin.line_time import line_seconds
from twin.recipe import Recipe
from twin.state import LineState
from twin.what_if.change import Change, Maintenance, NewRecipe, Operators, StationOut

__all__ = ["applied", "new_recipe"]

_EXPOSURE_AT = "sublimation"


def applied(
    calibration: CalibratedLine, state: LineState, recipe: Recipe, changes: Sequence[Change]
) -> CalibratedLine:
    """The line as it would be from `state.as_of` on.

    Raises
    ------
    InputError
        When a change names what the line does not have, lies in the past, leaves a pool without
        anybody who is needed, or turns to another process.
    """
    made = calibration
    for change in changes:
        if isinstance(change, NewRecipe):
            made = _with_recipe(made, recipe, change.recipe)
        elif isinstance(change, Operators):
            made = replace(made, line=_with_people(made.line, change))
        else:
            made = replace(made, line=_stopped(made.line, *_window(change, state)))
    return made


def new_recipe(changes: Sequence[Change]) -> Recipe | None:
    """The recipe that the changes turn to, if any."""
    found = [change.recipe for change in changes if isinstance(change, NewRecipe)]
    return found[-1] if found else None


def _window(change: StationOut | Maintenance, state: LineState) -> tuple[str, float, float]:
    now_s = line_seconds(state.as_of)
    if isinstance(change, StationOut):
        return change.station, now_s, now_s + change.duration_s
    start_s = line_seconds(change.start)
    if start_s < now_s:
        raise InputError(
            f"maintenance must not begin before {state.as_of.isoformat(timespec='seconds')}, got "
            f"{change.start.isoformat(timespec='seconds')}"
        )
    return change.station, start_s, start_s + change.duration_s


def _stopped(line: LineModel, station: str, start_s: float, end_s: float) -> LineModel:
    names = [one.name for one in line.path]
    if station not in names:
        raise InputError(f"station must be one of {', '.join(names)}, got {station!r}")
    return replace(
        line,
        stations=tuple(
            replace(one, down_windows_s=_merged((*one.down_windows_s, (start_s, end_s))))
            if one.name == station else one
            for one in line.stations
        ),
    )  # fmt: skip


def _merged(windows: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Windows in order of time, those that overlap joined."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(windows):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def _with_people(line: LineModel, change: Operators) -> LineModel:
    names = [pool.name for pool in line.people]
    if change.pool not in names:
        raise InputError(f"operators must name a pool of {', '.join(names)}, got {change.pool!r}")
    pool = line.people[names.index(change.pool)]
    if pool.groups:
        raise InputError(
            f"operators: pool {pool.name!r} has groups of its own; change the line file instead"
        )
    size = pool.size + change.by
    needed = max(
        (one.operators.needed for one in line.stations
         if one.operators is not None and one.operators.pool == pool.name), default=0,
    )  # fmt: skip
    if size < max(needed, 1):
        raise InputError(
            f"operators: pool {pool.name!r} of {pool.size} needs at least {max(needed, 1)}, "
            f"got {size} with {change.by:+d}"
        )
    return replace(
        line,
        people=tuple(
            People(one.name, size) if one.name == pool.name else one for one in line.people
        ),
    )


def _with_recipe(calibration: CalibratedLine, before: Recipe, after: Recipe) -> CalibratedLine:
    """Another exposure takes the chamber so much longer; the fitted times are scaled to that."""
    if after.process != before.process:
        raise InputError(
            f"recipe {after.name!r} is of process {after.process!r}: from now on only recipes of "
            f"process {before.process!r} can be compared"
        )
    station = next((one for one in calibration.line.path if one.name == _EXPOSURE_AT), None)
    longer_s = after.sublimation_time_s - before.sublimation_time_s
    if station is None or longer_s == 0:
        return calibration
    fit = calibration.stations[_EXPOSURE_AT]
    factor = _factor(station, longer_s)
    scale, shape = fit.service.theta
    slower = replace(fit, service=replace(fit.service, theta=(scale + math.log(factor), shape)))
    return replace(calibration, stations={**calibration.stations, _EXPOSURE_AT: slower})


def _factor(station: StationModel, longer_s: float) -> float:
    mean_s = station.service_s.mean_s
    if mean_s + longer_s <= 0:
        raise InputError(f"recipe leaves no time at {station.name}: {mean_s + longer_s:g} s")
    return (mean_s + longer_s) / mean_s
