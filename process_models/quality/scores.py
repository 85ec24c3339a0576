"""Proper scores of a forecast where the outcome may be censored.

CRPS is the integral of (F(y) - 1{y >= outcome})^2. Where the outcome is only known to lie between
bounds, the integral is taken over the y for which the indicator is known: below the lower bound and
above the upper one (Avati et al. 2020, UAI, for right and interval censoring). It is then proper
for what was observed, and comparable between forecasts of the same observations only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["censored_crps", "normal_mixture_crps"]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)


def censored_crps(
    cdf: Callable[[Any], Any], lower: float, upper: float, first: float, last: float
) -> float:
    """CRPS of one forecast for an outcome between `lower` and `upper`.

    Parameters
    ----------
    cdf : callable
        Distribution function of the forecast, of an array.
    lower, upper : float
        Equal where the outcome is exact; -inf and inf where open.
    first, last : float
        Between which all of the forecast lies; widened to hold finite bounds.

    Examples
    --------
    A forecast that is certain and right costs nothing; one that is off by 1 costs 1.

    >>> step = lambda y: (np.asarray(y) >= 2.0).astype(float)
    >>> round(censored_crps(step, 2.0, 2.0, 1.0, 3.0), 6)
    0.0
    >>> round(censored_crps(step, 1.0, 1.0, 0.0, 3.0), 2)
    1.0
    """
    first = min(first, *(b for b in (lower, upper) if np.isfinite(b)), first)
    last = max(last, *(b for b in (lower, upper) if np.isfinite(b)), last)
    total = 0.0
    if np.isfinite(lower):
        total += _integral(lambda y: cdf(y) ** 2, first, lower)
    if np.isfinite(upper):
        total += _integral(lambda y: (1.0 - cdf(y)) ** 2, upper, last)
    return total


def normal_mixture_crps(mean: Any, sd: Any, weights: Any, lower: float, upper: float) -> float:
    """CRPS of a weighted mixture of normal laws, as of a posterior, for a censored outcome.

    Parameters
    ----------
    mean, sd, weights : array, shape (laws,)
        Weights add up to 1.
    lower, upper : float
        Of the outcome, in the units of the laws.
    """
    from scipy.special import ndtr

    mean, sd, weights = (np.asarray(a, dtype=float) for a in (mean, sd, weights))

    def cdf(y: Any) -> Any:
        return weights @ ndtr((np.asarray(y) - mean[:, None]) / sd[:, None])

    return censored_crps(
        cdf, lower, upper, float((mean - 8.0 * sd).min()), float((mean + 8.0 * sd).max())
    )


def _integral(function: Callable[[Any], Any], first: float, last: float) -> float:
    if last <= first:
        return 0.0
    half = 0.5 * (last - first)
    return float(half * (_WEIGHTS @ function(first + half * (_NODES + 1.0))))
