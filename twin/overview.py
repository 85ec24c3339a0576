"""The line at a glance: what stations do, how the production day goes, which lots are where."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from twin import kpi
from twin.bottleneck import active_periods, bottleneck
from twin.departures import last_departures
from twin.estimate import estimate
from twin.event_records import records_from_events
from twin.forecasting.known import moment_of
from twin.line import LineModel, StationModel
from twin.line_time import line_seconds, shift_start
from twin.monitoring.lots import lot_yields
from twin.records import LineRecords
from twin.shift_kpi import slowest_station
from twin.state import LineState, LotState, StationState, line_state

if TYPE_CHECKING:
    import pandas as pd

    from twin.monitoring.plan import ControlPlan
    from twin.store import Store

__all__ = ["Figure", "LineOverview", "StationOverview", "line_overview"]

_BACK = timedelta(days=40)  # a coupon is on its cycler for weeks
_RECENT = timedelta(days=2)
_CONFIDENCE, _PARTS = 0.95, 4


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, its unit, where it comes from and when that was last heard of.

    `value` is None where there is nothing to make it of; `low` and `high` are its 95 % interval
    where one can be told.
    """

    value: float | None
    unit: str
    provenance: str
    newest_at: datetime | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class StationOverview:
    """One station now, and its shares of the production day that is not planned off, 0 to 1.

    `buffer` is how many lots may wait in front of it; None is unlimited.
    """

    state: StationState
    servers: int
    buffer: int | None
    utilisation: Figure
    blocked: Figure
    starved: Figure
    down: Figure
    last_measured_at: datetime | None


@dataclass(frozen=True, slots=True)
class LineOverview:
    """The line at `as_of`; figures are of the production day since `day_start`.

    Attributes
    ----------
    age_s : float
        Since the newest event or measurement.
    good_lots, lot_yield : Figure
        Lots finished today whose yield reaches the plan's share; mean yield of lots finished.
    oee, availability, effectiveness, quality : Figure
        Of the bottleneck, or of the slowest station while there is none.
    bottleneck : str or None
    lots : tuple of LotState
        In process, by entry.
    """

    as_of: datetime
    day_start: datetime
    provenance: str
    newest_at: datetime
    age_s: float
    stations: tuple[StationOverview, ...]
    throughput_per_h: Figure
    finished_lots: Figure
    good_lots: Figure
    lot_yield: Figure
    flow_time_s: Figure
    oee: Figure
    availability: Figure
    effectiveness: Figure
    quality: Figure
    bottleneck: str | None
    lots: tuple[LotState, ...]
    scrapped: int


def line_overview(
    store: Store, line: LineModel, plan: ControlPlan, as_of: datetime | None = None
) -> LineOverview:
    """Everything on the Line page, from what was known at `as_of`.

    Parameters
    ----------
    as_of : datetime, optional
        Default now; the newest event where that is more than a day old.

    Raises
    ------
    InputError
        When no event is stored.
    """
    moment = moment_of(store, as_of)
    events = store.events(known_by=moment, since=moment - _BACK)
    day_start = shift_start(moment)
    day_s = (line_seconds(day_start), line_seconds(moment))
    laboratory = next((one.name for one in line.stations if one.samples), "cell_test")
    path = [station.name for station in line.path]
    state = line_state(events, moment, path=path, laboratory=laboratory)
    records = records_from_events(_of_interest(events, state, day_start), line, moment)
    measured = _last_measured(store, day_start - _RECENT, moment)
    heard = [*measured.values(), *([state.last_event_at] if state.last_event_at else [])]
    newest = max(heard, default=moment)
    provenance = str(events["provenance"].iloc[-1]) if len(events) else "measured"
    make = _Maker(provenance, newest)
    finished = _finished_today(events, day_start, path[-1])
    yields = _yields(store, plan, finished, moment)
    busiest, figures = _oee(records, line, day_s)
    return LineOverview(
        as_of=moment,
        day_start=day_start,
        provenance=provenance,
        newest_at=newest,
        age_s=(moment - newest).total_seconds(),
        stations=_stations(state, records, line, day_s, measured, make),
        throughput_per_h=make(
            kpi.throughput_per_h(records, *day_s), "lots/h", _by_hour(records, line, *day_s)
        ),
        finished_lots=make(float(len(finished)), "lots"),
        good_lots=make(float(sum(one >= plan.conforming_share for one in yields)), "lots"),
        lot_yield=make(sum(yields) / len(yields) if yields else math.nan, "share", yields, 1.0),
        flow_time_s=make(kpi.flow_time_s(records, *day_s), "s"),
        **{name: make(value, "share") for name, value in figures.items()},
        bottleneck=busiest,
        lots=state.in_process,
        scrapped=state.scrapped,
    )


