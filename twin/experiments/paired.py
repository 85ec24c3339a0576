"""Differences of lines that were run with the same random numbers: paired t over replications."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from twin.experiments.moments import Moments

__all__ = ["Difference", "contrast", "difference", "holm"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One line less another in one figure; None where it cannot be known.

    Attributes
    ----------
    mean, low, high : float
        With a t interval over the paired replications.
    p : float
        Of a difference at least so large if there were none (two-sided).
    correlation : float
        Between the two lines over the replications.
    variance_reduction : float
        Variance of the difference of independent runs over that of the paired ones: so many times
        the replications would independent runs need. None where the paired one is 0.
    n : int
        Replications in which the figure is known for every line.
    """

    mean: float | None
    low: float | None
    high: float | None
    p: float | None
    correlation: float | None
    variance_reduction: float | None
    n: int

    @property
    def differs(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def to_dict(self) -> dict[str, Any]:
        """Plain values by name."""
        return asdict(self)


def difference(
    moments: Moments, figure: int, line: int, base: int, *, confidence: float
) -> Difference:
    """Line `line` less line `base`, by their places.

    Examples
    --------
    >>> import numpy as np
    >>> moments = Moments(1, 2)
    >>> moments.add(np.array([[[1.0, 2.0]], [[3.0, 5.0]], [[5.0, 8.0]]]))
    >>> moments.fold()
    >>> found = difference(moments, 0, 1, 0, confidence=0.95)
    >>> round(found.low, 3), found.mean, round(found.high, 3), found.variance_reduction
    (-0.484, 2.0, 4.484, 13.0)
    """
    weights = [0.0] * moments.mean.shape[1]
    weights[line], weights[base] = 1.0, -1.0
    mean, low, high, p = contrast(moments, figure, weights, confidence=confidence)
    covariance = moments.covariance[figure]
    a, b, both = (float(covariance[i, j]) for i, j in ((line, line), (base, base), (line, base)))
    paired = a + b - 2 * both
    return Difference(
        mean=mean,
        low=low,
        high=high,
        p=p,
        correlation=both / math.sqrt(a * b) if a > 0 and b > 0 else None,
        variance_reduction=(a + b) / paired if paired > 1e-12 * (a + b) else None,
        n=int(moments.n[figure]),
    )


def contrast(
    moments: Moments, figure: int, weights: Sequence[float], *, confidence: float
) -> tuple[float | None, float | None, float | None, float | None]:
    """A weighted sum of the lines' means: value, low, high, p.

    The variance is that of the same sum within each replication, which is exact whatever the
    correlation between lines that share random numbers.
    """
    import numpy as np
    from scipy.special import stdtr, stdtrit

    n = int(moments.n[figure])
    if n == 0:
        return None, None, None, None
    c = np.asarray(weights, dtype=np.float64)
    value = float(c @ moments.mean[figure])
    if n < 2:
        return value, None, None, None
    variance = max(0.0, float(c @ moments.covariance[figure] @ c))
    error = math.sqrt(variance / n)
    size = float(np.abs(c) @ np.abs(moments.mean[figure]))
    if error <= 1e-12 * size:  # what rounding leaves of lines without chance
        return value, value, value, 0.0 if abs(value) > 1e-12 * size else 1.0
    half = float(stdtrit(n - 1, (1 + confidence) / 2)) * error
    p = 2 * float(stdtr(n - 1, -abs(value) / error))
    return value, value - half, value + half, p


def holm(p: Sequence[float | None]) -> list[float | None]:
    """p values that hold for all of them together (Holm 1979); None stays None.

    Examples
    --------
    >>> holm([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    known = sorted((value, place) for place, value in enumerate(p) if value is not None)
    adjusted: list[float | None] = [None] * len(p)
    greatest = 0.0
    for rank, (value, place) in enumerate(known):
        greatest = max(greatest, min(1.0, (len(known) - rank) * value))
        adjusted[place] = greatest
    return adjusted
