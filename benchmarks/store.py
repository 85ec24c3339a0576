"""How fast the system of record stores, reads and charts what is stored."""

from __future__ import annotations

import math
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import BenchRow
from twin.measurement import Measurement
from twin.monitoring.charting import chart_stored
from twin.monitoring.plan import reference_plan
from twin.settings import Settings
from twin.store import Store

__all__ = ["rows"]

_START = datetime(2026, 1, 5, tzinfo=UTC)
_BATCH = 10_000
_SHEET = 5


def rows() -> list[BenchRow]:
    """Durable rows a second, the last 500 subgroups of a million readings, a chart of 100,000."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
            written = _write(store, 10)
            peer = _plain_sqlite(home / "peer.db")
            chart_ms = _median_ms(
                lambda: chart_stored(store, reference_plan(), "thickness_um"), repeats=5
            )
            _write(store, 90, first=10)
            last_ms = _median_ms(
                lambda: store.measurements("thickness_um", "roll", last=500 * _SHEET), repeats=15
            )
    nan = math.nan
    return [
        BenchRow("store: durable rows, batches of 10,000", written, "rows/s",
                 "sqlite3 executemany, same pragmas", written / peer, "at least 50,000 rows/s"),
        BenchRow("store: last 500 subgroups of 1,000,000 readings", last_ms, "ms", "", nan,
                 "under 50 ms"),
        BenchRow("chart_stored: 100,000 readings in subgroups of 5", chart_ms, "ms", "", nan,
                 "under 1,000 ms"),
    ]  # fmt: skip


def _made(batch: int) -> list[Measurement]:
    return [
        Measurement(
            measured_at=_START + timedelta(seconds=number // _SHEET * 10, milliseconds=number % 5),
            lot_id=f"L{number // _SHEET:06d}",
            station="roll",
            characteristic="thickness_um",
            value=60 + (number * 7919 % 1000) / 500 - 1,
            unit="um",
            position=number % _SHEET + 1,
            provenance="simulated",
        )
        for number in range(batch * _BATCH, (batch + 1) * _BATCH)
    ]


def _write(store: Store, batches: int, *, first: int = 0) -> float:
    spent = 0.0
    for batch in range(first, first + batches):
        made = _made(batch)
        started = time.perf_counter()
        store.add_measurements(made)
        spent += time.perf_counter() - started
    return batches * _BATCH / spent


def _plain_sqlite(path: Path) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(
        "CREATE TABLE m (id INTEGER PRIMARY KEY, at INTEGER, lot TEXT, position INTEGER, "
        "value REAL, unit TEXT, UNIQUE (at, lot, position))"
    )
    spent = 0.0
    for batch in range(5):
        made = [(m.measured_at.timestamp(), m.lot_id, m.position, m.value, m.unit)
                for m in _made(batch)]  # fmt: skip
        started = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        statement = "INSERT INTO m (at, lot, position, value, unit) VALUES (?, ?, ?, ?, ?)"
        connection.executemany(statement, made)
        connection.execute("COMMIT")
        spent += time.perf_counter() - started
    connection.close()
    return 5 * _BATCH / spent


def _median_ms(work: Callable[[], object], repeats: int) -> float:
    spent = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return 1000 * statistics.median(spent)
