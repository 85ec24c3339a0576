"""Changes of plain OPC UA variables through a subscription into the store, while they are made."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from benchmarks import BenchRow
from process_models.errors import StoreError
from twin.live.opcua.mapped import opcua_source
from twin.live.sourcing import Item, MapRow, RawReading, SourceConfig
from twin.live.sourcing.edge import LiveEdge
from twin.live.sourcing.template import ChannelPattern
from twin.monitoring.plan import reference_plan
from twin.running.children import Child, lacss
from twin.settings import Settings
from twin.store import Store, schema

__all__ = ["rows"]

_SIGNALS, _HZ = 1100, 10
_WANTED_PER_S = 10_000.0
_SETTLE_S, _MEASURED_S = 4.0, 10.0
_WORST_MS = 1000.0


class _TimedEdge(LiveEdge):
    """Notes how long after its source time every reading was durable."""

    def __init__(self, config: SourceConfig, store: Store) -> None:
        super().__init__(config, store, reference_plan())
        self.lags_s: list[float] = []
        self.gaps = 0

    async def deliver(self, items: Sequence[Item], marks: Mapping[str, str] | None = None) -> None:
        await super().deliver(items, marks)
        now = datetime.now(UTC).timestamp()
        self.lags_s += [
            now - item.source_time.timestamp()
            for item in items
            if isinstance(item, RawReading) and item.source_time is not None
        ]

    async def gap(self, *_: object, **__: object) -> None:
        self.gaps += 1


def rows() -> list[BenchRow]:
    """1,100 variables ten times a second for ten seconds: rate, loss, delay."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(home, f"sqlite:///{home / 'lacss.db'}")
        command = lacss(
            "plant", "--json", "--signals", str(_SIGNALS), "--signals-hz", str(_HZ),
            "--history-days", "0.01",
        )  # fmt: skip
        environment = {"LACSS_HOME": str(home)}
        with (
            Child("plant", command, home / "plant.log", environment) as plant,
            Store.open(settings) as store,
        ):
            edge = _TimedEdge(_config(plant.answer(60)["url"]), store)
            per_s = asyncio.run(_measured(edge))
            _check(store, edge)
    return [_rate_row(per_s), *_lag_rows(edge.lags_s)]


def _config(url: str) -> SourceConfig:
    row = MapRow(
        channel=ChannelPattern("Signals/{station}/{signal}"), station="{station}",
        characteristic="{signal}", unit="N", lot="none",
    )  # fmt: skip
    return SourceConfig(
        name="signals", kind="opcua", address=url, maps=(row,), options={"publishing_ms": 100}
    )


async def _measured(edge: _TimedEdge) -> float:
    """Readings a second that became durable, once the first seconds have passed."""
    stop = asyncio.Event()
    running = asyncio.create_task(opcua_source(edge.config).run(edge, stop))
    await asyncio.sleep(_SETTLE_S)
    edge.lags_s.clear()
    began = time.perf_counter()
    await asyncio.sleep(_MEASURED_S)
    per_s = len(edge.lags_s) / (time.perf_counter() - began)
    stop.set()
    await running
    return per_s


def _check(store: Store, edge: _TimedEdge) -> None:
    """Every tick between the first and the last one stored, of every signal."""
    m = schema.measurements
    query = sa.select(
        sa.func.count(), sa.func.min(m.c.measured_at), sa.func.max(m.c.measured_at)
    ).group_by(m.c.series_id)
    with store.database.reading() as connection:
        found = connection.execute(query).all()
    lost = sum(round((last - first) * _HZ / 1e6) + 1 - n for n, first, last in found)
    if lost or edge.gaps or len(found) != _SIGNALS:
        raise StoreError(f"{len(found)} signals, {lost} readings lost, {edge.gaps} gaps")


def _rate_row(per_s: float) -> BenchRow:
    return BenchRow(
        f"OPC UA changes of {_SIGNALS:,} variables into the store, none lost", per_s, "changes/s",
        "10,000/s", per_s / _WANTED_PER_S, ">= 10,000/s sustained",
    )  # fmt: skip


def _lag_rows(lags_s: Sequence[float]) -> list[BenchRow]:
    p50, p99 = np.quantile(lags_s, [0.5, 0.99]) * 1000.0
    return [
        BenchRow(
            f"source to commit, p{p}, at that rate", float(ms), "ms", "1 s",
            float(ms) / _WORST_MS, "< 1 s",
        )
        for p, ms in ((50, p50), (99, p99))
    ]  # fmt: skip
