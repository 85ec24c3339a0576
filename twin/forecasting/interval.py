"""A mean with its interval, as every forecast gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

__all__ = [
    "QUANTILES", "Interval", "few_valued", "inner", "interval_of", "quantiles_of", "required_level",
]  # fmt: skip

QUANTILES = tuple((2 * place + 1) / 80 for place in range(40))
"""Levels of the quantiles that a forecast keeps, by which it is judged."""
_FEW_VALUES = 24
_AS_NEAR = 0.015


@dataclass(frozen=True, slots=True)
class Interval:
    """Mean, and the interval that holds with probability `level`.

    Attributes
    ----------
    quantiles : tuple of float
        At the levels `QUANTILES`; empty where only the interval is known.

    Examples
    --------
    >>> Interval(3.0, 1.0, 5.0, 0.9).covers(5.0)
    True
    """

    mean: float
    low: float
    high: float
    level: float
    quantiles: tuple[float, ...] = field(default=(), compare=False, repr=False)

    def covers(self, value: float) -> bool:
        """Whether `value` lies inside, its ends included."""
        return self.low <= value <= self.high

    def to_dict(self) -> dict[str, Any]:
        """As the contract prints it."""
        return {"mean": self.mean, "low": self.low, "high": self.high, "level": self.level}


def required_level(level: float) -> float:
    """`level` itself.

    Raises
    ------
    InputError
        When it does not lie strictly between 0 and 1.
    """
    if not 0 < level < 1:
        raise InputError(f"level must lie between 0 and 1, got {level:g}")
    return level


def quantiles_of(draws: NDArray[np.float64]) -> tuple[float, ...]:
    """Quantiles at `QUANTILES`, each one of the draws; empty of none."""
    if not len(draws):
        return ()
    found = np.quantile(draws, QUANTILES, method="inverted_cdf")
    return tuple(np.asarray(found, dtype=np.float64).tolist())


def inner(quantiles: Sequence[float], level: float) -> tuple[float, float] | None:
    """The central interval of `level` that kept quantiles give; None of none.

    Examples
    --------
    >>> inner(QUANTILES, 0.5)
    (0.25, 0.75)
    >>> inner((), 0.5) is None
    True
    """
    if not len(quantiles):
        return None
    low, high = np.interp([(1 - level) / 2, (1 + level) / 2], QUANTILES, quantiles)
    return float(low), float(high)


def interval_of(draws: NDArray[np.float64], level: float) -> Interval:
    """Mean and interval of draws; nan where there are none.

    The interval is the central one. Of a quantity with few values, such as a yield, hardly any
    interval holds with just that probability: there it is the one that comes nearest, the
    narrowest of those. Where the mean of a skewed quantity lies outside, the interval is stretched
    to hold it.

    Examples
    --------
    >>> interval_of(np.arange(101.0), 0.5)
    Interval(mean=50.0, low=25.0, high=75.0, level=0.5)
    >>> interval_of(np.array([1.0] * 88 + [0.0] * 12), 0.9)
    Interval(mean=0.88, low=0.88, high=1.0, level=0.9)
    """
    if not len(draws):
        return Interval(np.nan, np.nan, np.nan, level)
    mean = float(np.mean(draws))
    low, high = few_valued(draws, level)
    return Interval(mean, min(low, mean), max(high, mean), level, quantiles_of(draws))


def few_valued(draws: NDArray[np.float64], level: float) -> tuple[float, float]:
    """The interval whose probability is nearest to `level`; central of many values."""
    required_level(level)
    values, counts = np.unique(draws, return_counts=True)
    if len(values) > _FEW_VALUES:
        low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)
    total = np.concatenate([[0.0], np.cumsum(counts)]) / len(draws)
    mass = total[None, 1:] - total[:-1, None]
    off = np.where(mass > 0, np.abs(mass - level), np.inf)
    width = values[None, :] - values[:, None]
    near = np.where(off <= off.min() + _AS_NEAR, width, np.inf)
    first, last = np.unravel_index(int(np.argmin(near)), near.shape)
    return float(values[first]), float(values[last])
