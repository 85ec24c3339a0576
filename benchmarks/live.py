"""Records over the wire into the store, and forecasts of the lots in process."""

from __future__ import annotations

import asyncio
import math
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import BenchRow
from twin.forecast import forecast
from twin.line import LineModel, read_line
from twin.live.clock import PlantClock
from twin.live.collector import Collector
from twin.live.opcua.server import PlantServer
from twin.live.plant import ReferencePlant
from twin.live.store_sink import StoreSink
from twin.live.wire import Batch
from twin.monitoring.plan import reference_plan
from twin.overview import line_overview
from twin.recipe import Recipe
from twin.settings import Settings, data_folder
from twin.store import Store

__all__ = ["rows"]

_START = datetime(2026, 1, 5, 6, tzinfo=UTC)
_RECIPE = Recipe(name="LACSS 40 s")


def rows() -> list[BenchRow]:
    """A week of the plant over OPC UA, the same without the wire, and questions about it."""
    line = read_line(data_folder() / "line.toml")
    plant = ReferencePlant(
        line, _RECIPE, seed=1, started_at=_START, until=_START + timedelta(days=7)
    )
    with tempfile.TemporaryDirectory() as folder, _store(Path(folder) / "wire") as store:
        wired = _over_the_wire(plant, store)
        direct = _without_the_wire(plant, Path(folder) / "direct")
        return [
            BenchRow(
                "a week of records: plant, OPC UA, store, acknowledged",
                wired,
                "records/s",
                "the same without OPC UA",
                wired / direct,
                "a week in under 60 s",
            ),
            _forecast_row(store, line, 24.0, "< 3 s"),
            _forecast_row(store, line, 168.0, "< 15 s"),
            _overview_row(store, line),
        ]


def _store(home: Path) -> Store:
    home.mkdir(parents=True)
    return Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}"))


def _over_the_wire(plant: ReferencePlant, store: Store) -> float:
    async def collect() -> float:
        clock = PlantClock(plant.started_at, math.inf)
        async with PlantServer(plant, clock, plant.characteristics) as server:
            stop = asyncio.Event()
            serving = asyncio.create_task(server.serve(stop))
            began = time.perf_counter()
            collector = Collector(server.url, StoreSink(store), until_ended=True)
            report = await collector.run(asyncio.Event())
            seconds = time.perf_counter() - began
            stop.set()
            await serving
        return report.records / seconds

    return asyncio.run(collect())


def _without_the_wire(plant: ReferencePlant, home: Path) -> float:
    with _store(home) as store:
        sink = StoreSink(store)
        began = time.perf_counter()
        records = tuple(plant.records())
        for place in range(0, len(records), 4000):
            sink.commit(Batch(place + 1, records[place : place + 4000]))
        return len(records) / (time.perf_counter() - began)


def _forecast_row(store: Store, line: LineModel, horizon_h: float, limit: str) -> BenchRow:
    began = time.perf_counter()
    made = forecast(
        store,
        line,
        _RECIPE,
        reference_plan(),
        as_of=_START + timedelta(days=4, hours=6),
        horizon_h=horizon_h,
        replications=100,
    )
    seconds = time.perf_counter() - began
    name = f"forecast of {len(made.lots)} lots in process and {horizon_h:g} h, 100 futures"
    return BenchRow(name, seconds, "s", "", math.nan, limit)


def _overview_row(store: Store, line: LineModel) -> BenchRow:
    began = time.perf_counter()
    line_overview(store, line, reference_plan(), _START + timedelta(days=6, hours=10))
    return BenchRow(
        "overview of the line from a week of events",
        time.perf_counter() - began,
        "s",
        "",
        math.nan,
        "< 1 s",
    )
