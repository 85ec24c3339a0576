"""One part of known value measured many times: type 1 study and bias.

Cg = K T / (L s) and Cgk = (K T / 2 - |bias|) / (L s / 2), with K 20 % of the tolerance T and L 6
standard deviations. The bias is tested by Student's t against 0 (AIAG, Measurement Systems
Analysis, chapter III). Limits of Cg are exact (chi-square); those of Cgk are Bissell's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from process_models.errors import InputError
from process_models.gauge.intervals import FloatArray, Interval
from process_models.samples import varying_sample

__all__ = ["BiasStudy", "Type1Study", "bias", "type1"]

_CAPABLE = 1.33


@dataclass(frozen=True)
class BiasStudy:
    """Bias of repeated measurements of one reference.

    Attributes
    ----------
    n : int
    reference, mean, sd, bias : float
        In units of the measurement.
    t, p : float
        Of the test that the bias is 0, two-sided.
    limits : Interval
        Of the bias.
    confidence : float
    """

    n: int
    reference: float
    mean: float
    sd: float
    bias: float
    t: float
    p: float
    limits: Interval
    confidence: float

    @property
    def significant(self) -> bool:
        """Whether the limits of the bias leave 0 out."""
        return not self.limits.low <= 0 <= self.limits.high

    def to_dict(self) -> dict[str, Any]:
        """The study as plain JSON data."""
        return {
            "n": self.n,
            "reference": self.reference,
            "mean": self.mean,
            "sd": self.sd,
            "bias": self.bias,
            "t": self.t,
            "df": self.n - 1,
            "p": self.p,
            "bias_interval": {**self.limits.to_dict(), "confidence": self.confidence},
            "significant": self.significant,
        }


@dataclass(frozen=True)
class Type1Study:
    """Whether a gauge repeats one reference well enough for a tolerance.

    Attributes
    ----------
    bias : BiasStudy
    cg, cgk : float
    cg_limits, cgk_limits : Interval
    tolerance : float
    percent_repeatability, percent_repeatability_and_bias : float
        L s, and what Cgk leaves, in percent of the tolerance: K / Cg and K / Cgk.
    resolution : float or None
        Smallest step of the gauge; more than 5 % of the tolerance is too coarse.
    """

    bias: BiasStudy
    cg: float
    cgk: float
    cg_limits: Interval
    cgk_limits: Interval
    tolerance: float
    percent_repeatability: float
    percent_repeatability_and_bias: float
    resolution: float | None = None

    @property
    def capable(self) -> bool:
        """Whether both Cg and Cgk reach 1.33."""
        return min(self.cg, self.cgk) >= _CAPABLE

    def to_dict(self) -> dict[str, Any]:
        """The study as plain JSON data."""
        resolution = self.resolution
        percent = None if resolution is None else 100 * resolution / self.tolerance
        return {
            **self.bias.to_dict(),
            "tolerance": self.tolerance,
            "cg": self.cg,
            "cgk": self.cgk,
            "intervals": {
                "confidence": self.bias.confidence,
                "cg": self.cg_limits.to_dict(),
                "cgk": self.cgk_limits.to_dict(),
            },
            "percent_repeatability": self.percent_repeatability,
            "percent_repeatability_and_bias": self.percent_repeatability_and_bias,
            "resolution_percent": percent,
            "capable": self.capable,
        }


def bias(
    values: Sequence[float] | FloatArray, reference: float, *, confidence: float = 0.95
) -> BiasStudy:
    """Bias against a reference, with its t test and limits.

    Raises
    ------
    InputError
        When there are fewer than 2 values, something is not finite, or all values are the same.

    Examples
    --------
    >>> study = bias([5.0, 6.0, 7.0], 5.0)
    >>> study.bias, round(study.t, 4), round(study.p, 4)
    (1.0, 1.7321, 0.2254)
    """
    from scipy.special import stdtr, stdtrit

    sample = varying_sample(values, "bias needs at least 2 values of one part")
    if not math.isfinite(reference):
        raise InputError(f"reference must be finite, got {reference}")
    if not 0 < confidence < 1:
        raise InputError(f"confidence must be above 0 and below 1, got {confidence:g}")
    n, mean, sd = sample.size, float(sample.mean()), float(sample.std(ddof=1))
    error = sd / math.sqrt(n)
    off = mean - reference
    reach = float(stdtrit(n - 1, (1 + confidence) / 2)) * error
    t = off / error
    p = 2 * float(stdtr(n - 1, -abs(t)))
    return BiasStudy(
        n, reference, mean, sd, off, t, p, Interval(off - reach, off + reach), confidence
    )


def type1(
    values: Sequence[float] | FloatArray,
    reference: float,
    tolerance: float,
    *,
    percent: float = 20.0,
    study_multiplier: float = 6.0,
    resolution: float | None = None,
    confidence: float = 0.95,
) -> Type1Study:
    """Type 1 study: Cg, Cgk and bias.

    Parameters
    ----------
    percent : float
        K, share of the tolerance that the gauge may use, in percent.
    study_multiplier : float
        L, standard deviations that it uses: 6, or 4 in some manuals.

    Raises
    ------
    InputError
        As `bias`, and when tolerance, percent, multiplier or resolution is not above 0.

    Examples
    --------
    >>> study = type1([5.0, 6.0, 7.0], 5.0, 60.0)
    >>> study.cg, round(study.cgk, 4)
    (2.0, 1.6667)
    """
    from scipy.special import chdtri, ndtri

    given = (("tolerance", tolerance), ("tolerance-percent", percent),
             ("study-multiplier", study_multiplier), ("resolution", resolution))  # fmt: skip
    for name, value in given:
        if value is not None and not (math.isfinite(value) and value > 0):
            raise InputError(f"{name} must be above 0, got {value:g}")
    found = bias(values, reference, confidence=confidence)
    allowed, used = percent / 100 * tolerance, study_multiplier * found.sd
    cg = allowed / used
    cgk = (allowed / 2 - abs(found.bias)) / (used / 2)
    df = found.n - 1
    low, high = (math.sqrt(float(chdtri(df, tail)) / df) for tail in
                 ((1 + confidence) / 2, (1 - confidence) / 2))  # fmt: skip
    scale = 2 / study_multiplier  # Cgk is a mean in standard deviations times this
    reach = float(ndtri((1 + confidence) / 2)) * math.sqrt(
        scale**2 / found.n + cgk**2 / (2 * df)
    )  # fmt: skip
    return Type1Study(
        found, cg, cgk, Interval(cg * low, cg * high), Interval(cgk - reach, cgk + reach),
        tolerance, percent / cg, percent / cgk if cgk > 0 else math.inf, resolution,
    )  # fmt: skip
