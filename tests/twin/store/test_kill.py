"""A process killed while it writes: every acknowledged batch is there, none twice after replay."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from twin.measurement import Measurement
from twin.settings import Settings
from twin.store import Store
from twin.store.hours import check_hours
from twin.store.times import from_us

BATCH = 200
WRITER = """
import sys
from pathlib import Path
from twin.settings import Settings
from twin.store import Store
from twin.measurement import Measurement
from twin.store.times import from_us

home, start = Path(sys.argv[1]), int(sys.argv[2])
store = Store.open(Settings(home, sys.argv[3]))
with (home / "acknowledged").open("a") as acknowledged:
    batch = start
    while True:
        rows = [
            Measurement(measured_at=from_us(batch * 1000 + i), lot_id=f"L{i}", station="roll",
                        characteristic="thickness_um", value=float(i), unit="um", sequence=batch)
            for i in range(200)
        ]
        store.add_measurements(rows)
        acknowledged.write(f"{batch}\\n")
        acknowledged.flush()
        batch += 1
"""


def rows_of(batch: int) -> list[Measurement]:
    return [
        Measurement(
            measured_at=from_us(batch * 1000 + i), lot_id=f"L{i}", station="roll",
            characteristic="thickness_um", value=float(i), unit="um", sequence=batch,
        )
        for i in range(BATCH)
    ]  # fmt: skip


def acknowledged(home: Path) -> list[int]:
    path = home / "acknowledged"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def run_and_kill(settings: Settings, draw: random.Random) -> None:
    home = settings.home
    begin = len(acknowledged(home))
    start = str(max(acknowledged(home), default=-1) + 1)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(home), start, settings.database_url]
    )
    deadline = time.monotonic() + 60
    while len(acknowledged(home)) < begin + 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(draw.uniform(0, 0.15))
    writer.send_signal(signal.SIGKILL)
    writer.wait()


def check(settings: Settings) -> None:
    done = acknowledged(settings.home)
    with Store.open(settings) as store:
        stored = store.measurements(columns=("sequence", "lot_id"))
        counts = stored.groupby("sequence").size()
        assert set(done) <= set(counts.index), "an acknowledged batch is missing"
        assert (counts == BATCH).all(), "a batch is there in part"
        assert store.counts()["measurements"] == len(stored)
        for batch in done[-3:]:
            assert store.add_measurements(rows_of(batch)).duplicates == BATCH
        unacknowledged = max(done) + 1
        store.add_measurements(rows_of(unacknowledged))
        replayed = store.measurements(columns=("sequence", "lot_id"))
        assert not replayed.duplicated().any(), "a row is there twice after replay"
        assert check_hours(store) == []
        if store.database.is_sqlite:
            with store.database.reading() as connection:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


@pytest.mark.slow
@pytest.mark.soak
def test_a_killed_writer_loses_nothing_acknowledged(
    settings: Settings, rounds: Callable[[int, int], int]
) -> None:
    draw, kills = random.Random(7), rounds(4, 100)
    for _ in range(kills):
        run_and_kill(settings, draw)
        check(settings)
    assert len(acknowledged(settings.home)) >= 2 * kills


def test_the_check_itself_finds_a_loss(settings: Settings) -> None:
    with Store.open(settings) as store:
        store.add_measurements(rows_of(0))
    (settings.home / "acknowledged").write_text("0\n1\n")
    with pytest.raises(AssertionError, match="an acknowledged batch is missing"):
        check(settings)
