"""Process capability: what a characteristic does, against what its specification asks.

Cp and Cpk come from the sigma within subgroups (mean range over d2) or, for single values, from
the mean moving range over d2(2); Pp, Ppk and Cpm from the overall standard deviation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.capability_indices import (
    Index,
    Specification,
    nearest_limit,
    spread_index,
    target_index,
)
from process_models.errors import InputError, NotSupported
from process_models.spc import ChartData, ChartOptions, ChartResult, chart
from process_models.spc.sigma import exact_mean

__all__ = ["DISTRIBUTIONS", "CapabilityResult", "capability"]

DISTRIBUTIONS = ("normal",)
_PLANNED = ("lognormal", "weibull", "gamma", "johnson", "boxcox", "auto")
_MILLION = 1_000_000.0


@dataclass(frozen=True)
class CapabilityResult:
    """Capability of one characteristic.

    Attributes
    ----------
    n, mean : int, float
    sigma_within, sigma_overall : float
        In the unit of the values.
    spec : Specification
    confidence : float
        Of the intervals.
    indices : mapping of str to Index
        cp, cpl, cpu, cpk, pp, ppl, ppu, ppk, cpm; empty where a limit or target is missing.
    ppm : mapping
        Parts per million out of specification: observed, expected within, expected overall.
    distribution : mapping
        Name, parameters and goodness of fit.
    in_control : bool
        Whether no point of the chart of the same data is beyond its limits.
    """

    n: int
    mean: float
    sigma_within: float
    sigma_overall: float
    spec: Specification
    confidence: float
    indices: Mapping[str, Index]
    ppm: Mapping[str, Mapping[str, float | None]]
    distribution: Mapping[str, Any]
    in_control: bool

    def to_dict(self) -> dict[str, Any]:
        """The result as plain JSON data."""
        return {
            "n": self.n,
            "mean": self.mean,
            "sigma_within": self.sigma_within,
            "sigma_overall": self.sigma_overall,
            "lsl": self.spec.lsl,
            "usl": self.spec.usl,
            "target": self.spec.target,
            "confidence": self.confidence,
            "indices": {name: index.to_dict() for name, index in self.indices.items()},
            "ppm": {name: dict(parts) for name, parts in self.ppm.items()},
            "distribution": dict(self.distribution),
            "in_control": self.in_control,
        }


def capability(
    values: Sequence[float] | NDArray[np.float64],
    *,
    lsl: float | None = None,
    usl: float | None = None,
    target: float | None = None,
    subgroup: Sequence[str] | None = None,
    confidence: float = 0.95,
    distribution: str = "normal",
    sigma_within: float | None = None,
) -> CapabilityResult:
    """Capability indices of `values` with intervals.

    Parameters
    ----------
    values : (n,) array
        In the order they were made.
    lsl, usl, target : float or None
        One-sided specifications leave the indices that need both limits empty.
    subgroup : sequence of n labels or None
        Rational subgroups; None means single values.
    confidence : float
        Of the two-sided intervals.
    distribution : str
        One of `DISTRIBUTIONS`.
    sigma_within : float or None
        Known; None means estimated.

    Raises
    ------
    InputError
        When the specification is reversed or empty, or the values are too few, not finite or all
        the same.

    >>> result = capability([9.8, 10.1, 10.0, 9.9, 10.2], lsl=9.0, usl=11.0)
    >>> round(result.indices["pp"].value, 3), result.in_control
    (2.108, True)
    """
    spec = Specification(lsl, usl, target)
    numbers = np.asarray(values, dtype=np.float64)
    _check(numbers, subgroup, confidence, distribution, sigma_within)
    drawn = _chart_of(numbers, subgroup, sigma_within)
    n, mean, overall = len(numbers), exact_mean(numbers), float(numbers.std(ddof=1))
    within = drawn.sigma if drawn.sigma is not None else overall
    return CapabilityResult(
        n=n,
        mean=mean,
        sigma_within=within,
        sigma_overall=overall,
        spec=spec,
        confidence=confidence,
        indices=_indices(spec, mean, within, overall, n, confidence),
        ppm={
            "observed": _observed(spec, numbers),
            "expected_within": _expected(spec, mean, within),
            "expected_overall": _expected(spec, mean, overall),
        },
        distribution={"name": "normal", "mean": mean, "sd": overall, **_normality(numbers)},
        in_control=not drawn.signals,
    )


def _check(
    numbers: NDArray[np.float64],
    subgroup: Sequence[str] | None,
    confidence: float,
    distribution: str,
    sigma_within: float | None,
) -> None:
    if distribution in _PLANNED:
        raise NotSupported(f"distribution must be {', '.join(DISTRIBUTIONS)}, got {distribution!r}")
    if distribution not in DISTRIBUTIONS:
        known = ", ".join((*DISTRIBUTIONS, *_PLANNED))
        raise InputError(f"distribution must be one of {known}, got {distribution!r}")
    if not 0 < confidence < 1:
        raise InputError(f"confidence must be above 0 and below 1, got {confidence:g}")
    if numbers.ndim != 1 or numbers.size < 2:
        raise InputError(f"capability needs at least 2 values, got {numbers.size}")
    if not np.isfinite(numbers).all():
        at = int(np.flatnonzero(~np.isfinite(numbers))[0])
        raise InputError(f"value {at + 1} must be finite, got {numbers[at]}")
    if np.ptp(numbers) == 0:
        raise InputError(
            f"capability needs values that vary, all {numbers.size} are {numbers[0]:g}"
        )
    if subgroup is not None and len(subgroup) != numbers.size:
        raise InputError(f"subgroup must be {numbers.size} labels, got {len(subgroup)}")
    if sigma_within is not None and not (np.isfinite(sigma_within) and sigma_within > 0):
        raise InputError(f"sigma_within must be above 0, got {sigma_within:g}")


def _chart_of(
    numbers: NDArray[np.float64], subgroup: Sequence[str] | None, sigma: float | None
) -> ChartResult:
    options = ChartOptions(sigma=sigma)
    if subgroup is None:
        return chart("i_mr", ChartData(numbers), options)
    members: dict[str, list[float]] = {}
    for label, number in zip(subgroup, numbers.tolist(), strict=True):
        members.setdefault(label, []).append(number)
    largest = max(map(len, members.values()))
    if largest == 1:
        return chart("i_mr", ChartData(numbers), options)
    rows = [row + [np.nan] * (largest - len(row)) for row in members.values()]
    return chart("xbar_r", ChartData(np.array(rows)), options)


def _indices(
    spec: Specification, mean: float, within: float, overall: float, n: int, confidence: float
) -> dict[str, Index]:
    below = None if spec.lsl is None else mean - spec.lsl
    above = None if spec.usl is None else spec.usl - mean
    nearest = min(d for d in (below, above) if d is not None)
    indices: dict[str, Index] = {}
    for letter, sigma in (("c", within), ("p", overall)):
        indices[f"{letter}p"] = spread_index(spec, sigma, n, confidence)
        indices[f"{letter}pl"] = nearest_limit(below, sigma, n, confidence)
        indices[f"{letter}pu"] = nearest_limit(above, sigma, n, confidence)
        indices[f"{letter}pk"] = nearest_limit(nearest, sigma, n, confidence)
    indices["cpm"] = target_index(spec, mean, overall, n, confidence)
    return indices


def _parts(below: float | None, above: float | None) -> dict[str, float | None]:
    total = (below or 0.0) + (above or 0.0)
    return {"below_lsl": below, "above_usl": above, "total": total}


def _observed(spec: Specification, numbers: NDArray[np.float64]) -> dict[str, float | None]:
    below = None if spec.lsl is None else _MILLION * float(np.mean(numbers < spec.lsl))
    above = None if spec.usl is None else _MILLION * float(np.mean(numbers > spec.usl))
    return _parts(below, above)


def _expected(spec: Specification, mean: float, sigma: float) -> dict[str, float | None]:
    from scipy.special import ndtr

    if sigma == 0:
        return {"below_lsl": None, "above_usl": None, "total": None}
    below = None if spec.lsl is None else _MILLION * float(ndtr((spec.lsl - mean) / sigma))
    above = None if spec.usl is None else _MILLION * float(ndtr((mean - spec.usl) / sigma))
    return _parts(below, above)


def _normality(numbers: NDArray[np.float64]) -> dict[str, float | None]:
    """Anderson-Darling against a fitted normal, p by D'Agostino and Stephens (1986), table 4.9."""
    from scipy.special import log_ndtr

    n = len(numbers)
    if n < 8:
        return {"anderson_darling": None, "p": None}
    z = np.sort((numbers - numbers.mean()) / numbers.std(ddof=1))
    odd = 2 * np.arange(1, n + 1) - 1
    statistic = -n - float(np.mean(odd * (log_ndtr(z) + log_ndtr(-z[::-1]))))
    a = statistic * (1 + 0.75 / n + 2.25 / n**2)
    if a >= 0.6:
        p = np.exp(1.2937 - 5.709 * a + 0.0186 * a * a)
    elif a >= 0.34:
        p = np.exp(0.9177 - 4.279 * a - 1.38 * a * a)
    elif a >= 0.2:
        p = 1 - np.exp(-8.318 + 42.796 * a - 59.938 * a * a)
    else:
        p = 1 - np.exp(-13.436 + 101.14 * a - 223.73 * a * a)
    return {"anderson_darling": statistic, "p": float(min(max(p, 0.0), 1.0))}
