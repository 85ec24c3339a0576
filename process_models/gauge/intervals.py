"""Confidence intervals for sums and differences of mean squares, and for their ratios.

Modified large sample limits: Graybill and Wang (1980) for sums, Ting, Burdick, Graybill,
Jeyaratnam and Lu (1990) where mean squares are subtracted. A ratio N/D is at least d exactly when
N - d D is at least 0, so its limits are the d at which a limit of N - d D crosses 0 (Gui, Graybill,
Burdick and Ting 1995). All as in Burdick, Borror and Montgomery, Design and Analysis of Gauge R&R
Studies, 2005. For a single mean square the limits are the exact chi-square ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Interval", "MeanSquares", "mls_interval", "mls_ratio"]

FloatArray = NDArray[np.float64]
_ENDLESS = 1e12


@dataclass(frozen=True, slots=True)
class Interval:
    """Confidence limits; `high` is infinite where the data give none."""

    low: float
    high: float

    def to_dict(self) -> dict[str, Any]:
        """The limits as plain JSON data; None where there is none."""
        return {"low": self.low, "high": self.high if math.isfinite(self.high) else None}

    def mapped(self, function: Callable[[float], float]) -> Interval:
        """The limits of a rising function of the quantity."""
        return Interval(function(self.low), function(self.high))


@dataclass(frozen=True, eq=False)
class MeanSquares:
    """Independent mean squares.

    Attributes
    ----------
    values : (q,) array
        In squared units of the measurement.
    df : (q,) array
        Degrees of freedom.
    """

    values: FloatArray
    df: FloatArray


def mls_interval(weights: FloatArray, squares: MeanSquares, confidence: float) -> Interval:
    """Two-sided limits of the expected value of `weights @ squares.values`, not cut at 0.

    Examples
    --------
    >>> squares = MeanSquares(np.array([9.0, 1.0]), np.array([9.0, 30.0]))
    >>> found = mls_interval(np.array([1.0, -1.0]) / 3, squares, 0.95)
    >>> round(found.low, 3), round(found.high, 3)
    (1.062, 9.655)
    """
    alpha = (1 - confidence) / 2
    return Interval(_lower(weights, squares, alpha), -_lower(-weights, squares, alpha))


def mls_ratio(
    numerator: FloatArray, denominator: FloatArray, squares: MeanSquares, confidence: float
) -> Interval:
    """Two-sided limits of the ratio of two expectations, from 0 to infinity.

    `denominator` is to be positive in expectation.
    """
    alpha = (1 - confidence) / 2

    def low_of(d: float) -> float:
        return _lower(numerator - d * denominator, squares, alpha)

    def high_of(d: float) -> float:
        return -_lower(d * denominator - numerator, squares, alpha)

    return Interval(_falls_through_zero(low_of), _falls_through_zero(high_of))


def _falls_through_zero(function: Callable[[float], float]) -> float:
    """Where a falling function of d crosses 0, from 0 (never above) to infinity (never below)."""
    from scipy.optimize import brentq

    if function(0.0) <= 0:
        return 0.0
    high = 1.0
    while function(high) > 0:
        high *= 4
        if high > _ENDLESS:
            return math.inf
    return float(brentq(function, 0.0, high, xtol=1e-14, rtol=1e-12))


def _lower(weights: FloatArray, squares: MeanSquares, alpha: float) -> float:
    parts = weights * squares.values
    estimate = float(parts.sum())
    plus = [(float(a), float(n)) for a, n in zip(parts, squares.df, strict=True) if a > 0]
    minus = [(float(-a), float(n)) for a, n in zip(parts, squares.df, strict=True) if a < 0]
    spread = sum((_g(n, alpha) * a) ** 2 for a, n in plus)
    spread += sum((_h(n, alpha) * a) ** 2 for a, n in minus)
    spread += sum(_cross(n, m, alpha) * a * b for a, n in plus for b, m in minus)
    if minus and len(plus) > 1:
        pairs = [(plus[i], plus[j]) for i in range(len(plus)) for j in range(i + 1, len(plus))]
        shared = sum(_shared(n, m, alpha) * a * b for (a, n), (b, m) in pairs)
        spread += shared / (len(plus) - 1)
    return estimate - math.sqrt(max(spread, 0.0))


@lru_cache(maxsize=1024)
def _g(df: float, alpha: float) -> float:
    from scipy.special import chdtri

    return float(1 - df / chdtri(df, alpha))


@lru_cache(maxsize=1024)
def _h(df: float, alpha: float) -> float:
    from scipy.special import chdtri

    return float(df / chdtri(df, 1 - alpha) - 1)


@lru_cache(maxsize=1024)
def _cross(plus_df: float, minus_df: float, alpha: float) -> float:
    from scipy.special import fdtri

    f = float(fdtri(plus_df, minus_df, 1 - alpha))
    g, h = _g(plus_df, alpha), _h(minus_df, alpha)
    return ((f - 1) ** 2 - (g * f) ** 2 - h**2) / f


@lru_cache(maxsize=1024)
def _shared(one_df: float, other_df: float, alpha: float) -> float:
    together = one_df + other_df
    g_together, g_one, g_other = _g(together, alpha), _g(one_df, alpha), _g(other_df, alpha)
    return (
        g_together**2 * together**2 / (one_df * other_df)
        - g_one**2 * one_df / other_df
        - g_other**2 * other_df / one_df
    )
