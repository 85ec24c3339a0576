"""Run length as a random number: its mean, its survival function and its quantiles.

Every method ends in one of these laws. The run length N is the number of points up to and with
the first that signals.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["FirstOf", "FloatArray", "Geometric", "Law", "Mixture", "SurvivalCurve"]

FloatArray = NDArray[np.float64]

_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class SurvivalCurve:
    """P(N > n): exact at first, geometric once the chain has forgotten how it began.

    Attributes
    ----------
    head : (m,) array
        P(N > n) for n = 0 ... m - 1.
    ratio : float
        P(N > n + 1) / P(N > n) from n = m - 1 on.
    """

    head: FloatArray
    ratio: float

    def at(self, points: NDArray[np.int64]) -> FloatArray:
        """P(N > n) at each of `points`, an array of whole numbers."""
        last = len(self.head) - 1
        known = self.head[np.minimum(points, last)]
        return np.asarray(known * self.ratio ** np.maximum(points - last, 0), dtype=np.float64)

    def quantile(self, probability: float) -> float:
        """The smallest n with P(N <= n) >= `probability`; infinite when there is none.

        >>> SurvivalCurve(np.array([1.0]), 0.5).quantile(0.75)
        2.0
        """
        survive = 1.0 - probability + _ROUNDING
        if self.head[-1] <= survive:
            return float(np.argmax(self.head <= survive))
        if not 0 < self.ratio < 1:
            return float(len(self.head)) if self.ratio == 0 else math.inf
        more = math.log(survive / self.head[-1]) / math.log(self.ratio)
        return float(len(self.head) - 1 + math.ceil(more - 1e-9))

    def total(self) -> float:
        """Sum of P(N > n) over all n: the mean."""
        if self.ratio >= 1:
            return math.inf
        return float(self.head.sum() + self.head[-1] * self.ratio / (1 - self.ratio))


class Law(Protocol):
    """What every run-length law answers."""

    def mean(self) -> float:
        """The average run length."""
        ...

    def curve(self) -> SurvivalCurve:
        """P(N > n)."""
        ...

    def quantile(self, probability: float) -> float:
        """The smallest n with P(N <= n) >= `probability`."""
        ...


@dataclass(frozen=True)
class Geometric:
    """Points that signal independently of each other.

    >>> Geometric(0.0027).quantile(0.5)
    257.0
    """

    signal_probability: float

    def mean(self) -> float:
        """1 / p."""
        return 1 / self.signal_probability if self.signal_probability > 0 else math.inf

    def curve(self) -> SurvivalCurve:
        """(1 - p) to the power n."""
        return SurvivalCurve(np.ones(1), 1 - self.signal_probability)

    def quantile(self, probability: float) -> float:
        """The smallest n with P(N <= n) >= `probability`."""
        if self.signal_probability <= 0:
            return math.inf
        if self.signal_probability >= 1:
            return 1.0
        n = math.log1p(-probability) / math.log1p(-self.signal_probability)
        return float(max(1, math.ceil(n - 1e-9)))


@dataclass(frozen=True, eq=False)
class FirstOf:
    """The first signal of several charts that are independent of each other.

    >>> FirstOf((Geometric(0.1), Geometric(0.2))).mean() == Geometric(1 - 0.9 * 0.8).mean()
    True
    """

    parts: tuple[Law, ...]

    def mean(self) -> float:
        """Sum of the product of the parts' survival."""
        return self.curve().total()

    def curve(self) -> SurvivalCurve:
        """Product of the parts' survival."""
        curves = [part.curve() for part in self.parts]
        points = np.arange(max(len(c.head) for c in curves))
        head = np.prod([c.at(points) for c in curves], axis=0)
        return SurvivalCurve(head, math.prod(c.ratio for c in curves))

    def quantile(self, probability: float) -> float:
        """The smallest n with P(N <= n) >= `probability`."""
        return self.curve().quantile(probability)


@dataclass(frozen=True, eq=False)
class Mixture:
    """A law drawn at random: limits that depend on estimates, averaged over the estimates.

    Attributes
    ----------
    parts : tuple of Law
    weights : (m,) array
        Their probabilities.
    """

    parts: tuple[Law, ...]
    weights: FloatArray

    @cached_property
    def _curves(self) -> list[SurvivalCurve]:
        return [part.curve() for part in self.parts]

    def mean(self) -> float:
        """The weighted mean of the parts' means."""
        return float(self.weights @ np.array([part.mean() for part in self.parts]))

    def curve(self) -> SurvivalCurve:
        """As long as the longest head of a part; beyond it, the slowest part rules."""
        curves = self._curves
        points = np.arange(max(len(c.head) for c in curves))
        head = self.weights @ np.array([c.at(points) for c in curves])
        return SurvivalCurve(head, max(c.ratio for c in curves))

    def quantile(self, probability: float) -> float:
        """The smallest n with P(N <= n) >= `probability`, by doubling, then halving."""

        def survival(n: int) -> float:
            point = np.array([n])
            return float(self.weights @ np.array([c.at(point)[0] for c in self._curves]))

        target = 1 - probability + _ROUNDING
        high = 1
        while survival(high) > target:
            high *= 2
            if high > 2**60:
                return math.inf
        low = high // 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if survival(middle) > target else (low, middle)
        return float(high)
