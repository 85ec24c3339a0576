"""EWMA and one-sided CUSUM of autocorrelated data: integral equations over (statistic, last value).

x(i) - μ = φ (x(i-1) - μ) + noise, begun in its stationary state. The run length as a function of
the statistic and the last value is the polynomial through its values at Gauss nodes of both; its
mean over the next value is integrated between the values that do not signal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.legendre import legvander

from process_models.run_length.chain import Chain
from process_models.run_length.law import FloatArray
from process_models.run_length.quadrature import legendre, normal_density
from process_models.run_length.scheme import Scheme

__all__ = ["autoregressive_chain"]

_REACH = 8.0
_INNER_NODES = 28
_STANDS_STILL = 1e-9


@dataclass(frozen=True)
class _Statistic:
    """s' = max(floor, keep s + weigh x + drift), which signals outside `low` to `high`."""

    keep: float
    weigh: float
    drift: float
    low: float
    high: float
    floored: bool


@dataclass(frozen=True)
class _NextValue:
    """Law of the next value after x: normal, with mean `start + slope x`."""

    start: float
    slope: float
    sd: float


def autoregressive_chain(
    scheme: Scheme, shift: float, spread: float, phi: float, *, reach: float = 0.0,
    fixed: bool = False,
) -> Chain:  # fmt: skip
    """The chain of a chart of autocorrelated data.

    Parameters
    ----------
    scheme : Scheme
        An ewma, or a one-sided cusum.
    shift, spread : float
        Marginal mean and standard deviation of x, in standard errors.
    phi : float
        Autocorrelation of neighbouring values.
    reach : float
        Where the axis of x ends, at least; chains of equal reach share states.
    fixed : bool
        Asymptotic limits from the first point, whatever the scheme says.
    """
    sd = spread * math.sqrt(1 - phi * phi)
    ends = max(reach, abs(shift) + _REACH * max(1.0, spread))
    grid = _Grid.of(scheme, ends, phi)
    following = _NextValue(shift * (1 - phi), phi, sd)
    first = _NextValue(shift, 0.0, spread)
    last = _statistic(scheme)
    step = grid.passage(last, last, following)
    onset = grid.passage(last, last, _NextValue(shift, phi, sd)) if shift else None
    begin = np.array([[_start(scheme), 0.0]])
    if fixed or scheme.chart == "cusum" or scheme.limits == "asymptotic":
        return Chain(grid.mass(begin, last, first)[0], step, onset=onset)
    now = _statistic(scheme, 1)
    mass, head, point = grid.mass(begin, now, first)[0], [1.0], 1
    while (1 - scheme.lam) ** (2 * point) > _STANDS_STILL:
        head.append(float(mass.sum()))
        then = _statistic(scheme, point + 1)
        mass = np.asarray(mass @ grid.passage(now, then, following))
        now, point = then, point + 1
    head.append(float(mass.sum()))
    entry = np.asarray(mass @ grid.passage(now, last, following))
    return Chain(entry, step, head=np.array(head), onset=onset)


def _start(scheme: Scheme) -> float:
    return scheme.head_start if scheme.chart == "cusum" else 0.0


def _statistic(scheme: Scheme, point: int | None = None) -> _Statistic:
    """The statistic and its limits at a point; None is long after the start."""
    if scheme.chart == "cusum":
        return _Statistic(1.0, 1.0, -scheme.k, 0.0, scheme.h, True)
    lam = scheme.lam
    reach = scheme.width * math.sqrt(lam / (2 - lam))
    if point is not None:
        reach *= math.sqrt(1 - (1 - lam) ** (2 * point))
    low = 0.0 if scheme.one_sided else -reach
    return _Statistic(1 - lam, lam, 0.0, low, reach, scheme.one_sided)


def _to_values(nodes: FloatArray) -> FloatArray:
    """Legendre coefficients of the polynomials that are 1 at one node."""
    return np.asarray(np.linalg.inv(legvander(nodes, len(nodes) - 1)), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Grid:
    """Gauss nodes of the statistic, on [-1, 1], and of x, with what turns values into sums."""

    statistic: FloatArray
    value: FloatArray
    ends: float
    statistic_basis: FloatArray
    value_basis: FloatArray

    @classmethod
    def of(cls, scheme: Scheme, ends: float, phi: float) -> _Grid:
        tall = int(np.clip(2 * scheme.h + 12, 18, 34)) if scheme.chart == "cusum" else 24
        wide = int(np.clip(18 + 1.6 * ends * abs(phi) / math.sqrt(1 - phi * phi), 20, 44))
        s, x = legendre(tall)[0], legendre(wide)[0]
        return cls(s, ends * x, ends, _to_values(s), _to_values(x))

    def passage(self, now: _Statistic, then: _Statistic, value: _NextValue) -> FloatArray:
        """Mass that every state sends to every state, its statistic within the limits of `then`."""
        s = now.low + (now.high - now.low) / 2 * (self.statistic + 1)
        origins = np.stack(np.meshgrid(s, self.value, indexing="ij"), axis=-1).reshape(-1, 2)
        return self.mass(origins, then, value)

    def mass(self, origins: FloatArray, then: _Statistic, value: _NextValue) -> FloatArray:
        """Mass from `origins`, (n, 2) of statistic and x, to all states, (n, states)."""
        carried = then.keep * origins[:, 0] + then.drift
        low, high = ((limit - carried) / then.weigh for limit in (then.low, then.high))
        mean = value.start + value.slope * origins[:, 1]
        total = self._part(low, high, mean, carried, then, value.sd)
        if then.floored:
            lowest = np.full_like(low, -math.inf)
            total = total + self._part(lowest, low, mean, carried, then, value.sd)
        return total

    def _part(
        self, low: FloatArray, high: FloatArray, mean: FloatArray, carried: FloatArray,
        then: _Statistic, sd: float,
    ) -> FloatArray:  # fmt: skip
        a = np.maximum(low, np.maximum(mean - _REACH * sd, -self.ends))
        b = np.minimum(high, np.minimum(mean + _REACH * sd, self.ends))
        t, weight = legendre(_INNER_NODES)
        half = np.maximum(b - a, 0.0)[:, None] / 2
        x = np.where(half > 0, a[:, None] + half * (t + 1), 0.0)
        density = normal_density((x - mean[:, None]) / sd) / sd * half * weight
        s = np.clip(carried[:, None] + then.weigh * x, then.low, then.high)
        place = (2 * s - then.low - then.high) / (then.high - then.low)
        tall, wide = len(self.statistic), len(self.value)
        statistic = legvander(place, tall - 1) @ self.statistic_basis
        values = legvander(x / self.ends, wide - 1) @ self.value_basis
        mass = np.swapaxes(statistic * density[..., None], 1, 2) @ values
        return np.asarray(mass.reshape(len(mean), tall * wide), dtype=np.float64)
