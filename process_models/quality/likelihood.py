"""Log-likelihood of censored facts under a normal law of ln value; numpy or jax."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

__all__ = ["exact", "inside", "interval"]

_OPEN = 60.0  # ln units that stand for an open end
_FAR = 35.0  # standard deviations at which a bound is as good as none


def _special(xp: Any) -> Any:
    return importlib.import_module("scipy.special" if xp is np else "jax.scipy.special")


def _z(bound: Any, mean: Any, sd: Any, xp: Any) -> Any:
    finite = xp.clip(bound, -_OPEN, _OPEN)  # an infinite bound has no gradient
    return xp.clip((finite - mean) / sd, -_FAR, _FAR)


def exact(value: Any, mean: Any, sd: Any, xp: Any = np) -> Any:
    """ln density of `value`; all in ln units.

    Examples
    --------
    >>> round(float(exact(0.0, 0.0, 1.0)), 4)
    -0.9189
    """
    z = (value - mean) / sd
    return -0.5 * z * z - xp.log(sd) - 0.5 * np.log(2.0 * np.pi)


def interval(lower: Any, upper: Any, mean: Any, sd: Any, xp: Any = np) -> Any:
    """ln P(lower < y <= upper); -inf and inf for left and right censoring.

    Examples
    --------
    >>> round(float(np.exp(interval(-np.inf, 0.0, 0.0, 1.0))), 3)
    0.5
    """
    low, high = _z(lower, mean, sd, xp), _z(upper, mean, sd, xp)
    upper_tail = low + high > 0
    a = xp.where(upper_tail, -high, low)
    b = xp.where(upper_tail, -low, high)
    log_ndtr = _special(xp).log_ndtr
    above, below = log_ndtr(b), log_ndtr(a)
    gap = xp.minimum(below - above, -1e-12)
    return above + xp.log1p(-xp.exp(gap))


def inside(share: Any, lower: Any, upper: Any, mean: Any, sd: Any, xp: Any = np) -> Any:
    """The value below which a share of the law between `lower` and `upper` lies.

    Where a cell's result is only known to lie between bounds, and others are compared with it,
    this is the result itself: `share` is then a parameter, uniform between 0 and 1.

    Parameters
    ----------
    share : float or array
        0 to 1.
    lower, upper, mean, sd : float or array
        Bounds and normal law, ln units; -inf and inf where open.

    Examples
    --------
    >>> round(float(inside(0.5, -np.inf, np.inf, 1.0, 0.2)), 6)
    1.0
    """
    special = _special(xp)
    low, high = _z(lower, mean, sd, xp), _z(upper, mean, sd, xp)
    # tails are reached from the side where probabilities are small
    flip = low > 0
    start = special.ndtr(xp.where(flip, -high, low))
    stop = special.ndtr(xp.where(flip, -low, high))
    u = start + (stop - start) * xp.where(flip, 1.0 - share, share)
    quantile = special.ndtri(xp.clip(u, 1e-300, 1.0 - 1e-16))
    return mean + sd * xp.where(flip, -quantile, quantile)
