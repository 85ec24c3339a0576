"""A process that begins workers, and ends each of them with SIGKILL at some moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["Killer", "stages"]

ROOT = Path(__file__).resolve().parents[2]
WORKLOAD = Path(__file__).with_name("kill_workload.py")
_WAIT_S = 60.0


class Killer:
    """Begins and kills workers of `kill_workload`; use as a context manager."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self._server: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._server = subprocess.Popen(
            [sys.executable, str(WORKLOAD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.communicate()

    def run(self, home: Path, url: str, work: str, *, notes: int, within_s: float) -> bool:
        """Begin a worker; kill it within so many seconds after it noted so many lines more.

        Returns
        -------
        bool
            Whether it was still at work.
        """
        if self._server is None or self._server.stdin is None or self._server.stdout is None:
            raise RuntimeError("use Killer as a context manager")
        noted = home / "noted"
        before = _lines(noted)
        self._server.stdin.write(f"{home}\t{url}\t{work}\n")
        self._server.stdin.flush()
        child = int(self._server.stdout.readline())
        deadline = time.monotonic() + _WAIT_S
        while _lines(noted) < before + notes and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(self.draw.uniform(0, within_s))
        try:
            os.kill(child, signal.SIGKILL)
            alive = True
        except ProcessLookupError:
            alive = False
        self._server.stdout.readline()
        return alive


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def stages(home: Path) -> list[str]:
    """What was begun last, by every worker so far that begun something: noted lines in between."""
    noted = (home / "noted").read_text().splitlines()
    return [line.split()[1] for line in noted if line.startswith("begin")]
