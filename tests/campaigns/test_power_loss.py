"""The power goes at any moment: the store opens, is sound, and misses nothing acknowledged.

What the store wrote to its disk is recorded; the disk is rebuilt as it may be found after the power
went between any two operations. Seed 11; the long form takes 10,000 points.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from process_models.errors import StoreError
from tests.campaigns.disk import Disk, Operation, build_shim, operations, shimmed
from tests.campaigns.power_workload import EVENTS, ROWS
from twin.monitoring.audit import AuditLog
from twin.settings import Settings
from twin.store import Store
from twin.store.archive.checking import verify

WORKLOAD = Path(__file__).with_name("power_workload.py")
ROOT = Path(__file__).resolve().parents[2]


class Lost(AssertionError):  # noqa: N818 - it says what happened
    """An acknowledged batch is missing, or what is there is not sound."""


def record(folder: Path, batches: int, sync: str) -> list[Operation]:
    shim = build_shim(folder)
    home = folder / "home"
    home.mkdir()
    env = {**shimmed(shim, home, log=folder / "disk.log"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(WORKLOAD), str(home), str(batches), sync]
    subprocess.run(command, check=True, env=env, timeout=300)
    return list(operations(folder / "disk.log"))


def acknowledged(done: Operation) -> list[int]:
    if done.what != "write" or not done.path.endswith("/acknowledged"):
        return []
    return [int(line) for line in done.data.split()]


def check(home: Path, batches: Sequence[int]) -> None:
    """Open what the power loss left, and look for every acknowledged batch."""
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
        with store.database.reading() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        if found != "ok":
            raise Lost(f"integrity: {found}")
        rows = store.measurements(columns=("sequence",))["sequence"].value_counts()
        events = store.events()["sequence"].value_counts()
        for batch in batches:
            if rows.get(batch, 0) != ROWS or events.get(batch, 0) != EVENTS:
                raise Lost(f"batch {batch} of {len(batches)} acknowledged")
        if (rows != ROWS).any() or (events != EVENTS).any():
            raise Lost("a transaction is there in part")
        if store.counts()["measurements"] != rows.sum():
            raise Lost("the running count differs from the rows")
        log = AuditLog(store)
        with log.writing() as connection:  # the head of the trail is brought up to date by it
            log.append(connection, user="ana", action="note", subject="after the power loss")
        if not (report := log.verify()).intact:
            raise Lost(f"audit: {report.problem} ({report.entries} entries)")
        notes = {e.subject for e in log.entries() if e.action == "note"}
        if not {str(batch) for batch in batches} <= notes:
            raise Lost("an audited change is missing")
        if verify(store).problems:
            raise Lost(f"archive: {verify(store).problems[0]}")


def crash(done: Sequence[Operation], folder: Path, points: Sequence[int], seed: int) -> int:
    """Rebuild and check the disk after each of the points; how many were checked."""
    disk, draw, told = Disk(folder / "home"), random.Random(seed), []
    wanted, position = sorted(points), 0
    for point in wanted:
        for one in done[position:point]:
            disk.apply(one)
            told += acknowledged(one)
        position = max(position, point)
        disk.write(disk.after_power_loss(draw), folder / "after")
        try:
            check(folder / "after", told)
        except Lost as lost:
            raise Lost(f"power loss after operation {point} of {len(done)}: {lost}") from lost
    return len(wanted)


@pytest.mark.soak
def test_no_acknowledged_row_is_lost(tmp_path: Path, rounds: Callable[[int, int], int]) -> None:
    done = record(tmp_path, rounds(30, 200), "full")
    assert sum(one.what == "sync" for one in done) > 100
    points = random.Random(11).choices(range(1, len(done) + 1), k=rounds(25, 10_000))
    assert crash(done, tmp_path, points, seed=11) == len(points)


@pytest.mark.parametrize("sync", ["off", "normal"])
def test_with_less_syncing_rows_are_lost(tmp_path: Path, sync: str) -> None:
    """The control: the same with PRAGMA synchronous=OFF, and with NORMAL."""
    done = record(tmp_path, 40, sync)
    points = random.Random(11).choices(range(len(done) // 4, len(done) + 1), k=40)
    with pytest.raises((Lost, StoreError)):  # rows, or the whole store
        crash(done, tmp_path, points, seed=11)


def by_hand(*told: tuple[str, int, bytes]) -> Disk:
    disk = Disk(Path("/d"))
    disk.apply(Operation("create", "/d/f", 0, b""))
    disk.apply(Operation("sync", "/d", 0, b""))
    for what, at, data in told:
        disk.apply(Operation(what, "/d/f", at, data))
    return disk


def test_what_was_synced_is_there() -> None:
    disk = by_hand(("write", 0, b"abc"), ("write", 5, b"x"), ("cut", 4, b""), ("sync", 0, b""))
    for seed in range(20):
        assert disk.after_power_loss(random.Random(seed)) == {"/d/f": b"abc\0"}


def test_what_was_not_synced_may_be_there_sector_by_sector() -> None:
    disk = by_hand(("write", 0, b"a" * 1024), ("sync", 0, b""), ("write", 0, b"b" * 1024))
    seen = {
        disk.after_power_loss(random.Random(seed))["/d/f"][511:513].decode() for seed in range(100)
    }
    assert seen == {"aa", "bb", "ab", "ba"}


def test_a_name_that_was_not_synced_may_be_missing() -> None:
    disk = Disk(Path("/d"))
    disk.apply(Operation("create", "/d/f", 0, b""))
    disk.apply(Operation("rename", "/d/f", 0, b"/d/g"))
    seen = {tuple(disk.after_power_loss(random.Random(seed))) for seed in range(50)}
    assert seen == {(), ("/d/f",), ("/d/g",)}
