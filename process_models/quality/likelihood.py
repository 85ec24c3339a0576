"""Log-likelihood of censored facts under a normal law of ln value; numpy or jax.

Exact rows read in steps are intervals: nobody knows whether the paper gives the step that failed
or the last that was survived, so 2.5 in steps of 0.1 says between 2.4 and 2.6.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

__all__ = ["exact", "interval", "not_better_than"]

_OPEN = 60.0  # ln units that stand for an open end
_FAR = 35.0  # standard deviations at which a bound is as good as none
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)


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


def not_better_than(
    lower: Any, mean: Any, sd: Any,
    reference_lower: Any, reference_upper: Any, reference_mean: Any, xp: Any = np,
) -> Any:
    """ln P(lower < y <= r | reference_lower < r <= reference_upper), r the reference's own cell.

    The reference is averaged over what its own row leaves open, by Gauss-Legendre quadrature in
    its probability; its own row is counted elsewhere.

    Parameters
    ----------
    lower, mean, sd : float or array, shape (k,)
        Bound and law of the ordinal cell, ln units.
    reference_lower, reference_upper, reference_mean : float or array, shape (k,)
        Bounds and law of the cell that it is compared with; the same `sd`.
    """
    special = _special(xp)
    low = _z(reference_lower, reference_mean, sd, xp)
    high = _z(reference_upper, reference_mean, sd, xp)
    # tails are reached from the side where probabilities are small
    flip = low > 0
    start = special.ndtr(xp.where(flip, -high, low))
    stop = special.ndtr(xp.where(flip, -low, high))
    nodes = (_NODES + 1.0) / 2.0
    u = start[..., None] + (stop - start)[..., None] * nodes
    quantile = special.ndtri(xp.clip(u, 1e-300, 1.0 - 1e-16))
    r = xp.where(flip[..., None], -quantile, quantile) * sd[..., None] + reference_mean[..., None]
    bottom = _z(lower, mean, sd, xp)[..., None]
    top = _z(r, mean[..., None], sd[..., None], xp)
    share = xp.maximum(special.ndtr(top) - special.ndtr(bottom), 0.0)
    return xp.log(xp.maximum((share * (_WEIGHTS / 2.0)).sum(axis=-1), 1e-200))
