"""Quantiles of mixtures of normal laws: a new cell's result under many draws of the constants."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["mixture_cdf", "mixture_quantile"]

Floats = NDArray[np.float64]
_MOST_STEPS, _CLOSE = 100, 1e-10


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
    """The value below which `probability` of the mixture lies, shape (...).

    Newton's steps within a bracket that every step narrows.

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
    from scipy.special import ndtr, ndtri

    mean, sd = np.asarray(mean, dtype=np.float64), np.asarray(sd, dtype=np.float64)
    each = mean + ndtri(probability) * sd
    low, high = np.min(each, axis=0), np.max(each, axis=0)
    y = 0.5 * (low + high)
    for _ in range(_MOST_STEPS):
        z = (y - mean) / sd
        short = np.mean(ndtr(z), axis=0) - probability
        low, high = np.where(short < 0, y, low), np.where(short < 0, high, y)
        density = np.mean(np.exp(-0.5 * z * z) / sd, axis=0) / np.sqrt(2.0 * np.pi)
        with np.errstate(divide="ignore", invalid="ignore"):
            ahead = y - short / density
        inside = (ahead > low) & (ahead < high)
        step = np.where(inside, ahead, 0.5 * (low + high)) - y
        y = y + step
        if np.max(np.abs(step), initial=0.0) < _CLOSE:
            break
    return y
