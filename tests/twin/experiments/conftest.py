"""A Dask cluster on this machine: a scheduler and two workers in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
START_WITHIN_S = 60.0


@dataclass
class Cluster:
    """Address of the scheduler, and the processes of its workers."""

    folder: Path
    address: str = ""
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """Start the scheduler and wait until it says where it listens."""
        told = self.folder / "scheduler.json"
        self.scheduler = self._process(
            "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
            "--scheduler-file", str(told),
        )  # fmt: skip
        until = time.monotonic() + START_WITHIN_S
        while not self.address and time.monotonic() < until:
            try:
                self.address = json.loads(told.read_text())["address"]
            except (OSError, ValueError):
                time.sleep(0.05)
        assert self.address, "the scheduler did not start"

    def add_worker(self) -> None:
        """Start one worker with one thread."""
        self.workers.append(
            self._process(
                "dask_worker", self.address, "--host", "127.0.0.1", "--no-nanny",
                "--nthreads", "1", "--no-dashboard", "--memory-limit", "0",
                "--death-timeout", "60", "--local-directory", str(self.folder),
            )
        )  # fmt: skip

    def wait_for_workers(self, number: int) -> None:
        """Until the scheduler knows so many."""
        from distributed import Client

        with Client(self.address, timeout=START_WITHIN_S, set_as_default=False) as client:
            client.wait_for_workers(number, timeout=START_WITHIN_S)

    def kill(self) -> None:
        """End every process of it."""
        for process in [*self.workers, *([self.scheduler] if self.scheduler else [])]:
            process.kill()
            process.wait(10)

    def _process(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "cluster.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *arguments],
                cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=log,
            )  # fmt: skip


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Two workers that are ready; killed at the end whatever happens."""
    made = Cluster(tmp_path)
    try:
        made.start()
        made.add_worker()
        made.add_worker()
        made.wait_for_workers(2)
        yield made
    finally:
        made.kill()
