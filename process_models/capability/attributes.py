"""Capability counted rather than measured: defective items, and defects on them.

Intervals are exact: Clopper and Pearson (1934) for a proportion, Garwood (1936) for a rate. The
process Z is the number of standard deviations beyond which that share of a normal distribution
lies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.capability.parts import MILLION
from process_models.capability.specification import Index
from process_models.errors import InputError
from process_models.spc import ChartData, chart

__all__ = [
    "BinomialCapability",
    "PoissonCapability",
    "binomial_capability",
    "poisson_capability",
]

_Counts = Sequence[float] | NDArray[np.float64]


@dataclass(frozen=True)
class BinomialCapability:
    """Capability from defective items.

    Attributes
    ----------
    samples : int
    inspected, defectives : int
        Items, in all samples.
    proportion, ppm, process_z : Index
        Of defective items; the Z is None or infinite bounds are None where nothing, or
        everything, was defective.
    confidence : float
    in_control : bool
        Whether no point of the p chart is beyond its limits.
    """

    samples: int
    inspected: int
    defectives: int
    proportion: Index
    ppm: Index
    process_z: Index
    confidence: float
    in_control: bool

    def to_dict(self) -> dict[str, Any]:
        """The result as plain JSON data."""
        return {
            "distribution": {"name": "binomial"},
            "n": self.samples,
            "inspected": self.inspected,
            "defectives": self.defectives,
            "proportion": self.proportion.to_dict(),
            "ppm": self.ppm.to_dict(),
            "process_z": self.process_z.to_dict(),
            "confidence": self.confidence,
            "in_control": self.in_control,
        }


@dataclass(frozen=True)
class PoissonCapability:
    """Capability from defects.

    Attributes
    ----------
    samples : int
    units, defects : float, int
        Inspected and found, in all samples.
    dpu : Index
        Defects a unit.
    unit_yield : Index
        Share of units without a defect, exp(-dpu).
    dpu_range : (float, float)
        Lowest and highest of the samples.
    confidence : float
    in_control : bool
        Whether no point of the u chart is beyond its limits.
    """

    samples: int
    units: float
    defects: int
    dpu: Index
    unit_yield: Index
    dpu_range: tuple[float, float]
    confidence: float
    in_control: bool

    def to_dict(self) -> dict[str, Any]:
        """The result as plain JSON data."""
        return {
            "distribution": {"name": "poisson"},
            "n": self.samples,
            "units": self.units,
            "defects": self.defects,
            "dpu": self.dpu.to_dict(),
            "dpu_lowest": self.dpu_range[0],
            "dpu_highest": self.dpu_range[1],
            "unit_yield": self.unit_yield.to_dict(),
            "confidence": self.confidence,
            "in_control": self.in_control,
        }


def binomial_capability(
    defectives: _Counts, sizes: _Counts, *, confidence: float = 0.95
) -> BinomialCapability:
    """Capability from the defective items in samples.

    Parameters
    ----------
    defectives, sizes : (k,) arrays
        Whole numbers, defectives at most the size.
    confidence : float
        Of the two-sided intervals.

    Raises
    ------
    InputError
        When a count breaks its rule.

    >>> result = binomial_capability([3, 5, 2], [100, 100, 100])
    >>> result.proportion.value, round(result.process_z.value, 3)
    (0.0333..., 1.834)
    """
    found, among = _checked("defectives", defectives, sizes, confidence)
    x, n = int(found.sum()), int(among.sum())
    low, high = _clopper_pearson(x, n, confidence)
    share = Index(x / n, low, high)
    return BinomialCapability(
        samples=len(found),
        inspected=n,
        defectives=x,
        proportion=share,
        ppm=Index(MILLION * x / n, MILLION * low, MILLION * high),
        process_z=Index(_process_z(x / n), _process_z(high), _process_z(low)),
        confidence=confidence,
        in_control=not chart("p", ChartData(found, among)).signals,
    )


def poisson_capability(
    defects: _Counts, sizes: _Counts, *, confidence: float = 0.95
) -> PoissonCapability:
    """Capability from the defects on samples.

    Parameters
    ----------
    defects : (k,) array
        Whole numbers.
    sizes : (k,) array
        Units, or area of opportunity, in each sample.
    confidence : float
        Of the two-sided intervals.

    Raises
    ------
    InputError
        When a count or size breaks its rule.

    >>> result = poisson_capability([4, 2, 6], [10, 10, 10])
    >>> result.dpu.value, round(result.unit_yield.value, 4)
    (0.4, 0.6703)
    """
    found, units = _checked("defects", defects, sizes, confidence)
    total, area = int(found.sum()), float(units.sum())
    low, high = (bound / area for bound in _garwood(total, confidence))
    each = found / units
    return PoissonCapability(
        samples=len(found),
        units=area,
        defects=total,
        dpu=Index(total / area, low, high),
        unit_yield=Index(math.exp(-total / area), math.exp(-high), math.exp(-low)),
        dpu_range=(float(each.min()), float(each.max())),
        confidence=confidence,
        in_control=not chart("u", ChartData(found, units)).signals,
    )


def _checked(
    name: str, counts: _Counts, sizes: _Counts, confidence: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    found = np.asarray(counts, dtype=np.float64)
    among = np.asarray(sizes, dtype=np.float64)
    if not 0 < confidence < 1:
        raise InputError(f"confidence must be above 0 and below 1, got {confidence:g}")
    if found.ndim != 1 or found.size == 0:
        raise InputError(f"{name} must be at least 1 sample, got {found.size}")
    if found.shape != among.shape:
        raise InputError(f"sizes must be {found.size} numbers, one a sample, got {among.size}")
    for at, (x, n) in enumerate(zip(found.tolist(), among.tolist(), strict=True), start=1):
        if not (math.isfinite(n) and n > 0):
            raise InputError(f"sample {at}: its size must be above 0, got {n:g}")
        if not (math.isfinite(x) and x >= 0 and x == int(x)):
            raise InputError(f"sample {at}: {name} must be a whole number from 0, got {x:g}")
        if name == "defectives" and (n != int(n) or x > n):
            rule = "its size must be whole and at least its defectives"
            raise InputError(f"sample {at}: {rule}, got {x:g} of {n:g}")
    return found, among


def _clopper_pearson(x: int, n: int, confidence: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = 0.0 if x == 0 else float(betaincinv(x, n - x + 1, tail))
    high = 1.0 if x == n else float(betaincinv(x + 1, n - x, 1 - tail))
    return low, high


def _garwood(count: int, confidence: float) -> tuple[float, float]:
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else float(gammaincinv(count, tail))
    return low, float(gammaincinv(count + 1, 1 - tail))


def _process_z(share: float) -> float | None:
    from scipy.special import ndtri

    return -float(ndtri(share)) if 0 < share < 1 else None
