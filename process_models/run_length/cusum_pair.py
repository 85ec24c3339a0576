"""The two-sided CUSUM: two sums of which one is 0 whenever the other signals.

That makes both together a renewal process (Van Dobben de Bruyn 1968; with head starts of at most
h / 2 + k, Lucas and Crosier 1982). With S the generating function of P(N > n) of one side, begun
as it is (u) or from 0, and of both sides together,

    S = (S_low,0 S_up,u + S_up,0 S_low,u - S_up,0 S_low,0) / (S_up,0 + S_low,0 - (1 - z) S_up,0
    S_low,0),

which at z = 1 is the well-known formula for the mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from scipy.optimize import brentq
from scipy.signal import fftconvolve, lfilter

from process_models.run_length.chain import Chain, SteadyState, quasi_stationary, visits
from process_models.run_length.cusum import cusum_chain
from process_models.run_length.law import FloatArray, SurvivalCurve

__all__ = ["CusumPair", "cusum_pair"]

_FIRST_COUNT, _LAST_COUNT = 1024, 16384
_SETTLED = 1e-7


@dataclass(frozen=True, eq=False)
class CusumPair:
    """The law of a two-sided CUSUM.

    Attributes
    ----------
    upper, lower : Chain
        The sides as they begin.
    fresh_upper, fresh_lower : Chain
        The sides from 0.
    """

    upper: Chain
    lower: Chain
    fresh_upper: Chain
    fresh_lower: Chain

    def mean(self) -> float:
        """Average run length."""
        up, low = self.fresh_upper.mean(), self.fresh_lower.mean()
        rate_up, rate_low = 1 / up, 1 / low
        if rate_up + rate_low == 0:
            return float("inf")
        begun_up = self.upper.mean() * rate_up if rate_up else 1.0
        begun_low = self.lower.mean() * rate_low if rate_low else 1.0
        return (begun_up + begun_low - 1) / (rate_up + rate_low)

    def curve(self) -> SurvivalCurve:
        """P(N > n), from the generating functions of the sides; the mean settles its tail."""
        count, mean = _FIRST_COUNT, self.mean()
        while True:
            survival = self._survival(count)
            if survival[-1] < 1e-11:
                return SurvivalCurve(np.maximum(survival, 0.0), 0.0)
            ratio = float(survival[-1] / survival[-2])
            earlier = float(survival[-200] / survival[-201])
            if abs(ratio - earlier) < _SETTLED * (1 - ratio) + 1e-11 or count >= _LAST_COUNT:
                left = (mean - float(survival.sum())) / float(survival[-1])
                return SurvivalCurve(survival, left / (1 + left) if mean < 1e15 else 1.0)
            count *= 2

    def _survival(self, count: int) -> FloatArray:
        points = np.arange(count)
        sides = (self.upper, self.lower, self.fresh_upper, self.fresh_lower)
        begun_up, begun_low, up, low = (side.curve().at(points) for side in sides)

        def product(a: FloatArray, b: FloatArray) -> FloatArray:
            return np.asarray(fftconvolve(a, b)[:count], dtype=np.float64)

        both = product(up, low)
        above = product(low, begun_up) + product(up, begun_low) - both
        below = up + low - np.diff(both, prepend=0.0)
        impulse = np.zeros(count)
        impulse[0] = 1.0
        return np.asarray(lfilter(above, below, impulse), dtype=np.float64)

    def quantile(self, probability: float) -> float:
        """The smallest n with P(N <= n) >= `probability`."""
        return self.curve().quantile(probability)


def cusum_pair(
    k: float, h: float, *, shift: float, spread: float, start: float, steady: SteadyState | None
) -> CusumPair:
    """Both sums from `start`, or found in the steady state when the change comes.

    Parameters
    ----------
    k, h, shift, spread, start : float
        As of `cusum_chain`; `start` at most h / 2 + k.
    steady : {"conditional", "cyclical"} or None
    """
    finest = min(spread, 1.0)

    def side(sign: float, begin: float) -> Chain:
        return cusum_chain(k, h, shift=sign * shift, spread=spread, start=begin, finest=finest)

    fresh_upper, fresh_lower = side(1.0, 0.0), side(-1.0, 0.0)
    upper, lower = side(1.0, start), side(-1.0, start)
    if steady is not None:
        before = _in_control(k, h, start, finest)
        upper, lower = before.changed(upper, steady), before.changed(lower, steady)
    return CusumPair(upper, lower, fresh_upper, fresh_lower)


@dataclass(frozen=True, eq=False)
class _InControl:
    """Both sides in control, which are each other's mirror image."""

    begun: Chain
    fresh: Chain

    def changed(self, side: Chain, mode: SteadyState) -> Chain:
        """`side` from where it is found when the change comes."""
        if mode == "conditional":
            return Chain(np.asarray(self._conditional @ side.step), side.step)
        pair = CusumPair(self.begun, self.begun, self.fresh, self.fresh)
        from_zero = visits(self.fresh)
        from_zero[0] += 1
        spent = visits(self.begun) - from_zero / 2
        entry = (side.entry + np.asarray(spent @ side.step)) / pair.mean()
        return Chain(entry, side.step)

    @cached_property
    def _conditional(self) -> FloatArray:
        """Where one sum is, given that neither has signalled for a long time.

        The generating function of a side's position is e0 (I - z step)^-1; given that the other
        side has not signalled either, it has its pole where F(z) = 1 + (z - 1) S(z) is -1.
        """
        step = np.asarray(self.fresh.step)
        size = len(step)

        def resolvent(z: float) -> FloatArray:
            origin = np.zeros(size)
            origin[0] = 1.0
            return np.asarray(np.linalg.solve((np.eye(size) - z * step).T, origin))

        late = quasi_stationary(self.fresh)
        excess = 1 / float((late @ step).sum()) - 1

        def pole(times: float) -> float:
            z = 1 + times * excess
            return 1 / (1 + (z - 1) * float(resolvent(z).sum())) + 1

        mass = resolvent(1 + excess * brentq(pole, 1 + 1e-6, 8.0, xtol=1e-13))
        return np.asarray(mass / mass.sum(), dtype=np.float64)


@lru_cache(maxsize=4)
def _in_control(k: float, h: float, start: float, finest: float) -> _InControl:
    begun, fresh = (cusum_chain(k, h, start=s, finest=finest) for s in (start, 0.0))
    return _InControl(begun, fresh)
