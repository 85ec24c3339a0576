"""Linearity: does the bias change over the range of the gauge?

Every deviation of a measurement from its part's reference is regressed on the reference (AIAG,
Measurement Systems Analysis, chapter III). Linearity is |slope| of the process variation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.gauge.intervals import FloatArray, Interval

__all__ = ["Coefficient", "LinearityStudy", "ReferenceBias", "linearity"]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient of the line, with its t test against 0 and its limits."""

    value: float
    se: float
    t: float
    p: float
    limits: Interval

    def to_dict(self) -> dict[str, Any]:
        """The coefficient as plain JSON data."""
        return {"value": self.value, "se": self.se, "t": self.t, "p": self.p,
                **self.limits.to_dict()}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReferenceBias:
    """Bias at one reference, and the line's limits there.

    Attributes
    ----------
    reference, bias, sd : float
        sd None for a single measurement.
    n : int
    p : float or None
        Of the t test that the bias is 0, with this reference's own standard deviation.
    fitted : float
        Of the line.
    limits : Interval
        Confidence limits of the line here.
    """

    reference: float
    n: int
    bias: float
    sd: float | None
    p: float | None
    fitted: float
    limits: Interval

    def to_dict(self) -> dict[str, Any]:
        """The bias as plain JSON data."""
        return {"reference": self.reference, "n": self.n, "bias": self.bias, "sd": self.sd,
                "p": self.p, "fitted": self.fitted, **self.limits.to_dict()}  # fmt: skip


@dataclass(frozen=True)
class LinearityStudy:
    """The line of bias on reference.

    Attributes
    ----------
    n : int
    slope, intercept : Coefficient
    s : float
        Residual standard deviation.
    r_squared : float
    average_bias : ReferenceBias
        Over all measurements, at the mean reference.
    references : tuple of ReferenceBias
        In rising order.
    process_variation : float or None
        Of which linearity and bias are given in percent.
    confidence : float
    """

    n: int
    slope: Coefficient
    intercept: Coefficient
    s: float
    r_squared: float
    average_bias: ReferenceBias
    references: tuple[ReferenceBias, ...]
    process_variation: float | None
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """The study as plain JSON data."""
        variation, average = self.process_variation, self.average_bias
        return {
            "n": self.n,
            "slope": self.slope.value,
            "intercept": self.intercept.value,
            "s": self.s,
            "r_squared": self.r_squared,
            "coefficients": {
                "intercept": self.intercept.to_dict(),
                "slope": self.slope.to_dict(),
            },
            "linearity": None if variation is None else abs(self.slope.value) * variation,
            "percent_linearity": 100 * abs(self.slope.value),
            "bias": {"average": average.bias, "p": average.p},
            "percent_bias": None if variation is None else 100 * abs(average.bias) / variation,
            "references": [point.to_dict() for point in self.references],
            "confidence": self.confidence,
        }


def linearity(
    values: Sequence[float] | FloatArray,
    references: Sequence[float] | FloatArray,
    *,
    process_variation: float | None = None,
    confidence: float = 0.95,
) -> LinearityStudy:
    """Regression of bias on reference, with limits.

    Parameters
    ----------
    values, references : (n,) arrays
        Each measurement and the true value of its part.
    process_variation : float, optional
        Six standard deviations of the process.

    Raises
    ------
    InputError
        When something is not finite, there are fewer than 2 references or 3 measurements, or all
        deviations lie on a line.
    """
    y, x = _checked(values, references, process_variation, confidence)
    deviation = y - x
    n, middle = y.size, float(x.mean())
    spread = float(np.sum((x - middle) ** 2))
    slope = float((x - middle) @ deviation) / spread
    intercept = float(deviation.mean()) - slope * middle
    residual = deviation - intercept - slope * x
    s = math.sqrt(float(residual @ residual) / (n - 2))
    if s <= 1e-12 * max(float(np.abs(y).max()), 1e-300):
        raise InputError("deviations lie exactly on a line, so that nothing can be tested")
    total = float(np.sum((deviation - deviation.mean()) ** 2))
    line = _Line(intercept, slope, s, n, middle, spread, confidence)
    levels = tuple(line.at(float(r), deviation[x == r]) for r in np.unique(x))
    return LinearityStudy(
        n, _coefficient(slope, s / math.sqrt(spread), n - 2, confidence),
        _coefficient(intercept, line.error(0.0), n - 2, confidence), s,
        1 - float(residual @ residual) / total, line.at(middle, deviation), levels,
        process_variation, confidence,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    intercept: float
    slope: float
    s: float
    n: int
    middle: float
    spread: float
    confidence: float

    def error(self, x: float) -> float:
        """Standard error of the line at `x`."""
        return self.s * math.sqrt(1 / self.n + (x - self.middle) ** 2 / self.spread)

    def at(self, x: float, deviations: FloatArray) -> ReferenceBias:
        """The deviations at `x` beside the line."""
        fitted = self.intercept + self.slope * x
        limits = _coefficient(fitted, self.error(x), self.n - 2, self.confidence).limits
        mean, n = float(deviations.mean()), int(deviations.size)
        sd = float(deviations.std(ddof=1)) if n > 1 else None
        p = _coefficient(mean, sd / math.sqrt(n), n - 1, self.confidence).p if sd else None
        return ReferenceBias(x, n, mean, sd, p, fitted, limits)


def _coefficient(value: float, se: float, df: int, confidence: float) -> Coefficient:
    from scipy.special import stdtr, stdtrit

    reach = float(stdtrit(df, (1 + confidence) / 2)) * se
    t = value / se
    return Coefficient(
        value, se, t, 2 * float(stdtr(df, -abs(t))), Interval(value - reach, value + reach)
    )


def _checked(
    values: Sequence[float] | FloatArray, references: Sequence[float] | FloatArray,
    process_variation: float | None, confidence: float,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    y, x = np.asarray(values, dtype=np.float64), np.asarray(references, dtype=np.float64)
    if y.shape != x.shape:
        raise InputError(f"every value needs its reference: {y.size} and {x.size}")
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise InputError("values and references must be finite")
    if np.unique(x).size < 2:
        raise InputError(f"linearity needs at least 2 references, got {np.unique(x).size}")
    if y.size < 3:
        raise InputError(f"linearity needs at least 3 measurements, got {y.size}")
    if not 0 < confidence < 1:
        raise InputError(f"confidence must be above 0 and below 1, got {confidence:g}")
    if process_variation is not None and not process_variation > 0:
        raise InputError(f"process-variation must be above 0, got {process_variation:g}")
    return y, x
