"""Speed of control charts: limits and all eight Nelson rules over a long series."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from benchmarks import BenchRow
from process_models.spc import ChartData, ChartOptions, chart

__all__ = ["rows"]

_POINTS = 1_000_000


def rows() -> list[BenchRow]:
    """A million individuals, and a chart small enough to be drawn on every click."""
    values = np.random.default_rng(1).standard_normal(_POINTS)
    nelson = ChartOptions(rules=("nelson",))
    long, short = ChartData(values), ChartData(values[:200])
    copy_s = _best(values.copy)
    long_s = _best(lambda: chart("i_mr", long, nelson))
    short_s = _best(lambda: chart("i_mr", short, nelson), times=50)
    per_point = 1e9 * long_s / _POINTS
    return [
        BenchRow(
            "I-MR, 1,000,000 points, limits, eight Nelson rules and signals",
            per_point, "ns a point", "numpy copy of the data", long_s / copy_s,
            "60 ns a point or 5 copies",
        ),
        BenchRow("I-MR, 200 points, eight Nelson rules", 1e3 * short_s, "ms", "", np.nan, "2 ms"),
    ]  # fmt: skip


def _best(work: Callable[[], object], times: int = 7) -> float:
    """Shortest of several runs, after one that compiles."""
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)
