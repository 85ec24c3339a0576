"""Shewhart limits on independent points, and T2 with known parameters: closed forms."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import chdtrc, ndtr

from process_models.run_length.law import Geometric
from process_models.run_length.scheme import Scheme

__all__ = ["noncentral_tail", "shewhart_law", "t2_law"]


def shewhart_law(scheme: Scheme, shift: float, spread: float) -> Geometric:
    """Points beyond `nsigma`, on both sides or the upper one.

    >>> round(shewhart_law(Scheme(), 0.0, 1.0).mean(), 4)
    370.3983
    """
    p = ndtr((shift - scheme.nsigma) / spread)
    if not scheme.one_sided:
        p += ndtr(-(shift + scheme.nsigma) / spread)
    return Geometric(float(p))


def t2_law(scheme: Scheme, shift: float, spread: float) -> Geometric:
    """T2 beyond `h`: a noncentral chi-square tail with `variables` degrees of freedom.

    >>> round(t2_law(Scheme(chart="t2", variables=2, h=10.6), 0.0, 1.0).mean(), 1)
    200.3
    """
    p = noncentral_tail(scheme.h / spread**2, scheme.variables, (shift / spread) ** 2)
    return Geometric(p)


def noncentral_tail(x: float, freedom: int, noncentrality: float) -> float:
    """P(chi-square > x), as a Poisson mixture of central tails, exact far out too."""
    if noncentrality == 0:
        return float(chdtrc(freedom, x))
    half = noncentrality / 2
    most = int(half + 12 * math.sqrt(half) + 60)
    terms = np.arange(most)
    log_poisson = terms * math.log(half) - half - np.array([math.lgamma(j + 1.0) for j in terms])
    return float(np.exp(log_poisson) @ chdtrc(freedom + 2 * terms, x))
