"""Key figures of a line: pure functions of its records over a window of time.

Shares of server time are of the time that is not planned off, and add up to 1:

- down: failed, under repair or waiting for a crew, set up or maintained, whatever else the server
  holds
- utilisation: a service is going on
- blocked: a finished lot waits for a place further on
- starved: none of these, so no lot (or not enough for a batch), or no operator

`setup` and `maintenance` are parts of down, also told by themselves. `planned` is the share of all
time that is planned off. Queue and wait exclude service.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.coverage import Coverage
from twin.line import LineModel
from twin.records import OUTCOMES, ROUTES, LineRecords, is_coupon

__all__ = [
    "StationKpi",
    "down_times",
    "event_spans",
    "final_yield",
    "first_pass_yield",
    "flow_time_s",
    "station_kpis",
    "stop_times",
    "throughput_per_h",
    "wip",
    "wip_over_time",
]

FINISHED, SCRAPPED = OUTCOMES.index("finished"), OUTCOMES.index("scrapped")
LOT, STATION, SERVER, ARRIVE, START, FINISH, DEPART, ROUTE = range(8)
ENTER, LEAVE, OUTCOME, REWORKED = range(1, 5)
STOPS = {
    "down": ("failure", True),
    "up": ("failure", False),
    "setup_start": ("setup", True),
    "setup_end": ("setup", False),
    "maintenance_start": ("maintenance", True),
    "maintenance_end": ("maintenance", False),
}
PARTS = ("setup", "maintenance")
Spans = dict[int, list[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class StationKpi:
    """Figures of one station over a window; nan where nothing happened that they could be of."""

    utilisation: float
    blocked: float
    starved: float
    down: float
    planned: float
    mean_queue: float
    mean_wait_s: float
    quality: float
    finished: int
    setup: float = 0.0
    maintenance: float = 0.0


def _lots_only(records: LineRecords) -> NDArray[np.float64]:
    return records.lot_rows[~is_coupon(records.lot_rows[:, LOT])]


def _left(records: LineRecords, start_s: float, end_s: float) -> NDArray[np.float64]:
    """Rows of lots, coupons apart, that left in (start_s, end_s]."""
    rows = _lots_only(records)
    return rows[(rows[:, LEAVE] > start_s) & (rows[:, LEAVE] <= end_s)]


def _clipped(
    start: NDArray[np.float64], end: NDArray[np.float64], start_s: float, end_s: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Spans cut to the window; an end that has not come yet (nan) is the window's."""
    low = np.clip(start, start_s, end_s)
    high = np.clip(np.where(np.isnan(end), end_s, end), start_s, end_s)
    return low, np.maximum(low, high)


def throughput_per_h(records: LineRecords, start_s: float, end_s: float) -> float:
    """Good lots that left the line, an hour."""
    finished = _left(records, start_s, end_s)[:, OUTCOME] == FINISHED
    return float(np.sum(finished) / (end_s - start_s) * 3600) if end_s > start_s else np.nan


def flow_time_s(records: LineRecords, start_s: float, end_s: float) -> float:
    """Mean time from entering to leaving, of good lots that left in the window."""
    rows = _left(records, start_s, end_s)
    rows = rows[rows[:, OUTCOME] == FINISHED]
    return float(np.mean(rows[:, LEAVE] - rows[:, ENTER])) if len(rows) else np.nan


def wip(records: LineRecords, start_s: float, end_s: float) -> float:
    """Mean number of lots in the line over time."""
    rows = _lots_only(records)
    low, high = _clipped(rows[:, ENTER], rows[:, LEAVE], start_s, end_s)
    return float(np.sum(high - low) / (end_s - start_s)) if end_s > start_s else np.nan


def wip_over_time(records: LineRecords) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Times of change in seconds, ascending, and lots in the line from each of them on."""
    rows = _lots_only(records)
    leave = rows[:, LEAVE][~np.isnan(rows[:, LEAVE])]
    times = np.concatenate([rows[:, ENTER], leave])
    change = np.concatenate([np.ones(len(rows)), -np.ones(len(leave))])
    moments, place = np.unique(times, return_inverse=True)
    steps = np.bincount(place, weights=change, minlength=len(moments))
    return moments, np.cumsum(steps).astype(np.int64)


def final_yield(records: LineRecords, start_s: float, end_s: float) -> float:
    """Good lots among those that left."""
    rows = _left(records, start_s, end_s)
    return float(np.mean(rows[:, OUTCOME] == FINISHED)) if len(rows) else np.nan


def first_pass_yield(records: LineRecords, start_s: float, end_s: float) -> float:
    """Good lots without rework among those that left."""
    rows = _left(records, start_s, end_s)
    good = (rows[:, OUTCOME] == FINISHED) & (rows[:, REWORKED] == 0)
    return float(np.mean(good)) if len(rows) else np.nan


def down_times(records: LineRecords, station: int) -> Spans:
    """[down, up) of each server of a station that ever failed; up is inf while it is down."""
    return event_spans(records, station, "failure")


def stop_times(records: LineRecords, station: int) -> Spans:
    """[start, end) in which each server of a station was down, set up or maintained."""
    return _together(_stops(records).get(station, {}).values())


def event_spans(records: LineRecords, station: int, kind: str) -> Spans:
    """[start, end) of each server's failures, setup or maintenance; inf while they last."""
    return _stops(records).get(station, {}).get(kind, {})


