"""A day of readings through the store and the watch, as fast as they go, by a clock in the data.

    python memory_workload.py HOME ROWS sound|leaking

Prints one JSON object: resident memory in MB after every part of the day.
"""

from __future__ import annotations

import gc
import json
import os
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from twin.measurement import Measurement
from twin.monitoring.plan import ControlPlan, PlannedCharacteristic
from twin.monitoring.watcher import Watcher
from twin.settings import Settings
from twin.store import Store

__all__ = ["PARTS"]

PARTS = 24
SERIES = 2
_START = datetime(2026, 1, 5, tzinfo=UTC)
_LOOK = 200


def _plan() -> ControlPlan:
    return ControlPlan(
        name="memory",
        characteristics=tuple(
            PlannedCharacteristic(
                name=f"c{n}", station="roll", unit="um", chart="i_mr", phase1=50,
                rules={"beyond_limits": "major"},
            )
            for n in range(SERIES)
        ),
    )  # fmt: skip


def _readings(first: int, n: int, draw: random.Random) -> list[Measurement]:
    return [
        Measurement(
            measured_at=_START + timedelta(seconds=number // SERIES), lot_id=f"L{number // 3000}",
            station="roll", characteristic=f"c{number % SERIES}", unit="um",
            value=draw.gauss(60, 0.5) + (20 if number % 9973 == 0 else 0), sequence=number,
            provenance="simulated",
        )
        for number in range(first, first + n)
    ]  # fmt: skip


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _run(home: Path, rows: int, leaking: bool) -> list[float]:
    draw, kept, seen = random.Random(5), [], []
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
        sa.event.listen(
            store.database.engine,
            "checkout",
            lambda raw, *_: raw.execute("PRAGMA cache_size=-2000"),  # its cache is no leak
        )
        watcher = Watcher(store, _plan())
        for part in range(PARTS):
            first = part * (rows // PARTS)
            for number in range(first, first + rows // PARTS, _LOOK):
                batch = _readings(number, _LOOK, draw)
                store.add_measurements(batch)
                watcher.look()
                if leaking:
                    kept += batch
            gc.collect()
            seen.append(_resident_mb())
    return seen


if __name__ == "__main__":
    found = _run(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "leaking")
    sys.stdout.write(json.dumps(found) + "\n")
