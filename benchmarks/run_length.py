"""Speed of run lengths: one rule set, and the false-alarm budget of a plan of 50 charts."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from benchmarks import BenchRow
from process_models.run_length import (
    Conditions,
    Scheme,
    Shift,
    WatchedChart,
    assess,
    methods,
    optimise,
    solve,
)
from process_models.run_length.simulation import simulate

__all__ = ["rows"]

_CHARTS = 50
_SIMULATED = 20_000


def rows() -> list[BenchRow]:
    """An exact answer against a simulated one, and a budget for a plan with five kinds of chart."""
    western = Scheme(chart="rules", rules=("we",))
    exact_s = _best(lambda: _afresh(western))
    simulated_s = _best(
        lambda: simulate(western, Conditions(), replicates=_SIMULATED).mean(), times=1
    )
    nelson = Scheme(chart="rules", rules=("nelson",))
    nelson_s = _best(lambda: _afresh(nelson), times=1)
    plan, shifts = _plan(), (Shift(1.0), Shift(2.0))
    start = time.perf_counter()
    assess(plan, shifts)
    optimise(plan, shifts, 20.0)
    budget_s = time.perf_counter() - start
    return [
        BenchRow(
            "ARL of four Western Electric rules, to 1e-10", 1e3 * exact_s, "ms",
            f"{_SIMULATED} simulated run lengths, to 1 %", exact_s / simulated_s, "1 s",
        ),
        BenchRow("ARL of all eight Nelson rules", nelson_s, "s", "", np.nan, "10 s"),
        BenchRow(f"Budget of {_CHARTS} charts", budget_s, "s", "", np.nan, "5 s"),
    ]  # fmt: skip


def _afresh(scheme: Scheme) -> float:
    """Mean run length, with nothing remembered from before."""
    methods.forget()
    return solve(scheme, Conditions()).law.mean()


def _plan() -> list[WatchedChart]:
    """Every chart with a sampling rate of its own, so that few limits come out alike."""
    usual, more = ("beyond_limits", "nelson_2"), ("beyond_limits", "nelson_2", "nelson_5")
    kinds = [
        {"scheme": Scheme(chart="rules", rules=usual), "dispersion": ("moving_range",)},
        {"scheme": Scheme(chart="rules", rules=more), "dispersion": ("r",), "subgroup": 5},
        {"scheme": Scheme(chart="ewma")},
        {"scheme": Scheme(chart="cusum")},
        {
            "scheme": Scheme(chart="rules", rules=(*usual, "nelson_3")),
            "dispersion": ("moving_range",),
        },
    ]
    return [
        WatchedChart(name=f"chart {i}", points_per_week=20.0 * (i + 1), **kinds[i % len(kinds)])
        for i in range(_CHARTS)
    ]


def _best(work: Callable[[], object], times: int = 5) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)
