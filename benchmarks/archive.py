"""How fast months move into the archive, how small they get, and what reading them costs."""

from __future__ import annotations

import math
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import BenchRow
from twin.measurement import Measurement
from twin.settings import Settings
from twin.store import Store
from twin.store.archive.compacting import compact
from twin.store.backup import back_up

__all__ = ["rows"]

_START = datetime(2026, 1, 1, tzinfo=UTC)
_ROWS, _SERIES, _BATCH = 300_000, 10, 10_000
_STEP = timedelta(days=60) / (_ROWS // _SERIES)


def rows() -> list[BenchRow]:
    """Sixty days of ten characteristics, the first thirty-one archived."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
            for first in range(0, _ROWS, _BATCH):
                store.add_measurements(_made(first))
            day = _START + timedelta(days=10)

            def a_day() -> object:
                return store.measurements("c3", since=day, until=day + timedelta(days=1))

            def the_newest() -> object:
                return store.measurements("c3", last=2_500)

            day_before, newest_before = _median_ms(a_day), _median_ms(the_newest)
            size = (home / "lacss.db").stat().st_size / _ROWS
            started = time.perf_counter()
            moved = sum(one.rows for one in compact(store, user="bench", now=_now(), keep_months=1))
            spent = time.perf_counter() - started
            small = sum(f.stat().st_size for f in (home / "archive").glob("*.parquet")) / moved
            day_after, newest_after = _median_ms(a_day), _median_ms(the_newest)
            started = time.perf_counter()
            back_up(store.database, home, reason="bench")
            saved = time.perf_counter() - started
    return [
        BenchRow("archive: rows moved, written, read back, deleted", moved / spent, "rows/s", "",
                 math.nan, ""),
        BenchRow("archive: size of an archived reading", small, "bytes", "in SQLite",
                 small / size, "a tenth of SQLite"),
        BenchRow("archive: a day of one series from an archived month", day_after, "ms",
                 "from SQLite", day_after / day_before, "under 300 ms"),
        BenchRow("archive: last 2,500 readings beside an archive", newest_after, "ms",
                 "without archive", newest_after / newest_before, "under 50 ms"),
        BenchRow("backup: a store of 300,000 readings", saved, "s", "", math.nan, ""),
    ]  # fmt: skip


def _now() -> datetime:
    return _START + timedelta(days=60)


def _made(first: int) -> list[Measurement]:
    return [
        Measurement(
            measured_at=_START + number // _SERIES * _STEP, lot_id=f"L{number // 3000:06d}",
            station="roll", characteristic=f"c{number % _SERIES}", unit="um", sequence=number,
            value=60 + (number * 7919 % 1000) / 500 - 1, provenance="simulated",
        )
        for number in range(first, first + _BATCH)
    ]  # fmt: skip


def _median_ms(work: Callable[[], object], repeats: int = 9) -> float:
    spent = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return 1000 * statistics.median(spent)
