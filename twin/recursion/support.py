"""Which lines the exact engine can express; it decides from the line, and names what it cannot."""

from __future__ import annotations

from collections.abc import Iterator

from twin.line import LineModel, StationModel

__all__ = ["unsupported"]


def unsupported(
    line: LineModel, *, hours: float | None = None, lots: int | None = None
) -> str | None:
    """The first thing in a line that the exact engine cannot express, or None.

    Parameters
    ----------
    hours, lots
        How long it is to run: batches must come out full when a number of lots is given.

    Examples
    --------
    >>> from twin.distributions import Exponential
    >>> from twin.line import Arrivals, Rework
    >>> again = StationModel("roll", Exponential(9), rework=Rework(0.1, "roll"))
    >>> unsupported(LineModel("demo", Arrivals("saturated"), (again,)))
    "station 'roll': rework"
    """
    for station in line.stations:
        found = next(_of_station(station), None)
        if found is not None:
            return f"station {station.name!r}: {found}"
    return next(_of_line(line, hours, lots), None)


def _of_station(station: StationModel) -> Iterator[str]:
    absent = {
        "rework": station.rework,
        "batch_timeout_s": station.batch_timeout_s,
        "setup": station.setup,
        "maintenance": station.maintenance or None,
        "condition": station.condition,
        "alarm": station.alarm,
        "hold": station.hold,
        "max_wait": station.max_wait,
    }
    yield from (key for key, value in absent.items() if value is not None)
    if station.failure is not None and station.failure.clock == "time":
        yield "failure.clock = time"
    if station.failure is not None and station.failure.time_to_failure_s.mean_s <= 0:
        yield "failure.time_to_failure_s is always 0"


def _of_line(line: LineModel, hours: float | None, lots: int | None) -> Iterator[str]:
    if line.mix is not None:
        yield "a mix of recipes"
    yield from _operators(line)
    yield from _arrivals(line, hours, lots)
    yield from _batches(line, lots)


def _operators(line: LineModel) -> Iterator[str]:
    """Pools that can run out, and people with skills or shifts."""
    for people in line.people:
        asking = [
            (
                one,
                one.operators.needed if one.operators and one.operators.pool == people.name else 0,
            )
            for one in line.stations
        ]
        crewed = [one for one in line.stations if one.failure and one.repair_crew == people.name]
        needed = sum(one.servers * count for one, count in asking)
        mending = sum(one.servers for one in crewed)
        first = next((one.name for one, count in asking if count), None)
        if first is not None and (people.groups or needed + mending > people.size):
            yield f"station {first!r}: operators.pool {people.name!r} can run out of people"
        if crewed and people.groups:
            yield f"station {crewed[0].name!r}: repair_crew {people.name!r} with skills or shifts"


def _arrivals(line: LineModel, hours: float | None, lots: int | None) -> Iterator[str]:
    arrivals = line.arrivals
    if arrivals.kind == "conwip":
        for one in line.path:
            if one.servers > 1 or one.batch > 1 or one.scrap_probability > 0:
                yield f"station {one.name!r}: lots may overtake, with arrivals.kind = conwip"
    if arrivals.kind == "all_at_start" and arrivals.lots is None and lots is None:
        yield "arrivals: lots is left out, with arrivals.kind = all_at_start"
    if arrivals.kind == "schedule" and not any(time >= 0 for time in arrivals.times_s):
        yield "arrivals: a schedule without an arrival"
    endless = arrivals.kind in ("saturated", "conwip")
    if hours is not None and endless and all(one.service_s.mean_s <= 0 for one in line.path):
        yield f"station {line.path[0].name!r}: service_s is always 0"


def _batches(line: LineModel, lots: int | None) -> Iterator[str]:
    """An incomplete batch at the end, whose start depends on where every other lot is."""
    many = _lots_at_most(line, lots)
    scrapped = ""
    for one in line.path:
        if one.batch > 1 and many is not None and (scrapped or many % one.batch):
            yield f"station {one.name!r}: batch, the last of which is incomplete"
        if one.scrap_probability > 0:
            scrapped = one.name


def _lots_at_most(line: LineModel, lots: int | None) -> int | None:
    """How many lots come at most; None without end."""
    arrivals = line.arrivals
    fixed = {
        "all_at_start": arrivals.lots,
        "schedule": sum(time >= 0 for time in arrivals.times_s),
    }.get(arrivals.kind)
    if fixed is None or lots is None:
        return lots if fixed is None else fixed
    return min(lots, fixed)
