"""Capability indices of a normal characteristic, from its mean, sigma and specification.

Cp and Pp: chi-square with the degrees of freedom of sigma (Kane 1986). Cpl, Cpu, Cpk: normal
approximation of Bissell (1990), variance 1 / (9 n) + index² / (2 degrees of freedom). Cpm: Boyles
(1991); the sum of squares about the target is noncentral chi-square, matched in mean and variance
by a chi-square with n (1 + d²)² / (1 + 2 d²) degrees of freedom, d = (mean - target) / sigma.
"""

from __future__ import annotations

import math

from process_models.capability.freedom import Freedom
from process_models.capability.specification import Index, Specification

__all__ = ["family_of_indices", "nearest_limit", "spread_index", "target_index"]


def spread_index(spec: Specification, sigma: float, freedom: Freedom, confidence: float) -> Index:
    """Cp or Pp: width of the specification over six sigma.

    >>> spread_index(Specification(lsl=73.95, usl=74.05), 0.00978504, Freedom(124), 0.95).value
    1.7032...
    """
    if spec.width is None or sigma == 0:
        return Index()
    value = spec.width / (6 * sigma)
    low, high = freedom.factors(confidence)
    return Index(value, value * low, value * high)


def nearest_limit(
    distance: float | None, sigma: float, n: float, freedom: Freedom, confidence: float
) -> Index:
    """Cpl, Cpu and the smaller of them: distance of the mean from a limit over three sigma.

    Parameters
    ----------
    distance : float or None
        Mean minus lsl, or usl minus mean; None where there is no such limit.
    sigma : float
    n : float
        Sigma² over the variance of the mean.
    """
    if distance is None or sigma == 0:
        return Index()
    from scipy.special import ndtri

    value = distance / (3 * sigma)
    reach = float(ndtri((1 + confidence) / 2))
    reach *= math.sqrt(1 / (9 * n) + value * value / (2 * freedom.degrees))
    return Index(value, value - reach, value + reach)


def target_index(
    spec: Specification, mean: float, sigma: float, n: int, confidence: float
) -> Index:
    """Cpm: width of the specification over six times the root mean square about the target."""
    if spec.width is None or spec.target is None:
        return Index()
    off = mean - spec.target
    about = math.hypot(sigma, off)
    if about == 0:
        return Index()
    value = spec.width / (6 * about)
    share = (off / about) ** 2  # d² / (1 + d²), which stays finite at sigma 0
    low, high = Freedom(n / (1 - share * share)).factors(confidence)
    return Index(value, value * low, value * high)


def family_of_indices(
    letter: str,
    spec: Specification,
    mean: float,
    sigma: float,
    n: float,
    freedom: Freedom,
    confidence: float,
) -> dict[str, Index]:
    """The four indices of one sigma, as cp, cpl, cpu and cpk.

    Parameters
    ----------
    letter : str
        `c` or `p`.
    n : float
        Sigma² over the variance of the mean.
    """
    below = None if spec.lower is None else mean - spec.lower
    above = None if spec.upper is None else spec.upper - mean
    nearest = min(d for d in (below, above) if d is not None)
    return {
        f"{letter}p": spread_index(spec, sigma, freedom, confidence),
        **{
            f"{letter}{name}": nearest_limit(distance, sigma, n, freedom, confidence)
            for name, distance in (("pl", below), ("pu", above), ("pk", nearest))
        },
    }
