"""Quantiles of mixtures of normal laws: a new cell's result under many draws of the constants."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["mixture_cdf", "mixture_quantile"]

Floats = NDArray[np.float64]
_HALVINGS = 60  # a bracket of 80 ln units shrinks below the spacing of doubles


def mixture_cdf(y: Any, mean: Any, sd: Any) -> Any:
    """P(value <= y), averaged over the laws on the first axis.

    Parameters
    ----------
    y : float or array, shape (...)
    mean, sd : array, shape (laws, ...)

    Examples
    --------
    >>> float(mixture_cdf(0.0, np.array([0.0, 0.0]), np.array([1.0, 2.0])))
    0.5
    """
    from scipy.special import ndtr

    return np.mean(ndtr((y - mean) / sd), axis=0)


def mixture_quantile(probability: float, mean: Any, sd: Any) -> Any:
    """The value below which `probability` of the mixture lies, shape (...), by bisection.

    Parameters
    ----------
    probability : float
        Between 0 and 1.
    mean, sd : array, shape (laws, ...)

    Examples
    --------
    >>> round(float(mixture_quantile(0.975, np.zeros(3), np.ones(3))), 4)
    1.96
    """
    from scipy.special import ndtri

    score = ndtri(probability)
    each = np.asarray(mean) + score * np.asarray(sd)
    low, high = np.min(each, axis=0), np.max(each, axis=0)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        under = mixture_cdf(middle, mean, sd) < probability
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return 0.5 * (low + high)
