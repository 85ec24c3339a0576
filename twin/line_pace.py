"""How much would happen in a run of a line, roughly; what would never end is refused."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from process_models.errors import InputError
from twin.distributions import Distribution
from twin.line import LineModel, StationModel

__all__ = ["MOST_EVENTS", "check_pace"]

MOST_EVENTS = 1e9


def check_pace(line: LineModel, *, hours: float | None = None, lots: int | None = None) -> None:
    """Refuse a run in which far more would happen than can be computed in a day.

    Parameters
    ----------
    hours, lots
        How long it is to run; one of them.

    Raises
    ------
    InputError
        Naming the station and the key that makes it so long.

    Examples
    --------
    >>> from twin.distributions import Deterministic
    >>> from twin.line import Arrivals
    >>> line = LineModel("a", Arrivals("saturated"), (StationModel("roll", Deterministic(0)),))
    >>> check_pace(line, hours=1)
    Traceback (most recent call last):
    ...
    process_models.errors.InputError: line 'a': station 'roll': service_s lets inf lots come in \
the run, more than 1e+09: it must be longer
    """
    where = f"line {line.name!r}: "
    if hours is None:
        lots_in = float(lots or 0)
    else:
        gap, spot = _gap(line)
        lots_in = min(hours * 3600 / gap if gap > 0 else math.inf, _most_lots(line))
        if lots_in > MOST_EVENTS:
            raise InputError(
                f"{where}{spot} lets {lots_in:.2g} lots come in the run, more than {MOST_EVENTS:g}:"
                " it must be longer"
            )
    for station in line.path:
        _check_station(line, station, lots_in * _passes(line, station), hours)


def _check_station(
    line: LineModel, station: StationModel, visits: float, hours: float | None
) -> None:
    spot = f"line {line.name!r}: station {station.name!r}"
    if visits > MOST_EVENTS:
        raise InputError(
            f"{spot}: {visits:.2g} visits in the run, more than {MOST_EVENTS:g}: rework.probability"
            f" must be smaller, or there must be fewer lots"
        )
    work_s = visits * line.mean_service_s(station) / station.batch
    for key, many in _cycles(station, work_s, (hours or 0) * 3600):
        if many > MOST_EVENTS:
            raise InputError(
                f"{spot}: {key} would come {many:.2g} times in the run, more than"
                f" {MOST_EVENTS:g}: it must be longer"
            )


def _cycles(station: StationModel, work_s: float, run_s: float) -> Iterator[tuple[str, float]]:
    """What comes again and again at a station, and how often in so much work and time."""
    failure, calendar = station.failure, station.calendar
    if failure is not None:
        up_s = failure.time_to_failure_s.mean_s
        yield "failure.time_to_failure_s", _ratio(work_s, up_s)
        if failure.clock == "time":
            whole_s = up_s + failure.time_to_repair_s.mean_s
            yield "failure.time_to_failure_s", station.servers * _ratio(run_s, whole_s)
    if calendar is not None and calendar.off_s > 0:
        yield "calendar.on_s", _ratio(work_s / station.servers, calendar.on_s)
        period_s = calendar.on_s + calendar.off_s
        yield "calendar.on_s", _ratio(max(run_s, _longest(station)), period_s)
    for job in station.maintenance:
        if job.every_s is not None:
            yield f"maintenance {job.name!r}: every_s", _ratio(max(work_s, run_s), job.every_s)


def _ratio(length_s: float, each_s: float) -> float:
    if length_s <= 0:
        return 0.0
    return length_s / each_s if each_s > length_s * 1e-300 else math.inf


def _longest(part: object) -> float:
    """The longest mean of all durations of a station, times to failure apart."""
    if isinstance(part, Distribution):
        return part.mean_s
    if isinstance(part, tuple):
        return max(map(_longest, part), default=0.0)
    if not is_dataclass(part):
        return 0.0
    named = (one.name for one in fields(part) if one.name != "time_to_failure_s")
    return max(_longest(getattr(part, name)) for name in named)


def _gap(line: LineModel) -> tuple[float, str]:
    """Mean time between two new lots at the most, in seconds, and the key that sets it."""
    gap = line.arrivals.interarrival_s
    if gap is not None:
        return gap.mean_s, "arrivals: interarrival_s"
    longest, spot, left = 0.0, line.path[0], 1.0
    for place, station in enumerate(line.path):
        if place and station.buffer is None and line.arrivals.kind != "conwip":
            break  # whatever comes can wait here
        each_s = left * line.mean_service_s(station) / station.servers / station.batch
        if each_s > longest:
            longest, spot = each_s, station
        left *= 1 - station.scrap_probability
    return longest, f"station {spot.name!r}: service_s"


def _most_lots(line: LineModel) -> float:
    """Lots that come at all."""
    arrivals = line.arrivals
    if arrivals.kind == "schedule":
        return len(arrivals.times_s)
    return math.inf if arrivals.lots is None else arrivals.lots


def _passes(line: LineModel, station: StationModel) -> float:
    """Visits of a lot to a station on average; scrap is left out of account."""
    place, passes = line.index(station.name), 1.0
    for later in line.stations[place:]:
        if later.rework is not None and line.index(later.rework.to) <= place:
            left = 1 - (1 - later.scrap_probability) * later.rework.probability
            passes *= 1 / left if left > 0 else math.inf
    return passes
