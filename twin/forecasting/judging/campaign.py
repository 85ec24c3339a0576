"""A campaign: a plant whose parameters nobody knows, forecast again and again, and judged.

The plant is read through its records only. Forecasts are made at times of day that move through the
shifts; each uses what had been recorded by then. The baselines are given the same records.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from twin.calibration import CalibratedLine, calibrate_line
from twin.event_records import records_from_events
from twin.forecast import forecast_from
from twin.forecasting.history import History, history_of
from twin.forecasting.judging.inputs import PlantBaselines
from twin.forecasting.judging.outcomes import Judged, judged
from twin.forecasting.judging.told import Told, told_of
from twin.forecasting.known import Known, known_from
from twin.forecasting.telling import Site
from twin.measurement import Event
from twin.monitoring.lots import Lot, LotState, lot_yields

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["JudgedPlant", "PlantTables", "judge_plant", "plant_tables", "times_of"]

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
_CALIBRATED_EVERY = timedelta(days=2)
Change = Callable[[Known], Known]


@dataclass(frozen=True)
class PlantTables:
    """Records of one plant, as the store would give them."""

    events: pd.DataFrame
    measurements: pd.DataFrame
    end: datetime


@dataclass(frozen=True)
class JudgedPlant:
    """What the forecasts of one plant came to, and what the baselines did in the same cases.

    Attributes
    ----------
    baselines : dict of str to dict of int to float
        By name: CRPS by place in `judged`.
    """

    judged: list[Judged]
    baselines: dict[str, dict[int, float]]


def plant_tables(site: Site, *, seed: int, days: float) -> PlantTables:
    """Let a plant of this seed run, and write down its records."""
    import pandas as pd

    from twin.live.plant import ReferencePlant

    end = START + timedelta(days=days)
    plant = ReferencePlant(site.line, site.recipe, seed=seed, started_at=START, until=end)
    happened: list[dict[str, Any]] = []
    read: list[dict[str, Any]] = []
    for record in plant.records():
        names = _EVENT if isinstance(record, Event) else _READ
        row = {name: getattr(record, name) for name in names}
        (happened if isinstance(record, Event) else read).append(row)
    events, measurements = pd.DataFrame(happened), pd.DataFrame(read)
    for frame, column in ((events, "occurred_at"), (measurements, "measured_at")):
        frame[column] = pd.to_datetime(frame[column], utc=True)
    return PlantTables(events, measurements, end)


_EVENT = (
    "occurred_at", "station", "event", "lot_id", "parent_lot_id", "recipe", "detail", "sequence",
    "provenance",
)  # fmt: skip
_READ = (
    "measured_at", "lot_id", "station", "characteristic", "position", "value", "quality",
    "censoring",
)  # fmt: skip


def times_of(tables: PlantTables, *, first_day: float, every_h: float) -> list[datetime]:
    """When forecasts are made: from a day on, so many hours apart, working hours or not."""
    found, at = [], START + timedelta(days=first_day)
    while at < tables.end - timedelta(hours=12):
        found.append(at)
        at += timedelta(hours=every_h)
    return found


def judge_plant(
    tables: PlantTables,
    site: Site,
    times: Sequence[datetime],
    *,
    replications: int = 1_000,
    seed: int = 0,
    with_baselines: bool = True,
    change: Change | None = None,
) -> JudgedPlant:
    """Forecast at each time from what was recorded by then, and judge everything at the end.

    Parameters
    ----------
    change : callable, optional
        Spoils what is known before each forecast: the campaign's control.
    """
    history = history_of(
        tables.events, tables.measurements, site.plan, [one.name for one in site.line.path]
    )
    lots = _lots(tables, site)
    told: list[Told] = []
    calibration: CalibratedLine | None = None
    for number, at in enumerate(times):
        known, calibration = _known(tables, site, at, calibration, history)
        made = forecast_from(
            change(known) if change else known,
            site,
            replications=replications,
            seed=seed * 1_000 + number,
        )
        told += told_of(made)
    cases = judged(told, lots, tables.end, sheets=site.line.sheets_per_lot)
    scores: dict[str, dict[int, float]] = {}
    if with_baselines:
        scores = PlantBaselines(history, site.line, lots, seed=seed).scores(cases)
    return JudgedPlant(cases, scores)


def _known(
    tables: PlantTables,
    site: Site,
    at: datetime,
    calibration: CalibratedLine | None,
    history: History,
) -> tuple[Known, CalibratedLine]:
    events = tables.events[tables.events["occurred_at"] <= at]
    read = tables.measurements[tables.measurements["measured_at"] <= at]
    if (
        calibration is None
        or calibration.as_of is None
        or (at - calibration.as_of >= _CALIBRATED_EVERY)
    ):
        records = records_from_events(events, site.line, at)
        calibration = replace(calibrate_line(records, site.line), as_of=at)
    known = known_from(
        events, read, site.line, site.plan, at, calibration=calibration, history=history
    )
    return known, calibration


def _lots(tables: PlantTables, site: Site) -> list[Lot]:
    """What became of the lots that left."""
    events, last = tables.events, site.line.path[-1].name
    left = events[(events["event"] == "depart") & (events["station"] == last)]
    scrapped = events[events["event"] == "scrap"]
    yields = lot_yields(tables.measurements, site.plan)
    found = []
    ends: tuple[tuple[LotState, pd.DataFrame], ...] = (("finished", left), ("scrapped", scrapped))
    for state, frame in ends:
        for lot, at in zip(frame["lot_id"], frame["occurred_at"], strict=True):
            share = yields.get(lot)
            good = state == "finished" and share is not None and share >= site.plan.conforming_share
            found.append(Lot(lot, state, last, START, at.to_pydatetime(), share, good, ""))
    return found
