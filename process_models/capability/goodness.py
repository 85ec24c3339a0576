"""How well a distribution fits: the statistic of Anderson and Darling, and its p-value.

Of a fitted normal distribution the p-value is that of D'Agostino and Stephens (1986), table 4.9;
of the others it comes from a parametric bootstrap, because estimating the parameters from the
same values changes the distribution of the statistic from family to family.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from process_models.capability.families import Family, Floats

__all__ = ["anderson_darling", "normality"]

_FEWEST = 8


def anderson_darling(family: Family, x: Floats, parameters: Floats) -> Floats:
    """The statistic of every sample.

    Parameters
    ----------
    family : Family
    x : (b, n) array
    parameters : (b, k) array

    Returns
    -------
    (b,) array
    """
    ordered = np.sort(x, axis=1)
    below = family.log_below(ordered, parameters)
    above = family.log_above(ordered, parameters)[:, ::-1]
    return _statistic(below + above)


def _statistic(logs: Floats) -> Floats:
    n = logs.shape[1]
    odd = 2 * np.arange(1, n + 1) - 1
    return np.asarray(-n - (odd * logs).mean(axis=1))


def normality(values: NDArray[np.float64]) -> dict[str, float | None]:
    """Anderson-Darling against a fitted normal, with n - 1 below the sum of squares.

    >>> normality(np.arange(5.0))
    {'anderson_darling': None, 'p': None}
    """
    n = len(values)
    if n < _FEWEST:
        return {"anderson_darling": None, "p": None}
    z = np.sort((values - values.mean()) / values.std(ddof=1))
    statistic = float(_statistic((log_ndtr(z) + log_ndtr(-z[::-1]))[None])[0])
    a = statistic * (1 + 0.75 / n + 2.25 / n**2)
    if a >= 0.6:
        p = math.exp(min(0.0, 1.2937 - 5.709 * a + 0.0186 * a * a)) if a < 13 else 0.0
    elif a >= 0.34:
        p = math.exp(0.9177 - 4.279 * a - 1.38 * a * a)
    elif a >= 0.2:
        p = 1 - math.exp(-8.318 + 42.796 * a - 59.938 * a * a)
    else:
        p = 1 - math.exp(-13.436 + 101.14 * a - 223.73 * a * a)
    return {"anderson_darling": statistic, "p": min(max(p, 0.0), 1.0)}
