"""Speed of control charts: limits and all eight Nelson rules over a long series, and streaming."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from benchmarks import BenchRow
from process_models.spc import ChartData, ChartOptions, FrozenLimits, StreamBank, chart, stream

__all__ = ["NELSON", "POINTS", "best", "rows"]

POINTS = 1_000_000
NELSON = ChartOptions(rules=("nelson",))
_CHARTS, _CALLS = 1_000, 200


def rows() -> list[BenchRow]:
    """A million individuals, a chart small enough for every click, and points as they come."""
    values = np.random.default_rng(1).standard_normal(POINTS)
    long, short = ChartData(values), ChartData(values[:200])
    copy_s = best(values.copy)
    long_s = best(lambda: chart("i_mr", long, NELSON))
    short_s = best(lambda: chart("i_mr", short, NELSON), times=50)
    return [
        BenchRow(
            "I-MR, 1,000,000 points, limits, eight Nelson rules and signals",
            1e9 * long_s / POINTS, "ns a point", "numpy copy of the data", long_s / copy_s,
            "60 ns a point or 5 copies",
        ),
        BenchRow("I-MR, 200 points, eight Nelson rules", 1e3 * short_s, "ms", "", np.nan, "2 ms"),
        *(_bank_row(kind, rules) for kind, rules in (
            ("i_mr", ("nelson",)), ("ewma", ("beyond_limits",)), ("cusum", ("beyond_limits",)),
        )),
        _single_row(),
    ]  # fmt: skip


def _bank_row(kind: str, rules: tuple[str, ...]) -> BenchRow:
    limits = FrozenLimits(kind, 20, (), {"centre": 0.0, "sigma": 1.0})
    bank = StreamBank([limits] * _CHARTS, ChartOptions(rules=rules))
    values = np.random.default_rng(2).standard_normal((_CALLS, _CHARTS))
    seconds = best(lambda: [bank.update(row) for row in values])
    named = "eight Nelson rules" if rules == ("nelson",) else "limits"
    return BenchRow(
        f"streaming {kind}, {named}, one point each of 1,000 charts a call",
        1e-6 * _CALLS * _CHARTS / seconds, "million points a second", "", np.nan, "1 or more",
    )  # fmt: skip


def _single_row() -> BenchRow:
    fed = stream(FrozenLimits("i_mr", 20, (), {"centre": 0.0, "sigma": 1.0}), NELSON)
    values = np.random.default_rng(3).standard_normal(500).tolist()
    seconds = best(lambda: [fed.update(value) for value in values], times=3)
    return BenchRow(
        "streaming one i_mr chart, eight Nelson rules, point by point",
        1e6 * seconds / len(values), "us a point", "", np.nan, "1000",
    )  # fmt: skip


def best(work: Callable[[], object], times: int = 7) -> float:
    """Shortest of several runs, after one that compiles."""
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)
