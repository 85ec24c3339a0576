"""The twin in step: events to state, replay, calibration, and a thousand futures."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import BenchRow
from twin.calibration import CalibratedLine, calibrate_line
from twin.event_records import records_from_events
from twin.forecast import Site, forecast, forecast_from
from twin.forecasting.ahead import run_ahead
from twin.forecasting.known import Known, known_at
from twin.in_step.current import tracker_for
from twin.line import LineModel, read_line
from twin.live.plant import ReferencePlant
from twin.live.store_sink import StoreSink
from twin.live.wire import Batch
from twin.monitoring.plan import reference_plan
from twin.recipe import Recipe
from twin.settings import Settings, data_folder
from twin.store import Store

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["rows"]

_START = datetime(2026, 1, 5, 6, tzinfo=UTC)
_RECIPE = Recipe(name="LACSS 40 s")
_LATE, _YEAR = 1_000, 1_000_000


def rows() -> list[BenchRow]:
    """Two weeks of a plant in a store, then each step of a forecast by itself and all together."""
    line, plan = read_line(data_folder() / "line.toml"), reference_plan()
    site = Site(line, _RECIPE, plan)
    at = _START + timedelta(days=14, hours=9)
    plant = ReferencePlant(line, _RECIPE, seed=1, started_at=_START, until=at)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder), f"sqlite:///{Path(folder) / 'lacss.db'}")
        with Store.open(settings) as store:
            StoreSink(store).commit(Batch(1, tuple(plant.records())))
            events = store.events()
            known = known_at(store, line, plan, at)
            warm = forecast_from(known, site, horizon_h=24.0, replications=10)
            return [
                *_tracking(events, line),
                _calibration(events, line, at),
                _futures(known, warm.engine),
                _told(known, site),
                _from_store(store, site, at),
            ]


def _tracking(events: pd.DataFrame, line: LineModel) -> list[BenchRow]:
    """One event after the other, every tenth of them late; then a year of events."""
    tracker = tracker_for(line)
    head = events.head(len(events) - _LATE)
    tracker.add_frame(head)
    taken = []
    order = np.arange(_LATE, dtype=float)
    order[::10] += 45.5
    tail = events.tail(_LATE).iloc[np.argsort(order, kind="stable")]
    for place in range(_LATE):
        began = time.perf_counter()
        tracker.add_frame(tail.iloc[place : place + 1])
        tracker.state()
        taken.append(time.perf_counter() - began)
    p99 = 1000 * float(np.quantile(taken, 0.99))
    repeats = -(-_YEAR // len(events))
    span = events["occurred_at"].iloc[-1] - events["occurred_at"].iloc[0] + timedelta(hours=1)
    seconds = 0.0
    year = tracker_for(line)
    for number in range(repeats):
        moved = events.assign(occurred_at=events["occurred_at"] + number * span)
        began = time.perf_counter()
        year.add_frame(moved)
        seconds += time.perf_counter() - began
    seconds *= _YEAR / (repeats * len(events))
    return [
        BenchRow("event to updated state, p99, one in ten late", p99, "ms", "", math.nan,
                 "< 50 ms"),
        BenchRow("replay of 1,000,000 events", seconds, "s", "", math.nan, "< 60 s"),
    ]  # fmt: skip


def _calibration(events: pd.DataFrame, line: LineModel, at: datetime) -> BenchRow:
    records = records_from_events(events, line, at)
    seconds = _timed(lambda: calibrate_line(records, line))
    return BenchRow("calibration of 7 stations, two weeks", seconds, "s", "", math.nan,
                    "< 5 s")  # fmt: skip


def _futures(known: Known, engine: str) -> BenchRow:
    def run(engine_: str, many: int, calibration: CalibratedLine) -> float:
        return _timed(
            lambda: run_ahead(
                calibration,
                known.state,
                horizon_s=24 * 3600.0,
                replications=many,
                engine=engine_,  # type: ignore[arg-type]
            )
        )

    exact = 1_000 / run("recursion", 1_000, known.calibration)
    simpy = 20 / run("simpy", 20, known.calibration)
    return BenchRow(f"futures of a day from work in process ({engine})", exact, "futures/s",
                    "SimPy model", exact / simpy, "> 20 times")  # fmt: skip


def _told(known: Known, site: Site) -> BenchRow:
    seconds = _timed(lambda: forecast_from(known, site, horizon_h=24.0, replications=1_000))
    name = "forecast of all lots in process, 1,000 futures"
    return BenchRow(name, seconds, "s", "", math.nan, "< 2 s")


def _from_store(store: Store, site: Site, at: datetime) -> BenchRow:
    seconds = _timed(
        lambda: forecast(
            store, site.line, site.recipe, site.plan, as_of=at, horizon_h=24.0, replications=1_000
        )
    )
    return BenchRow("the same from the store: two weeks read and calibrated", seconds, "s",
                    "", math.nan, "< 15 s")  # fmt: skip


def _timed(work: Callable[[], object]) -> float:
    """The best of three."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best
