"""Absorbing Markov chains, whose states are histories or the nodes of a quadrature.

Zero-state: the chain begins when the chart does. Steady-state: the process changes after a long
time without a signal (conditional; Knoth 2021), or after many false alarms, each followed by a
fresh start (cyclical; Crosier 1986).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from process_models.run_length.law import FloatArray, SurvivalCurve

__all__ = ["Chain", "SteadyState", "quasi_stationary", "steady_chain", "visits"]

SteadyState = Literal["conditional", "cyclical"]

_SOLVE_UP_TO = 900
_LONGEST_HEAD = 60_000
_GONE = 1e-18
_FORGOTTEN = 2e-15
_SHORTEST_HEAD = 150  # longer than the longest window of a rule, during which nothing can happen


@dataclass(frozen=True, eq=False)
class Chain:
    """Where a chart may be after a point that did not signal, and how it goes on.

    Attributes
    ----------
    entry : (n,) array
        Probability mass over the states after the first points, with no signal so far.
    step : (n, n) array, dense or sparse
        Mass that state i sends to state j without a signal.
    head : (m,) array
        P(N > 0) ... P(N > m - 1); `entry` adds up to P(N > m).
    onset : (n, n) array or None
        Step at the first point after a change, where it differs from `step`.
    """

    entry: FloatArray
    step: FloatArray | csr_array
    head: FloatArray = field(default_factory=lambda: np.ones(1))
    onset: FloatArray | csr_array | None = None

    def mean(self) -> float:
        """Average run length; infinite when it is beyond what doubles can tell."""
        if _is_large(self):
            return self.curve().total()
        try:
            total = float(self.head.sum() + visits(self).sum())
        except np.linalg.LinAlgError:
            return math.inf
        return total if math.isfinite(total) and 1 - 1e-9 <= total < 1e15 else math.inf

    def curve(self) -> SurvivalCurve:
        """P(N > n), by stepping until its decay is steady."""
        return self._walked[0]

    def late_mass(self) -> FloatArray:
        """Where the chart is when the decay is steady; adds up to 1."""
        return self._walked[1]

    @cached_property
    def _walked(self) -> tuple[SurvivalCurve, FloatArray]:
        survival = [*self.head.tolist(), float(self.entry.sum())]
        mass, ratio, steady = self.entry, 0.0, 0
        backwards = self.step.T.tocsr() if isinstance(self.step, csr_array) else self.step.T
        while steady < 8 and len(survival) < _LONGEST_HEAD and survival[-1] > _GONE:
            mass = np.asarray(backwards @ mass, dtype=np.float64)
            survival.append(float(mass.sum()))
            latest = survival[-1] / survival[-2]
            settled = len(survival) > _SHORTEST_HEAD and abs(latest - ratio) < _FORGOTTEN
            steady = steady + 1 if settled else 0
            ratio = latest
        left = survival[-1]
        return SurvivalCurve(np.array(survival), ratio), mass / left if left > 0 else mass

    def quantile(self, probability: float) -> float:
        """The smallest n with P(N <= n) >= `probability`."""
        return self.curve().quantile(probability)


def _is_large(chain: Chain) -> bool:
    return isinstance(chain.step, csr_array) or chain.entry.size > _SOLVE_UP_TO


def visits(chain: Chain) -> FloatArray:
    """Expected number of points spent in each state: entry (I - step)^-1, an (n,) array."""
    if _is_large(chain):
        return _visits_by_stepping(chain)
    matrix = np.eye(chain.entry.size) - np.asarray(chain.step)
    return np.asarray(np.linalg.solve(matrix.T, chain.entry), dtype=np.float64)


def quasi_stationary(chain: Chain) -> FloatArray:
    """Where the chart is, given that it has not signalled for a long time; adds up to 1."""
    if _is_large(chain):
        return chain.late_mass()
    try:
        inverse = np.linalg.inv(np.eye(chain.entry.size) - np.asarray(chain.step))
    except np.linalg.LinAlgError:  # it hardly ever signals
        return chain.late_mass()
    mass: FloatArray = chain.entry / chain.entry.sum()
    for _ in range(1000):
        following = np.asarray(mass @ inverse, dtype=np.float64)
        following /= following.sum()
        done = np.abs(following - mass).max() < 1e-15
        mass = following
        if done:
            break
    return mass


def _visits_by_stepping(chain: Chain) -> FloatArray:
    spent, mass, ratio = chain.entry.copy(), chain.entry, 0.0
    for step in range(_LONGEST_HEAD):
        following = np.asarray(mass @ chain.step)
        latest = float(following.sum() / mass.sum())
        spent, mass = spent + following, following
        settled = step > _SHORTEST_HEAD and abs(latest - ratio) < _FORGOTTEN
        ratio = latest
        if settled:
            break
    return np.asarray(spent + mass * ratio / (1 - ratio), dtype=np.float64)


def steady_chain(in_control: Chain, changed: Chain, mode: SteadyState) -> Chain:
    """The chain `changed`, begun where `in_control` is found when the change comes.

    Both have the same states. `conditional`: no signal before the change. `cyclical`: after
    every false alarm the chart began anew.
    """
    onset = changed.step if changed.onset is None else changed.onset
    if mode == "conditional":
        return Chain(np.asarray(quasi_stationary(in_control) @ onset), changed.step)
    spent = visits(in_control)
    cycle = float(in_control.head.sum() + spent.sum())
    entry = (np.asarray(spent @ onset) + in_control.head.sum() * changed.entry) / cycle
    return Chain(entry, changed.step)
