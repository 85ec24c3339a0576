"""A mean with its interval, as every forecast gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

__all__ = ["Interval", "interval_of", "required_level"]


@dataclass(frozen=True, slots=True)
class Interval:
    """Mean, and the central interval that holds with probability `level`.

    Examples
    --------
    >>> Interval(3.0, 1.0, 5.0, 0.9).covers(5.0)
    True
    """

    mean: float
    low: float
    high: float
    level: float

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


def interval_of(draws: NDArray[np.float64], level: float) -> Interval:
    """Mean and central interval of draws; nan where there are none.

    Of a skewed few-valued quantity, such as a yield, the mean may lie outside the central
    interval; the interval is then stretched to hold it.

    Examples
    --------
    >>> interval_of(np.arange(101.0), 0.5)
    Interval(mean=50.0, low=25.0, high=75.0, level=0.5)
    """
    if not len(draws):
        return Interval(np.nan, np.nan, np.nan, level)
    tail = (1.0 - required_level(level)) / 2.0
    low, high = np.quantile(draws, [tail, 1.0 - tail])
    mean = float(np.mean(draws))
    return Interval(mean, min(float(low), mean), max(float(high), mean), level)