@dataclass(frozen=True, slots=True)
class _Maker:
    provenance: str
    newest_at: datetime

    def __call__(
        self, value: float, unit: str, parts: Sequence[float] = (), most: float = math.inf
    ) -> Figure:
        """A figure; its interval is told from the spread of independent `parts`."""
        about = estimate(parts, mean=value, least=0.0, most=most, confidence=_CONFIDENCE)
        known = not math.isnan(value) and len(parts) >= _PARTS
        return Figure(
            None if math.isnan(value) else value, unit, self.provenance, self.newest_at,
            about.low if known else None, about.high if known else None,
        )  # fmt: skip


def _by_hour(records: LineRecords, line: LineModel, start_s: float, end_s: float) -> list[float]:
    """Good lots in every whole hour of the day in which the last station was not planned off."""
    last = line.path[-1]
    hours = [start_s + 3600 * hour for hour in range(int((end_s - start_s) // 3600))]
    return [
        kpi.throughput_per_h(records, begin, begin + 3600)
        for begin in hours
        if not last.planned_stops_between(begin, begin + 3600)
    ]


def _of_interest(events: pd.DataFrame, state: LineState, day_start: datetime) -> pd.DataFrame:
    """Events of lots that were in the line on this day, and stops of the last days."""
    recent = events[events["occurred_at"] >= day_start - _RECENT]
    lots = set(recent["lot_id"]) | {lot.lot_id for lot in state.lots}
    return events[
        events["lot_id"].isin(lots) & (events["lot_id"] != "")
        | ((events["lot_id"] == "") & (events["occurred_at"] >= day_start - _RECENT))
    ]


def _last_measured(store: Store, since: datetime, moment: datetime) -> dict[str, datetime]:
    columns = ("station", "measured_at")
    read = store.measurements(since=since, known_by=moment, columns=columns)
    return {
        str(station): newest.to_pydatetime()
        for station, newest in read.groupby("station")["measured_at"].max().items()
    }


def _finished_today(events: pd.DataFrame, day_start: datetime, last: str) -> list[str]:
    left = last_departures(events, [last])
    return [str(lot) for lot in left.loc[left["occurred_at"] >= day_start, "lot_id"].unique()]


def _yields(store: Store, plan: ControlPlan, lots: Sequence[str], moment: datetime) -> list[float]:
    if not lots:
        return []
    found = lot_yields(store.measurements(lot_ids=lots, known_by=moment), plan)
    return [share for share in found.values() if share is not None]


def _stations(
    state: LineState,
    records: LineRecords,
    line: LineModel,
    day_s: tuple[float, float],
    measured: Mapping[str, datetime],
    make: _Maker,
) -> tuple[StationOverview, ...]:
    shares = kpi.station_kpis(records, line, *day_s)
    return tuple(
        StationOverview(
            state=_with_calendar(state.stations[model.name], model, day_s[1]),
            servers=model.servers,
            buffer=model.buffer,
            last_measured_at=measured.get(model.name),
            **{
                name: make(getattr(shares[model.name], name), "share")
                for name in ("utilisation", "blocked", "starved", "down")
            },
        )
        for model in line.stations
        if model.name in state.stations
    )


def _with_calendar(state: StationState, model: StationModel, now_s: float) -> StationState:
    """A station that its calendar has stopped is neither starved nor running."""
    stops = model.planned_stops_between(now_s, now_s + 1.0)
    stopped = any(start <= now_s < end for start, end in stops)
    return replace(state, condition="planned_stop") if stopped else state


def _oee(
    records: LineRecords, line: LineModel, day_s: tuple[float, float]
) -> tuple[str | None, dict[str, float]]:
    """The bottleneck, and OEE with its factors of it."""
    from twin.figures_of_run import figures

    begun = day_s[1] > day_s[0]
    found = bottleneck(active_periods(records, line, *day_s)).machine if begun else None
    slowest = slowest_station(line)
    names = ("oee", "availability", "effectiveness", "quality")
    if not len(records.visit_rows):
        return found, dict.fromkeys(names, math.nan)
    made = figures(records, line, *day_s)
    return found, {name: float(made["oee", found or slowest, name]) for name in names}
