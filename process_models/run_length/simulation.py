"""Run lengths by simulation, for what has no exact method; always with its standard error."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.run_length.law import FloatArray, SurvivalCurve
from process_models.run_length.phase_one import Standardise, draw_estimates
from process_models.run_length.scheme import Conditions, Scheme
from process_models.run_length.walkers import Walker, walker_for

__all__ = ["Sampled", "simulate"]

_WARM_UP = 300


@dataclass(frozen=True, eq=False)
class Sampled:
    """Simulated run lengths; those cut off at the end of the simulation had not signalled.

    Attributes
    ----------
    lengths : (n,) array of int
    signalled : (n,) array of bool
    """

    lengths: NDArray[np.int64]
    signalled: NDArray[np.bool_]

    def mean(self) -> float:
        """Points over signals: the sample mean, where nothing was cut off."""
        signals = int(self.signalled.sum())
        return float(self.lengths.sum() / signals) if signals else math.inf

    def standard_error(self) -> float:
        """Standard error of the mean; infinite where nothing signalled."""
        signals = int(self.signalled.sum())
        if signals < 2:
            return math.inf
        residual = self.lengths - self.mean() * self.signalled
        return float(np.sqrt((residual.astype(np.float64) ** 2).sum()) / signals)

    def curve(self) -> SurvivalCurve:
        """Share of the replicates still running after n points."""
        counts = np.bincount(self.lengths[self.signalled], minlength=2)
        head = 1 - np.cumsum(counts) / len(self.lengths)
        ratio = 1 - 1 / self.mean() if not self.signalled.all() else 0.0
        return SurvivalCurve(head, ratio)

    def quantile(self, probability: float) -> float:
        """The smallest n with P(N <= n) >= `probability`."""
        return self.curve().quantile(probability)


def simulate(
    scheme: Scheme, conditions: Conditions, *, seed: int = 0, replicates: int = 20_000,
    effort: int = 60_000_000,
) -> Sampled:  # fmt: skip
    """Run `replicates` charts side by side until each has signalled.

    Parameters
    ----------
    scheme : Scheme
    conditions : Conditions
    seed : int
    replicates : int
    effort : int
        Points in all after which the rest is cut off.
    """
    rng = np.random.default_rng(seed)
    walker = walker_for(scheme, replicates)
    source = _Source(scheme, conditions, rng, replicates)
    age = np.zeros(replicates, dtype=np.int64)
    if conditions.steady is not None:
        for _ in range(_WARM_UP):
            age += 1
            signals = walker.step(source.next(changed=False), age)
            _replace(walker, source, age, signals, conditions.steady == "cyclical", scheme)
    return _until_signals(walker, source, age, effort)


def _until_signals(walker: Walker, source: _Source, age: NDArray[np.int64], effort: int) -> Sampled:
    count = len(age)
    lengths, signalled = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.bool_)
    running, points, spent = np.arange(count), 0, 0
    while running.size and spent < effort:
        points, spent, age = points + 1, spent + running.size, age + 1
        signals = walker.step(source.next(changed=True), age)
        lengths[running] = points
        if signals.any():
            signalled[running[signals]] = True
            going = ~signals
            running, age, walker.state = running[going], age[going], walker.state[going]
            source.keep(going)
    return Sampled(lengths, signalled)


def _replace(
    walker: Walker, source: _Source, age: NDArray[np.int64], signals: NDArray[np.bool_],
    anew: bool, scheme: Scheme,
) -> None:  # fmt: skip
    """A chart that signals begins anew, or becomes like one of those that did not."""
    if not signals.any():
        return
    if anew:
        walker.state[signals] = walker_for(scheme, int(signals.sum())).state
        age[signals] = 0
        return
    source.copy(np.flatnonzero(~signals), signals, (walker.state, age))


class _Source:
    """Values of the process, standardised as the chart sees them."""

    def __init__(
        self, scheme: Scheme, conditions: Conditions, rng: np.random.Generator, count: int
    ) -> None:
        self._rng = rng
        self._conditions = conditions
        self._shape = (scheme.variables,) if scheme.multivariate else ()
        self._noise = rng.standard_normal((count, *self._shape))
        self._begun = False
        self._seen = self._estimates(scheme, count)

    def _estimates(self, scheme: Scheme, count: int) -> Standardise | None:
        size = self._conditions.estimated_from
        if size is None:
            return None
        variables = scheme.variables if scheme.multivariate else None
        return draw_estimates(
            self._rng, count, size, variables, self._conditions.sigma_method, self._conditions.phi
        )

    def next(self, *, changed: bool) -> FloatArray:
        """The next value of every replicate; `changed` puts shift and spread in."""
        phi = self._conditions.phi
        if self._begun:
            fresh = self._rng.standard_normal(self._noise.shape)
            self._noise = phi * self._noise + math.sqrt(1 - phi * phi) * fresh
        self._begun = True
        x = self._noise
        if changed:
            x = x * self._conditions.spread
            if self._shape:
                x[:, 0] += self._conditions.shift
            else:
                x = x + self._conditions.shift
        return x if self._seen is None else self._seen.apply(x)

    def keep(self, going: NDArray[np.bool_]) -> None:
        """Drop the replicates that are not `going`."""
        self._noise = self._noise[going]
        if self._seen is not None:
            self._seen = self._seen.take(np.flatnonzero(going))

    def copy(
        self,
        survivors: NDArray[np.int64],
        onto: NDArray[np.bool_],
        others: tuple[NDArray[Any], ...],
    ) -> None:
        """Let the replicates `onto` continue as survivors drawn at random do, with `others`."""
        chosen = self._rng.choice(survivors, int(onto.sum()))
        for rows in (self._noise, *others):
            rows[onto] = rows[chosen]
        if self._seen is not None:
            order = np.arange(len(onto))
            order[onto] = chosen
            self._seen = self._seen.take(order)
