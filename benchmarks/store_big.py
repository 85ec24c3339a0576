"""Reads from ten million stored readings, and what PostgreSQL and the one writer take in."""

from __future__ import annotations

import importlib.util
import math
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import BenchRow
from benchmarks.store import _made
from twin.settings import Settings
from twin.store import Store
from twin.store.database import Database
from twin.store.hourly import fill
from twin.store.times import to_us
from twin.store.view import view_period
from twin.store.writer import Writer

__all__ = ["rows"]

_START = datetime(2026, 1, 5, tzinfo=UTC)
_ROWS, _SERIES, _SHEET, _DAYS = 10_000_000, 20, 5, 100
_BUILD_S = 180.0
_CHUNK = 500_000


def rows() -> list[BenchRow]:
    """Build the store, read from it; then ingest through the writer and into PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        found = [*_reading(Path(folder)), *_writing(Path(folder) / "writer")]
    with _postgres() as url:
        if url is not None:
            found.append(_ingest_row("PostgreSQL", url, "at least 10,000 rows/s"))
    return found


def _reading(home: Path) -> list[BenchRow]:
    url = f"sqlite:///{home / 'lacss.db'}"
    Database(url).close()
    n = _build(home / "lacss.db")
    end = _START + timedelta(days=_DAYS)
    nan = math.nan
    with Store.open(Settings(home, url)) as store:
        with store.database.ingesting() as connection:
            fill(connection)
        last_ms = _median_ms(
            lambda: store.measurements("c7", "roll", last=500 * _SHEET), repeats=15
        )
        month_ms = _median_ms(
            lambda: view_period(store, "c7", "roll", end - timedelta(days=30), end), repeats=15
        )
        hour_ms = _median_ms(
            lambda: view_period(store, "c7", "roll", end - timedelta(hours=12), end), repeats=15
        )
    return [
        BenchRow(f"store: last 500 subgroups of {n:,} readings", last_ms, "ms", "limit",
                 last_ms / 50, "under 50 ms"),
        BenchRow("store: a 30-day view (its hours)", month_ms, "ms", "limit", month_ms / 300,
                 "under 300 ms"),
        BenchRow("store: a 12-hour view (its rows)", hour_ms, "ms", "", nan, "under 300 ms"),
    ]  # fmt: skip


def _build(path: Path) -> int:
    """Readings of twenty series over a hundred days, as many as there is time for."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO series (series_id, characteristic, station, unit, n, last_measured_at) "
        "VALUES (?, ?, 'roll', 'um', 0, 0)",
        [(number, f"c{number}") for number in range(1, _SERIES + 1)],
    )
    start, span = to_us(_START), _DAYS * 86_400_000_000
    sheets = _ROWS // _SERIES // _SHEET
    statement = f"""
        WITH RECURSIVE one(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM one WHERE i + 1 < ?)
        INSERT INTO measurements (series_id, measured_at, lot_id, position, source, sequence, value,
            unit, subgroup, operator, gauge, quality, censoring, provenance)
        SELECT i / {_SHEET} % {_SERIES} + 1,
            {start} + (i / {_SHEET * _SERIES}) * {span // sheets} + i % {_SHEET},
            'L' || (i / {_SHEET * _SERIES}), i % {_SHEET} + 1, 'bench', 0,
            60 + (i * 7919 % 1000) / 500.0, 'um', '', '', '', 'good', 'exact', 'simulated' FROM one
    """
    built, begun = 0, time.monotonic()
    while built < _ROWS and time.monotonic() - begun < _BUILD_S:
        connection.execute(statement, (built, built + _CHUNK))
        built += _CHUNK
    connection.execute(
        "UPDATE series SET n = ?, last_measured_at = ?", (built // _SERIES, start + span)
    )
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    return built


def _writing(home: Path) -> list[BenchRow]:
    home.mkdir()
    row = _ingest_row("SQLite", f"sqlite:///{home / 'lacss.db'}", "at least 50,000 rows/s")
    return [row]


def _ingest_row(name: str, url: str, limit: str) -> BenchRow:
    """One producer hands batches of 500 to the writer; the last future ends the clock."""
    made = [one for batch in range(10) for one in _made(batch)]
    pieces = [made[at : at + 500] for at in range(0, len(made), 500)]
    least = float(limit.split()[2].replace(",", ""))
    with tempfile.TemporaryDirectory() as folder, Store.open(Settings(Path(folder), url)) as store:
        started = time.perf_counter()
        with Writer(store) as writer:
            told = [writer.add(piece) for piece in pieces]
            accepted = sum(one.result(120).accepted for one in told)
        rate = accepted / (time.perf_counter() - started)
    return BenchRow(f"writer: durable rows into {name}, from batches of 500", rate, "rows/s",
                    "limit", rate / least, limit)  # fmt: skip


@contextmanager
def _postgres() -> Iterator[str | None]:
    """A database of a server of its own, where PostgreSQL is installed."""
    path = Path(__file__).parent.parent / "tests" / "postgres_cluster.py"
    spec = importlib.util.spec_from_file_location("postgres_cluster", path)
    if spec is None or spec.loader is None:
        yield None
        return
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if module.find_postgres("initdb") is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="lacss-pg-"))
    try:
        cluster = module.PostgresCluster(folder)
        cluster.start()
        try:
            yield cluster.url(cluster.create())
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _median_ms(work: Callable[[], object], repeats: int) -> float:
    spent = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return 1000 * statistics.median(spent)
