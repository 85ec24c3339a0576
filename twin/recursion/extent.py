"""How many random numbers a replication will need: a guess, doubled where it was too small."""

from __future__ import annotations

import math
from dataclasses import dataclass

from twin.line import LineModel, StationModel
from twin.replication import Plan

__all__ = ["Extent", "extent_of"]

SPREAD = 6.0


@dataclass(frozen=True, slots=True)
class Extent:
    """Lots to make numbers for, and seconds to make failures and planned stops for."""

    lots: int
    seconds: float


def extent_of(line: LineModel, plan: Plan, times: int) -> Extent:
    """Enough for a number of lots, likely enough for a time; `times` as much as at first."""
    if plan.until_s is None:
        lots = _limit(line, plan)
        slowest = max(one.service_s.mean_s / one.servers / one.batch for one in line.path)
        through = sum(one.service_s.mean_s + one.transfer_s for one in line.path)
        busy_s = (slowest * lots + through) * 1.5 + _repairs(line)
        arriving_s = _arriving_s(line, lots)
        return Extent(lots, times * max(1.0, arriving_s + busy_s / _open_share(line)))
    fixed = _fixed_lots(line)
    if fixed is not None:
        return Extent(fixed, plan.until_s)
    return Extent(times * (_guess(line, plan.until_s) + 20), plan.until_s)


def _limit(line: LineModel, plan: Plan) -> int:
    lots = plan.lots or 0
    fixed = _fixed_lots(line)
    return lots if fixed is None else min(lots, fixed)


def _fixed_lots(line: LineModel) -> int | None:
    if line.arrivals.kind == "all_at_start":
        return line.arrivals.lots
    if line.arrivals.kind == "schedule":
        return sum(time >= 0 for time in line.arrivals.times_s)
    return None


def _arriving_s(line: LineModel, lots: int) -> float:
    gap, times = line.arrivals.interarrival_s, line.arrivals.times_s
    if gap is not None:
        return gap.mean_s * (lots + SPREAD * math.sqrt(lots))
    return max(times, default=0.0)


def _open_share(line: LineModel) -> float:
    shares = [
        one.calendar.on_s / (one.calendar.on_s + one.calendar.off_s)
        for one in line.path
        if one.calendar is not None
    ]
    return min(shares, default=1.0)


def _repairs(line: LineModel) -> float:
    failing = [one.failure for one in line.path if one.failure is not None]
    windows = sum(b - a for one in line.path for a, b in one.down_windows_s)
    return windows + SPREAD * sum(failure.time_to_repair_s.mean_s for failure in failing)


def _guess(line: LineModel, until_s: float) -> int:
    """Lots that can enter: what arrives, or what the stations from the end on let through."""
    if line.arrivals.interarrival_s is not None:
        return _about(until_s / line.arrivals.interarrival_s.mean_s)
    most, behind = math.inf, 0.0
    for station in reversed(line.path):
        most = min(most + behind, _through(station, until_s))
        behind = math.inf if station.buffer is None else station.buffer
        behind += station.servers * station.batch
    return _about(most) if most < math.inf else 1_000_000


def _through(station: StationModel, until_s: float) -> float:
    closed = sum(
        min(end, until_s) - max(start, 0.0)
        for start, end in station.planned_stops_between(0.0, until_s)
    )
    mean, failure = station.service_s.mean_s, station.failure
    if failure is not None:
        mean *= 1 + failure.time_to_repair_s.mean_s / failure.time_to_failure_s.mean_s
    served = (until_s - closed) / mean if mean > 0 else math.inf
    return station.servers * station.batch * (served + 1)


def _about(lots: float) -> int:
    return int(lots + math.sqrt(lots)) + 1
