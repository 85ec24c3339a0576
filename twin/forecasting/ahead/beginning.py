"""The line's state as the futures begin with it: lots in the order of the line, and repairs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from twin.line import LineModel, StationModel
from twin.line_time import line_seconds
from twin.state import LineState, LotState

__all__ = ["Beginning", "BegunLot", "Repair", "beginning_of", "line_from"]

_STOPS_AHEAD_S = 14 * 86_400.0
_NEVER_S = (1e12, 1e12 + 1.0)  # a stop that keeps the exact engine on its general way


@dataclass(frozen=True, slots=True)
class BegunLot:
    """One lot at the start.

    Attributes
    ----------
    place : int
        Index of its station on the path.
    phase : str
        queued, in_service, blocked or coming.
    had_s : float
        Work that its service has had; seconds that it has been on its way, where it is coming.
    """

    lot_id: str
    place: int
    phase: str
    had_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Repair:
    """A station that is down, and for how long it has been."""

    place: int
    since_s: float


@dataclass(frozen=True)
class Beginning:
    """Lots, those that are furthest first, and repairs, oldest first."""

    lots: tuple[BegunLot, ...]
    repairs: tuple[Repair, ...]


def beginning_of(state: LineState, line: LineModel) -> Beginning:
    """Where every lot of the line stands; lots at stations that the line lacks are left out.

    A lot on its way comes to the next station, a held one waits where it is.
    """
    now_s = line_seconds(state.as_of)
    places = {one.name: place for place, one in enumerate(line.path)}
    last = len(places) - 1
    repairs = [
        Repair(places[name], max(0.0, now_s - line_seconds(one.down_since or state.as_of)))
        for name, one in state.stations.items()
        if name in places and one.servers_down and line.path[places[name]].failure is not None
    ]
    down_s = {repair.place: repair.since_s for repair in repairs}
    found: list[tuple[tuple[float, ...], BegunLot]] = []
    for lot in state.in_process:
        if lot.station not in places:
            continue
        place = places[lot.station]
        begun = _begun(lot, line.path[place], place, last, now_s, down_s.get(place, 0.0))
        rank = {"blocked": 0, "in_service": 1, "queued": 2, "coming": 3}[begun.phase]
        since = line_seconds(lot.since)
        found.append(((-begun.place, rank, since, line_seconds(lot.entered_at)), begun))
    found.sort(key=lambda pair: (pair[0], pair[1].lot_id))
    return Beginning(
        tuple(begun for _, begun in found),
        tuple(sorted(repairs, key=lambda one: -one.since_s)),
    )


def _begun(
    lot: LotState, model: StationModel, place: int, last: int, now_s: float, down_s: float
) -> BegunLot:
    passed_s = max(0.0, now_s - line_seconds(lot.since))
    if lot.phase == "moving":
        if place == last:
            return BegunLot(lot.lot_id, place, "queued")
        return BegunLot(lot.lot_id, place + 1, "coming", passed_s)
    if lot.phase == "in_service":
        since_s = now_s - passed_s
        stops = model.planned_stops_between(since_s, now_s)
        stopped = sum(min(end, now_s) - max(start, since_s) for start, end in stops)
        return BegunLot(
            lot.lot_id, place, "in_service", max(0.0, passed_s - stopped - min(down_s, passed_s))
        )
    return BegunLot(lot.lot_id, place, "blocked" if lot.phase == "blocked" else "queued")


def line_from(line: LineModel, now_s: float, until_s: float) -> LineModel:
    """The line with second 0 at `now_s`: planned stops up to `until_s` as windows, no laboratory.

    Parameters
    ----------
    until_s : float
        From `now_s`.
    """
    until_s = now_s + until_s + _STOPS_AHEAD_S
    stations = []
    for one in line.path:
        stops = tuple(
            (max(0.0, start - now_s), end - now_s)
            for start, end in one.planned_stops_between(now_s, until_s)
            if end > now_s
        )
        stations.append(replace(one, calendar=None, down_windows_s=(*stops, _NEVER_S)))
    arrivals = line.arrivals
    if arrivals.kind == "schedule":
        times = tuple(time - now_s for time in arrivals.times_s if time > now_s)
        arrivals = replace(arrivals, times_s=times)
    return replace(line, stations=tuple(stations), arrivals=arrivals)