def station_kpis(
    records: LineRecords, line: LineModel, start_s: float, end_s: float
) -> dict[str, StationKpi]:
    """Figures of every station over [start_s, end_s], by name."""
    rows = records.visit_rows
    order = np.argsort(rows[:, STATION], kind="stable")
    bounds = np.searchsorted(rows[order, STATION], np.arange(len(line.stations) + 1))
    stops = _stops(records)
    return {
        model.name: _station(
            line,
            place,
            stops.get(place, {}),
            rows[order[bounds[place] : bounds[place + 1]]],
            start_s,
            end_s,
        )
        for place, model in enumerate(line.stations)
    }


def _station(
    line: LineModel,
    place: int,
    stops: Mapping[str, Spans],
    visits: NDArray[np.float64],
    start_s: float,
    end_s: float,
) -> StationKpi:
    model = line.stations[place]
    span_s = end_s - start_s
    planned = model.planned_stops_between(start_s, end_s)
    off = float(Coverage(planned).within(start_s, end_s))
    services = visits if model.batch == 1 else _services(visits)
    busy = blocked = down = 0.0
    for servers, downs in _groups(model.servers, _together(stops.values())):
        lost = Coverage([*planned, *_begun(downs, end_s)])
        part = services[np.isin(services[:, SERVER], servers)] if downs else services
        busy += _outside(part[:, START], part[:, FINISH], lost, start_s, end_s)
        blocked += _outside(part[:, FINISH], part[:, DEPART], lost, start_s, end_s)
        down += len(servers) * (float(lost.within(start_s, end_s)) - off)
    total = model.servers * (span_s - off)
    parts = [_stopped(stops.get(name, {}), planned, start_s, end_s) for name in PARTS]
    shares = [value / total if total > 0 else np.nan for value in (busy, blocked, down, *parts)]
    queue, wait = _waiting(visits, start_s, end_s)
    done = visits[(visits[:, FINISH] > start_s) & (visits[:, FINISH] <= end_s)]
    good = done[:, ROUTE] != ROUTES.index("scrap")
    return StationKpi(
        utilisation=shares[0],
        blocked=shares[1],
        starved=max(0.0, 1 - sum(shares[:3])) if total > 0 else np.nan,
        down=shares[2],
        planned=off / span_s if span_s > 0 else np.nan,
        mean_queue=queue,
        mean_wait_s=wait,
        quality=float(np.mean(good)) if len(done) else np.nan,
        finished=len(done),
        setup=shares[3],
        maintenance=shares[4],
    )


def _stops(records: LineRecords) -> dict[int, dict[str, Spans]]:
    """When servers were down, set up or maintained, by station and kind."""
    found: dict[int, dict[str, Spans]] = {}
    for event in records.station_events:
        kind, begins = STOPS.get(event.event, ("", False))
        if not kind:
            continue
        spans = found.setdefault(event.station, {}).setdefault(kind, {})
        if begins:
            spans.setdefault(event.server, []).append((event.time_s, np.inf))
        else:
            spans[event.server][-1] = (spans[event.server][-1][0], event.time_s)
    return found


def _together(spans: Iterable[Spans]) -> Spans:
    """All spans of each server."""
    found: Spans = {}
    for by_server in spans:
        for server, some in by_server.items():
            found.setdefault(server, []).extend(some)
    return found


def _stopped(
    spans: Spans, planned: list[tuple[float, float]], start_s: float, end_s: float
) -> float:
    """Server time in the spans that is not planned off."""
    off = float(Coverage(planned).within(start_s, end_s))
    return sum(
        float(Coverage([*planned, *_begun(some, end_s)]).within(start_s, end_s)) - off
        for some in spans.values()
    )


def _begun(spans: list[tuple[float, float]], end_s: float) -> list[tuple[float, float]]:
    return [(start, min(end, end_s)) for start, end in spans if start < end_s]


def _groups(
    servers: int, downs: dict[int, list[tuple[float, float]]]
) -> list[tuple[list[int], list[tuple[float, float]]]]:
    """Servers with the same down times: each that was ever down by itself, or all together."""
    if not downs:
        return [(list(range(servers)), [])]
    return [([server], downs.get(server, [(np.inf, np.inf)])) for server in range(servers)]


def _services(visits: NDArray[np.float64]) -> NDArray[np.float64]:
    """One row for each batch instead of one for each of its lots; it ends when the last departs."""
    started = visits[~np.isnan(visits[:, START])]
    started = started[np.lexsort((started[:, START], started[:, SERVER]))]
    if not len(started):
        return started
    same = np.all(started[1:, [SERVER, START]] == started[:-1, [SERVER, START]], axis=1)
    first = np.flatnonzero(np.concatenate([[True], ~same]))
    services = started[first].copy()
    services[:, DEPART] = np.maximum.reduceat(started[:, DEPART], first)
    return services


def _outside(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    lost: Coverage,
    start_s: float,
    end_s: float,
) -> float:
    """Total length of the spans in the window, without the time that is lost."""
    begun = ~np.isnan(start)
    low, high = _clipped(start[begun], end[begun], start_s, end_s)
    return float(np.sum(high - low) - np.sum(lost.within(low, high)))


def _waiting(visits: NDArray[np.float64], start_s: float, end_s: float) -> tuple[float, float]:
    """Mean number waiting over time, and mean wait of the lots that started in the window."""
    until = np.where(np.isnan(visits[:, START]), visits[:, DEPART], visits[:, START])
    low, high = _clipped(visits[:, ARRIVE], until, start_s, end_s)
    begun = visits[(visits[:, START] > start_s) & (visits[:, START] <= end_s)]
    wait = float(np.mean(begun[:, START] - begun[:, ARRIVE])) if len(begun) else np.nan
    return (float(np.sum(high - low) / (end_s - start_s)) if end_s > start_s else np.nan), wait
