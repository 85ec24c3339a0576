"""Experiments: a week of the LACSS line many times over, and what it takes in memory."""

from __future__ import annotations

import math
import subprocess
import sys
import time

from benchmarks import BenchRow
from twin.experiment import replicate
from twin.line import LineModel, read_line
from twin.settings import data_folder

__all__ = ["rows"]

MANY, FEW = 10_000, 100
WEEK_H = 168.0
PEAK = """
import resource, sys
from twin.experiment import replicate
from twin.line import read_line
replicate(read_line(sys.argv[1]), hours=168, replications=int(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def rows() -> list[BenchRow]:
    """Wall-clock of ten thousand weeks, alone and with two workers, and memory of few and many."""
    line = read_line(data_folder() / "line.toml")
    engine = replicate(line, hours=WEEK_H, replications=FEW).engine  # compiled from here on
    alone, two = (_seconds(line, workers) for workers in (1, 2))
    few, many = _peak_mb(FEW), _peak_mb(MANY)
    return [
        BenchRow(
            f"{MANY:,} replications of a week, LACSS line, 2 workers ({engine})", two, "s",
            "1 worker", two / alone, "under 2 s on two idle cores",
        ),
        BenchRow(
            f"peak memory of {MANY:,} replications", many, "MB",
            f"{FEW} replications", many / few, "ratio at most 1.2",
        ),
        BenchRow(
            "replications a second, 2 workers", MANY / two, "weeks/s", "", math.nan, "5,000 weeks/s"
        ),
    ]  # fmt: skip


def _seconds(line: LineModel, workers: int) -> float:
    best = math.inf
    for _ in range(2):
        began = time.perf_counter()
        replicate(line, hours=WEEK_H, replications=MANY, workers=workers)
        best = min(best, time.perf_counter() - began)
    return best


def _peak_mb(replications: int) -> float:
    path = str(data_folder() / "line.toml")
    done = subprocess.run(
        [sys.executable, "-c", PEAK, path, str(replications)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(done.stdout)
