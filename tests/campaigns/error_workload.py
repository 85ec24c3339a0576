"""What is done on a disk that fails and comes back; each result acknowledged.

    python error_workload.py HOME CONTROL ROUNDS careful|careless

Prints one JSON object: for every round which error was injected, after how many operations, what
the store said, and how long after the disk was well again the store took the next batch.
"""

from __future__ import annotations

import errno
import json
import mmap
import random
import struct
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from process_models.errors import StoreError
from tests.campaigns.power_workload import START, events, measurements
from twin.monitoring.audit import AuditLog
from twin.settings import Settings
from twin.store import Store
from twin.store.archive.compacting import compact

__all__ = ["Faulty"]

_MOST_BATCHES = 60
_COMPACTED_EVERY = 25
_PATIENCE_S = 60.0


class Faulty:
    """The disk: fails when told, until it is told to be well."""

    def __init__(self, control: Path) -> None:
        with control.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), 16)

    def fail(self, after: int, number: int) -> None:
        """Let so many operations pass; then all fail with this errno."""
        self._page[:] = struct.pack("<qq", after, number)

    def be_well(self) -> None:
        """Fail no more."""
        self._page[:] = struct.pack("<qq", 0, 0)


class Worker:
    """Stores batch after batch, as often as it takes."""

    def __init__(self, home: Path) -> None:
        self.store = Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}"))
        self.log = AuditLog(self.store)
        self.acknowledged: list[int] = []

    def work(self) -> None:
        """One batch; acknowledged when it returned."""
        batch = len(self.acknowledged)
        self.store.add_measurements(measurements(batch))
        self.store.add_events(events(batch))
        with self.log.writing() as connection:
            self.log.append(connection, user="ana", action="note", subject=str(batch))
        self.acknowledged.append(batch)

    def compact(self) -> None:
        """Archive what is old enough."""
        compact(self.store, user="ana", now=START + timedelta(days=200))


def _until_it_fails(disk: Faulty, after: int, number: int, work: Callable[[], None]) -> str:
    disk.fail(after, number)
    for _ in range(_MOST_BATCHES):
        try:
            work()
        except StoreError as error:
            return str(error)
    return ""


def _recovered_s(disk: Faulty, work: Callable[[], None]) -> float:
    disk.be_well()
    begun = time.monotonic()
    while time.monotonic() - begun < _PATIENCE_S:
        try:
            work()
        except StoreError:
            time.sleep(0.05)
        else:
            return time.monotonic() - begun
    return _PATIENCE_S


def _run(home: Path, control: Path, rounds: int, careless: bool) -> list[dict[str, object]]:
    disk, worker, draw = Faulty(control), Worker(home), random.Random(23)
    told: list[dict[str, object]] = []
    for number in range(rounds):
        kind = draw.choice(("ENOSPC", "EIO"))
        after = draw.randint(0, 60)
        archiving = number % _COMPACTED_EVERY == _COMPACTED_EVERY - 1
        work = worker.compact if archiving else worker.work
        said = _until_it_fails(disk, after, getattr(errno, kind), work)
        if careless:
            worker.acknowledged.append(len(worker.acknowledged))
        row = {"error": kind, "after": after, "said": said}
        told.append({**row, "recovered_s": _recovered_s(disk, work)})
    worker.store.close()
    (home / "acknowledged").write_text("\n".join(map(str, worker.acknowledged)))
    return told


if __name__ == "__main__":
    report = _run(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "careless")
    sys.stdout.write(json.dumps(report) + "\n")
