"""Tolerance intervals: where a given share of a population lies, with a given confidence.

Normal factors are exact. One-sided from the noncentral t distribution; two-sided by integrating
the condition on the sample mean (Krishnamoorthy and Mathew, Statistical Tolerance Regions, 2009,
equation 2.3.5), which are the values of ISO 16269-6. Distribution-free intervals run between order
statistics (Wilks 1941): the share between the r-th and s-th of n has a Beta(s - r, n - s + r + 1)
distribution.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.samples import varying_sample

__all__ = [
    "ToleranceInterval",
    "distribution_free_interval",
    "distribution_free_n",
    "howe_factor",
    "normal_factor",
    "normal_interval",
]

FloatArray = NDArray[np.float64]
_NODES = 400
_REACH = 9.0  # standard errors of the mean; beyond lies less than 1e-18


@dataclass(frozen=True)
class ToleranceInterval:
    """Limits that hold at least `coverage` of the population, with `confidence`.

    Attributes
    ----------
    n : int
    coverage, confidence : float
        Fractions of 0 to 1.
    sides : int
        2: `low` and `high` hold the share between them. 1: each holds it on its own side.
    low, high : float
    method : str
        `normal` or `distribution_free`.
    mean, sd, k : float or None
        Of the normal interval: it is mean ± k sd.
    achieved : float
        Confidence reached: as asked for the normal interval, at least that for the other.
    """

    n: int
    coverage: float
    confidence: float
    sides: int
    low: float
    high: float
    method: str
    mean: float | None = None
    sd: float | None = None
    k: float | None = None
    achieved: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The interval as plain JSON data."""
        return dict(self.__dict__)


def normal_factor(n: int, coverage: float, confidence: float, sides: int = 2) -> float:
    """Factor k such that mean ± k sd (or one side of it) is a normal tolerance limit.

    Parameters
    ----------
    n : int
        Sample size, at least 2.
    coverage, confidence : float
        Between 0 and 1.
    sides : int
        1 or 2.

    Raises
    ------
    InputError
        When an argument is outside its range.

    Examples
    --------
    >>> round(normal_factor(43, 0.90, 0.99, sides=1), 5)
    1.87395
    >>> round(normal_factor(43, 0.90, 0.99, sides=2), 5)
    2.22283
    """
    _check(coverage, confidence, sides)
    if n < 2:
        raise InputError(f"n must be at least 2 for a tolerance factor, got {n}")
    return (
        _one_sided(n, coverage, confidence) if sides == 1 else _two_sided(n, coverage, confidence)
    )


def howe_factor(n: int, coverage: float, confidence: float) -> float:
    """Howe's (1969) approximate two-sided factor, as in the NIST handbook 7.2.6.3.

    Examples
    --------
    >>> round(howe_factor(43, 0.90, 0.99), 4)
    2.2173
    """
    from scipy.stats import chi2, norm

    _check(coverage, confidence, 2)
    if n < 2:
        raise InputError(f"n must be at least 2 for a tolerance factor, got {n}")
    z = float(norm.ppf((1 + coverage) / 2))
    return z * math.sqrt((n - 1) * (1 + 1 / n) / float(chi2.ppf(1 - confidence, n - 1)))


def distribution_free_n(coverage: float, confidence: float, sides: int = 2) -> int:
    """Smallest n whose extremes are a tolerance interval whatever the distribution.

    `sides` 2: between smallest and largest; 1: beyond one of them.

    Raises
    ------
    InputError
        When an argument is outside its range.

    Examples
    --------
    >>> distribution_free_n(0.95, 0.95), distribution_free_n(0.95, 0.95, sides=1)
    (93, 59)
    """
    _check(coverage, confidence, sides)
    high = sides
    while _confidence_between(high, coverage, high - sides) < confidence:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        enough = _confidence_between(middle, coverage, middle - sides) >= confidence
        low, high = (low, middle) if enough else (middle, high)
    return high


