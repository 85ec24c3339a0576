"""A mean with its confidence interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["CONFIDENCE", "Estimate", "estimate", "mean_interval"]

CONFIDENCE = 0.99


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean between low and high; None where it cannot be known."""

    mean: float | None
    low: float | None
    high: float | None

    def to_dict(self) -> dict[str, float | None]:
        """mean, low, high."""
        return {"mean": self.mean, "low": self.low, "high": self.high}


def estimate(
    values: Sequence[float],
    *,
    mean: float | None = None,
    least: float = -math.inf,
    most: float = math.inf,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Mean of independent values with its t interval; values that are nan are left out.

    Parameters
    ----------
    values : sequence of float
        One for each replication, or for each batch of a long run.
    mean : float, optional
        A better mean than that of the values, such as that of the whole run.
    least, most : float
        Bounds of what can be, which the interval does not pass.

    Examples
    --------
    >>> found = estimate([9.0, 10.0, 11.0])
    >>> round(found.low, 2), found.mean, round(found.high, 2)
    (4.27, 10.0, 15.73)
    """
    known = np.array([value for value in values if not math.isnan(value)], dtype=np.float64)
    if mean is None:
        mean = float(known.mean()) if len(known) else math.nan
    variance = float(known.var(ddof=1)) if len(known) > 1 else math.nan
    return mean_interval(mean, variance, len(known), least=least, most=most, confidence=confidence)


def mean_interval(
    mean: float,
    variance: float,
    n: int,
    *,
    least: float = -math.inf,
    most: float = math.inf,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """A mean of `n` independent values with this sample variance; nan where it is not known.

    Examples
    --------
    >>> mean_interval(10.0, 1.0, 3).low == estimate([9.0, 10.0, 11.0]).low
    True
    """
    from scipy.special import stdtrit

    if math.isnan(mean):
        return Estimate(None, None, None)
    if n < 2:
        return Estimate(mean, None, None)
    half = stdtrit(n - 1, (1 + confidence) / 2) * math.sqrt(variance / n)
    low, high = max(least, mean - half), min(most, mean + half)
    return Estimate(mean, float(min(low, mean)), float(max(high, mean)))
