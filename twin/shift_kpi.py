"""Key figures by shift, with the names of ISO 22400-2.

A shift is eight hours from the line's second 0 on; shifts in which the whole line is planned off
are left out. OEE and its factors are of one station, the slowest unless another is named.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from twin import kpi
from twin.coverage import Coverage
from twin.figures_of_run import figures
from twin.line import LineModel
from twin.records import LineRecords
from twin.rolled_yield import rolled_yield

__all__ = ["SHIFT_S", "ShiftKpi", "rated_per_h", "shift_kpis", "slowest_station", "working_shifts"]

SHIFT_S = 28_800.0
_WORKED_S = 60.0


@dataclass(frozen=True, slots=True)
class ShiftKpi:
    """One shift; a figure is nan where nothing happened that it could be of.

    Attributes
    ----------
    over : bool
        False for the shift that is still going on.
    availability, effectiveness, quality_ratio, oee : float
        Of `station`.
    throughput_per_h : float
        Good lots an hour.
    first_pass_yield, rolled_yield : float
        Lots without rework among those that left; product over the stations.
    wip : float
        Lots in the line, on average over time.
    waiting_s : float
        What a lot waits at all stations together.
    """

    start_s: float
    end_s: float
    over: bool
    station: str
    good_lots: int
    throughput_per_h: float
    availability: float
    effectiveness: float
    quality_ratio: float
    oee: float
    first_pass_yield: float
    rolled_yield: float
    wip: float
    waiting_s: float


def working_shifts(line: LineModel, start_s: float, end_s: float) -> list[tuple[float, float]]:
    """Shifts that touch (start_s, end_s] and in which any station works; the last ends there.

    Examples
    --------
    >>> from twin.distributions import Deterministic
    >>> from twin.line import Arrivals, StationModel
    >>> line = LineModel("one", Arrivals("saturated"), (StationModel("roll", Deterministic(7)),))
    >>> working_shifts(line, 28_800, 60_000)
    [(28800.0, 57600.0), (57600.0, 60000.0)]
    """
    shifts, begin = [], math.floor(start_s / SHIFT_S) * SHIFT_S
    while begin < end_s:
        end = min(begin + SHIFT_S, float(end_s))
        off = (
            Coverage(one.planned_stops_between(begin, end)).within(begin, end) for one in line.path
        )
        if end > start_s and end - begin - min(float(one) for one in off) > _WORKED_S:
            shifts.append((begin, end))
        begin += SHIFT_S
    return shifts


def slowest_station(line: LineModel) -> str:
    """The station that takes longest for a lot, its servers and batches considered."""
    return max(line.path, key=lambda one: one.service_s.mean_s / one.servers / one.batch).name


def rated_per_h(line: LineModel) -> float:
    """Lots an hour that the slowest station makes when nothing is lost."""
    model = line.stations[line.index(slowest_station(line))]
    return 3600 * model.servers * model.batch / model.service_s.mean_s


def shift_kpis(
    records: LineRecords, line: LineModel, start_s: float, end_s: float, station: str | None = None
) -> tuple[ShiftKpi, ...]:
    """Figures of every working shift from `start_s` to `end_s`, oldest first.

    Parameters
    ----------
    station : str, optional
        Whose OEE; default the slowest.
    """
    name = station or slowest_station(line)
    return tuple(
        _shift(records, line, name, *span) for span in working_shifts(line, start_s, end_s)
    )


def _shift(
    records: LineRecords, line: LineModel, station: str, start_s: float, end_s: float
) -> ShiftKpi:
    found = figures(records, line, start_s, end_s)
    waits = [found["stations", one.name, "mean_wait_s"] for one in line.path]
    known = [wait for wait in waits if not math.isnan(wait)]
    per_h = kpi.throughput_per_h(records, start_s, end_s)
    return ShiftKpi(
        start_s=start_s,
        end_s=end_s,
        over=end_s - start_s >= SHIFT_S,
        station=station,
        good_lots=round(per_h * (end_s - start_s) / 3600),
        throughput_per_h=per_h,
        availability=found["oee", station, "availability"],
        effectiveness=found["oee", station, "effectiveness"],
        quality_ratio=found["oee", station, "quality"],
        oee=found["oee", station, "oee"],
        first_pass_yield=found["yield", "first_pass"],
        rolled_yield=rolled_yield(records, line, start_s, end_s),
        wip=found["wip",],
        waiting_s=sum(known) if known else math.nan,
    )