def normal_interval(
    values: Sequence[float] | FloatArray, coverage: float, confidence: float, sides: int = 2
) -> ToleranceInterval:
    """Tolerance interval of a normal population from a sample.

    Raises
    ------
    InputError
        When there are fewer than 2 values, one is not finite, all are the same, or an argument
        is outside its range.
    """
    sample = varying_sample(values, "a tolerance interval needs at least 2 values")
    k = normal_factor(sample.size, coverage, confidence, sides)
    mean, sd = float(sample.mean()), float(sample.std(ddof=1))
    return ToleranceInterval(
        sample.size, coverage, confidence, sides, mean - k * sd, mean + k * sd,
        "normal", mean, sd, k, confidence,
    )  # fmt: skip


def distribution_free_interval(
    values: Sequence[float] | FloatArray, coverage: float, confidence: float, sides: int = 2
) -> ToleranceInterval:
    """Tolerance interval between order statistics, the narrowest symmetric one that suffices.

    Raises
    ------
    InputError
        As `normal_interval`, and when the sample is too small for any such interval.
    """
    from scipy.stats import binom

    sample = np.sort(varying_sample(values, "a tolerance interval needs at least 2 values"))
    n = int(sample.size)
    needed = distribution_free_n(coverage, confidence, sides)
    if n < needed:
        raise InputError(
            f"a distribution-free interval of coverage {coverage:g} and confidence {confidence:g} "
            f"needs at least {needed} values, got {n}"
        )
    within = int(binom.ppf(confidence, n, coverage))
    depth = max((n - within) // sides, 1)
    return ToleranceInterval(
        n, coverage, confidence, sides, float(sample[depth - 1]), float(sample[n - depth]),
        "distribution_free", achieved=_confidence_between(n, coverage, n - sides * depth),
    )  # fmt: skip


def _check(coverage: float, confidence: float, sides: int) -> None:
    for name, value in (("coverage", coverage), ("confidence", confidence)):
        if not 0 < value < 1:
            raise InputError(f"{name} must be above 0 and below 1, got {value:g}")
    if sides not in (1, 2):
        raise InputError(f"sides must be 1 or 2, got {sides}")


def _confidence_between(n: int, coverage: float, at_most: int) -> float:
    from scipy.stats import binom

    return float(binom.cdf(at_most, n, coverage))


@lru_cache(maxsize=256)
def _one_sided(n: int, coverage: float, confidence: float) -> float:
    from scipy.stats import nct, norm

    shift = float(norm.ppf(coverage)) * math.sqrt(n)
    return float(nct.ppf(confidence, n - 1, shift)) / math.sqrt(n)


@lru_cache(maxsize=256)
def _two_sided(n: int, coverage: float, confidence: float) -> float:
    from scipy.optimize import brentq
    from scipy.special import chdtrc

    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    error = _REACH * (nodes + 1) / 2  # of the mean, in standard errors
    density = weights * _REACH / 2 * np.sqrt(2 / np.pi) * np.exp(-(error**2) / 2)
    reach_squared = _reach_around(error / math.sqrt(n), coverage) ** 2

    def excess(k: float) -> float:
        return float(density @ chdtrc(n - 1, (n - 1) * reach_squared / k**2)) - confidence

    low = high = howe_factor(n, coverage, confidence)
    while excess(low) > 0:
        low /= 1.5
    while excess(high) < 0:
        high *= 1.5
    return float(brentq(excess, low, high, xtol=1e-13, rtol=1e-14))


def _reach_around(centre: FloatArray, coverage: float) -> FloatArray:
    """Half-width around `centre` that holds `coverage` of a standard normal, by Newton's steps."""
    from scipy.special import ndtr, ndtri

    reach = centre + ndtri((1 + coverage) / 2)
    for _ in range(60):
        surplus = ndtr(centre + reach) - ndtr(centre - reach) - coverage
        slope = _density(centre + reach) + _density(centre - reach)
        step = surplus / slope
        reach = np.maximum(reach - step, reach / 2)
        if np.max(np.abs(step)) < 1e-15 * np.max(reach):
            break
    return np.asarray(reach, dtype=np.float64)


def _density(z: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi), dtype=np.float64)
