"""One simulated week as fast as the machine can: collect, chart, alert, forecast, compare."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from process_models.errors import StoreError
from twin.diagnosis.diagnosing import Diagnostician
from twin.diagnosis.keeping import refresh
from twin.forecast import Forecast, forecast
from twin.forecasting.scoring import score
from twin.line_time import shift_start
from twin.live.collector import Collector, CollectReport
from twin.live.identity import plant_of
from twin.live.store_sink import StoreSink
from twin.monitoring.lots import lots_table
from twin.monitoring.watch import watch_once
from twin.running.children import Child, lacss
from twin.running.summary import WeekSummary, summarised

if TYPE_CHECKING:
    from process_models.quality import QualityModel
    from twin.line import LineModel
    from twin.monitoring.alert import Alert
    from twin.monitoring.plan import ControlPlan
    from twin.recipe import Recipe
    from twin.settings import Settings
    from twin.store import Store

__all__ = ["described", "simulated_week"]

WEEK = timedelta(days=7)
_FORECAST_DAYS = (2.5, 3.25, 4.0, 4.75, 5.5)
_HORIZON_H = 24.0
_DIAGNOSE_S = 60.0
_START_S = 60.0
Say = Callable[[str], None]


def simulated_week(
    settings: Settings, store: Store, line: LineModel, recipe: Recipe, plan: ControlPlan,
    model: QualityModel, *, seed: int | None, replications: int, say: Say,
) -> WeekSummary:
    """Run the plant for a week, or on to this morning where it is older, and look back.

    Parameters
    ----------
    say : callable
        Told in plain lines what happens.
    """
    began = time.monotonic()
    plant = plant_of(settings.home, seed=seed, history_days=WEEK.days)
    end = max(plant.started_at + WEEK, shift_start(datetime.now(UTC)))
    report = _collected(settings, store, plant.seed, end, say)
    alerts = watch_once(store, plan)
    refresh(store, Diagnostician(store, plan), within_s=_DIAGNOSE_S, evidence=False)
    frozen = store.counts()["limits"]
    say(f"charts: {len(plan.characteristics)} planned, limits frozen for {frozen}")
    say(f"alerts: {len(alerts)} raised")
    made = _forecasts(store, line, recipe, plan, model, end, replications, say)
    lots = lots_table(store, plan, end)
    return summarised(
        start=plant.started_at, end=end, seconds=time.monotonic() - began,
        records=report.records, counts=store.counts(), lots=lots, alerts=_all_alerts(store, plan),
        truth=_truth(settings.home), charts=len(plan.characteristics), limits_frozen=frozen,
        forecast=score(made, lots, end),
    )


def _collected(
    settings: Settings, store: Store, seed: int, end: datetime, say: Say
) -> CollectReport:
    command = lacss(
        "plant", "--json", "--speed", "inf", "--seed", str(seed), "--until", end.isoformat()
    )
    with Child("reference plant", command, settings.home / "log" / "plant.log") as child:
        told = child.answer(_START_S)
        say(f"reference plant: {told['source']} since {told['started_at']}, {told['url']}")
        sink = StoreSink(store)
        collector = Collector(told["url"], sink, until_ended=True, connect_s=_START_S)
        began = time.monotonic()
        try:
            report = asyncio.run(collector.run(asyncio.Event()))
        except ConnectionError as error:
            raise StoreError(f"collection broke off: {error}") from error
    pace = report.records / max(time.monotonic() - began, 1e-9)
    say(
        f"collected: {sink.measurements.accepted:,} measurements, {sink.events.accepted:,} events "
        f"({pace:,.0f} records/s)"
    )
    return report


def _forecasts(
    store: Store, line: LineModel, recipe: Recipe, plan: ControlPlan, model: QualityModel,
    end: datetime, replications: int, say: Say,
) -> Sequence[Forecast]:
    made = []
    for day in _FORECAST_DAYS:
        as_of = end - WEEK + timedelta(days=day)
        told = forecast(
            store, line, recipe, plan, model, as_of=as_of, horizon_h=_HORIZON_H,
            replications=replications,
        )
        say(described(told))
        made.append(told)
    return made


def described(made: Forecast) -> str:
    """A forecast in one line."""
    text = f"forecast from {made.as_of:%a %H:%M}: {len(made.lots)} lots in process"
    good = made.line.good_lots
    if good is None:
        return text
    span = f"{good.mean:.0f} ({good.low:.0f} to {good.high:.0f})"
    return f"{text}, {span} good lots in {made.horizon_h:g} h"


def _all_alerts(store: Store, plan: ControlPlan) -> list[Alert]:
    from twin.monitoring.alerts import AlertDesk

    return AlertDesk(store, plan).list()


def _truth(home: Path) -> list[dict[str, Any]]:
    truth = json.loads((home / "plant" / "truth.json").read_text())
    return list(truth["special_causes"])
