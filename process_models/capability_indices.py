"""Capability indices with confidence intervals, from mean, sigma and specification limits.

Cp and Pp: chi-square with n - 1 degrees of freedom (Kane 1986). Cpl, Cpu, Cpk: normal
approximation of Bissell (1990), variance 1 / (9 n) + index² / (2 (n - 1)). Cpm: Boyles (1991);
the sum of squares about the target is noncentral chi-square, matched in mean and variance by a
chi-square with n (1 + d²)² / (1 + 2 d²) degrees of freedom, d = (mean - target) / sigma.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Index", "Specification", "nearest_limit", "spread_index", "target_index"]

from process_models.errors import InputError


@dataclass(frozen=True, slots=True)
class Index:
    """An index and its two-sided confidence interval; None where it does not exist."""

    value: float | None = None
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, float | None]:
        """The three numbers by name."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True)
class Specification:
    """What the product must meet, in the unit of the values.

    Attributes
    ----------
    lsl, usl : float or None
        Lower and upper specification limit, at least one of them.
    target : float or None

    Raises
    ------
    InputError
        When there is no limit, one is not finite, or the lower is not below the upper.
    """

    lsl: float | None = None
    usl: float | None = None
    target: float | None = None

    def __post_init__(self) -> None:
        for name in ("lsl", "usl", "target"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise InputError(f"{name} must be finite, got {value}")
        if self.lsl is None and self.usl is None:
            raise InputError("a specification needs lsl, usl or both, got neither")
        if self.lsl is not None and self.usl is not None and self.lsl >= self.usl:
            raise InputError(f"lsl must be below usl, got lsl {self.lsl:g} and usl {self.usl:g}")

    @property
    def width(self) -> float | None:
        """Upper minus lower limit; None when one-sided."""
        return None if self.lsl is None or self.usl is None else self.usl - self.lsl


def spread_index(spec: Specification, sigma: float, n: int, confidence: float) -> Index:
    """Cp or Pp: width of the specification over six sigma.

    >>> spread_index(Specification(lsl=73.95, usl=74.05), 0.00978504, 125, 0.95).value
    1.7032...
    """
    if spec.width is None or sigma == 0:
        return Index()
    value = spec.width / (6 * sigma)
    low, high = _chi_factors(n - 1, confidence)
    return Index(value, value * low, value * high)


def nearest_limit(distance: float | None, sigma: float, n: int, confidence: float) -> Index:
    """Cpl, Cpu and the smaller of them: distance of the mean from a limit over three sigma.

    Parameters
    ----------
    distance : float or None
        Mean minus lsl, or usl minus mean; None where there is no such limit.
    """
    if distance is None or sigma == 0:
        return Index()
    from scipy.special import ndtri

    value = distance / (3 * sigma)
    reach = float(ndtri((1 + confidence) / 2))
    reach *= math.sqrt(1 / (9 * n) + value * value / (2 * (n - 1)))
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
    low, high = _chi_factors(n / (1 - share * share), confidence)
    return Index(value, value * low, value * high)


def _chi_factors(freedom: float, confidence: float) -> tuple[float, float]:
    from scipy.special import chdtri

    tail = (1 - confidence) / 2
    below, above = chdtri(freedom, 1 - tail), chdtri(freedom, tail)
    return math.sqrt(below / freedom), math.sqrt(above / freedom)
