"""Figures of a line as an engine finds them, with 99.9 % intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

from exact.markov import Figures
from scipy.special import stdtrit

from twin.experiment import replicate
from twin.line import LineModel

RATES = {"throughput_per_h"}


@dataclass(frozen=True)
class Effort:
    """How long to run, and how narrow the intervals must come out, as shares of the value."""

    visits: int
    replications: int
    throughput: float
    times: float
    seed: int = 5


SHORT = Effort(visits=50_000, replications=10, throughput=0.08, times=0.5)
# the recursion goes over the repairs of a shared crew again for each that had to wait
CREW = Effort(visits=3_000, replications=10, throughput=0.3, times=0.9)
LONG = Effort(visits=400_000, replications=24, throughput=0.005, times=0.02)


def measured(
    line: LineModel, expected: Figures, effort: Effort, engine: str = "simpy"
) -> dict[tuple[str, ...], tuple[float, float]]:
    """Mean and half-width of the 99.9 % interval of every expected figure."""
    lots = effort.visits / len(line.stations) / effort.replications
    hours = lots / expected["throughput_per_h",]
    n = effort.replications
    found = replicate(
        line, hours=hours, warm_up_h=max(0.2 * hours, 500 / expected["throughput_per_h",]),
        replications=n, seed=effort.seed, engine=engine, workers=1,
    )  # fmt: skip
    wider = float(stdtrit(n - 1, 0.9995) / stdtrit(n - 1, 0.995))
    result = {}
    for key in expected:
        one = found.estimates[key]
        if one.mean is None or one.low is None or one.high is None:
            raise AssertionError(f"{key} has no interval")
        result[key] = one.mean, wider * max(one.high - one.mean, one.mean - one.low)
    return result


def long_enough(line: LineModel, expected: Figures, effort: Effort, engine: str) -> Effort:
    """The effort that a first run says is needed, with room for its own error in the widths."""
    found = measured(line, expected, effort, engine)
    factor = max(
        (half / (allowed(key, effort) * expected[key])) ** 2
        for key, (_, half) in found.items()
        if judged(key, expected)
    )
    visits = int(effort.visits * min(100.0, max(1.0, 4.0 * factor)))
    return Effort(visits, effort.replications, effort.throughput, effort.times, effort.seed + 1)


def allowed(key: tuple[str, ...], effort: Effort) -> float:
    """Half-width that a figure may have, as a share of its value."""
    return effort.throughput if key[-1] in RATES else effort.times


def judged(key: tuple[str, ...], expected: Figures) -> bool:
    """Whether the width of a figure is held to a share of it: small shares and queues are not."""
    if key[-1] in ("throughput_per_h", "wip", "flow_time_s", "mean_wait_s", "utilisation"):
        return expected[key] > 0.05
    return False


def disagreements(
    line: LineModel, expected: Figures, effort: Effort, engine: str = "simpy"
) -> list[str]:
    """Every figure outside its interval, and every interval that is too wide, in words."""
    told = []
    for key, (mean, half) in measured(line, expected, effort, engine).items():
        name, exact = " ".join(key), expected[key]
        if not abs(mean - exact) <= half + 1e-6 * max(1.0, exact):
            told.append(f"{name}: {mean:.6g} +- {half:.2g}, exact {exact:.6g}")
        if judged(key, expected) and not half <= allowed(key, effort) * exact:
            told.append(f"{name}: half-width {half:.2g} of {exact:.6g} is too wide")
        if math.isnan(half):
            told.append(f"{name}: no interval")
    return told
