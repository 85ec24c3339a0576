"""The result of a study of repeatability and reproducibility, whatever its design."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from process_models.errors import InputError
from process_models.gauge.anova import AnovaRow
from process_models.gauge.components import Components
from process_models.gauge.intervals import Interval
from process_models.gauge.options import GaugeOptions

__all__ = ["GaugeStudy", "distinct_categories", "verdict"]

_GOOD, _BAD, _CATEGORIES = 10.0, 30.0, 5


@dataclass(frozen=True)
class GaugeStudy:
    """A study of repeatability and reproducibility.

    Attributes
    ----------
    design : str
        `crossed`, `nested` or `expanded`.
    n, parts, operators : int
        Measurements, different parts, operators.
    replicates : int or None
        Measurements of a part by an operator; None where they differ.
    anova : mapping of str to AnovaRow or None
        Sources; None where the design has no such source. With the interaction dropped, part and
        operator are tested against the pooled error.
    components : Components
    options : GaugeOptions
    interaction_kept : bool or None
        None where the design has none.
    reduced : mapping of str to AnovaRow or None
        The table without the interaction, when it was dropped.
    notes : tuple of str
        What the reader should know, as a component set to zero.
    """

    design: str
    n: int
    parts: int
    operators: int
    replicates: int | None
    anova: Mapping[str, AnovaRow | None]
    components: Components
    options: GaugeOptions
    interaction_kept: bool | None
    reduced: Mapping[str, AnovaRow] | None = None
    notes: tuple[str, ...] = ()

    @property
    def variance(self) -> Mapping[str, float]:
        """Variance components, in squared units of the measurement."""
        return self.components.variance

    @property
    def ndc_real(self) -> float:
        """Distinct categories, not rounded: sqrt(2) sd(part) / sd(gauge)."""
        gauge = self.variance["gauge"]
        return math.sqrt(2 * self.variance["part"] / gauge) if gauge > 0 else math.inf

    @property
    def ndc_limits(self) -> Interval:
        """Limits of the distinct categories, not rounded."""
        return self.components.part_to_gauge.mapped(lambda ratio: math.sqrt(2 * ratio))

    @property
    def percent_contribution(self) -> dict[str, float]:
        """Of each variance in that of all measurements, in percent."""
        total = self.variance["total"]
        return {name: 100 * value / total for name, value in self.variance.items()}

    @property
    def percent_study(self) -> dict[str, float]:
        """Standard deviation of each in that of all measurements, in percent."""
        return {n: 10 * math.sqrt(value) for n, value in self.percent_contribution.items()}

    @property
    def percent_tolerance(self) -> dict[str, float] | None:
        """Study variation of each in the tolerance, in percent; None without one."""
        if self.options.tolerance is None:
            return None
        scale = 100 * self.options.study_multiplier / self.options.tolerance
        return {name: scale * math.sqrt(value) for name, value in self.variance.items()}

    @property
    def study_limits(self) -> dict[str, Interval]:
        """Limits of `percent_study`."""
        return _mapped(self.components.share_limits, lambda share: 100 * math.sqrt(share))

    @property
    def tolerance_limits(self) -> dict[str, Interval] | None:
        """Limits of `percent_tolerance`; None without a tolerance."""
        if self.options.tolerance is None:
            return None
        scale = 100 * self.options.study_multiplier / self.options.tolerance
        return _mapped(self.components.limits, lambda variance: scale * math.sqrt(variance))

    @property
    def verdict(self) -> str:
        """Of the gauge against the process, by the thresholds of AIAG: see `verdict`."""
        return verdict(self.percent_study["gauge"], self.ndc_real)

    @property
    def verdict_limits(self) -> tuple[str, str]:
        """The best and the worst verdict that the intervals leave open."""
        share, categories = self.study_limits["gauge"], self.ndc_limits
        return verdict(share.low, categories.high), verdict(share.high, categories.low)

    @property
    def verdict_tolerance(self) -> str | None:
        """Of the gauge against the tolerance; None without one."""
        found = self.percent_tolerance
        return None if found is None else verdict(found["gauge"])

    def to_dict(self) -> dict[str, Any]:
        """The study as plain JSON data."""
        reduced = self.reduced
        return {
            "design": self.design,
            "n": self.n,
            "parts": self.parts,
            "operators": self.operators,
            "replicates": self.replicates,
            "anova": {k: None if r is None else r.to_dict() for k, r in self.anova.items()},
            "anova_without_interaction": None
            if reduced is None
            else {k: r.to_dict() for k, r in reduced.items()},
            "interaction_kept": self.interaction_kept,
            "variance": dict(self.variance),
            "study": self._study(),
            "ndc": distinct_categories(self.ndc_real),
            "ndc_real": self.ndc_real if math.isfinite(self.ndc_real) else None,
            "intervals": self._intervals(),
            "verdict": self.verdict,
            "verdict_limits": list(self.verdict_limits),
            "verdict_tolerance": self.verdict_tolerance,
            "notes": list(self.notes),
        }

    def _study(self) -> dict[str, Any]:
        deviation = {name: math.sqrt(value) for name, value in self.variance.items()}
        multiplier = self.options.study_multiplier
        return {
            "standard_deviation": deviation,
            "study_variation": {name: multiplier * sd for name, sd in deviation.items()},
            "percent_contribution": self.percent_contribution,
            "percent_study": self.percent_study,
            "percent_tolerance": self.percent_tolerance,
        }

    def _intervals(self) -> dict[str, Any]:
        shares = _mapped(self.components.share_limits, lambda share: 100 * share)
        tolerance = self.tolerance_limits
        return {
            "confidence": self.options.confidence,
            "method": "modified large sample",
            "variance": _plain(self.components.limits),
            "percent_contribution": _plain(shares),
            "percent_study": _plain(self.study_limits),
            "percent_tolerance": None if tolerance is None else _plain(tolerance),
            "ndc": self.ndc_limits.to_dict(),
        }


def distinct_categories(ratio: float) -> int | None:
    """Whole distinct categories, at least 1; None where the gauge shows no variation at all.

    Examples
    --------
    >>> distinct_categories(4.88), distinct_categories(0.3)
    (4, 1)
    """
    return max(1, math.floor(ratio)) if math.isfinite(ratio) else None


def verdict(percent: float, categories: float = math.inf) -> str:
    """`acceptable`, `marginal` or `unacceptable`, by the thresholds of AIAG.

    Up to 10 % and at least 5 distinct categories is acceptable, above 30 % is not.

    Examples
    --------
    >>> verdict(8.0, 17.6), verdict(27.9, 4.9), verdict(31.0)
    ('acceptable', 'marginal', 'unacceptable')
    """
    if not percent >= 0:
        raise InputError(f"percent must not be negative, got {percent:g}")
    if percent > _BAD:
        return "unacceptable"
    return "acceptable" if percent <= _GOOD and categories >= _CATEGORIES else "marginal"


def _mapped(
    limits: Mapping[str, Interval], function: Callable[[float], float]
) -> dict[str, Interval]:
    return {name: interval.mapped(function) for name, interval in limits.items()}


def _plain(limits: Mapping[str, Interval]) -> dict[str, Any]:
    return {name: interval.to_dict() for name, interval in limits.items()}
