"""Stability: the same master measured again and again over time, on a control chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.gauge.bias import BiasStudy, bias
from process_models.gauge.intervals import FloatArray
from process_models.gauge.layout import checked_values
from process_models.gauge.linearity import Coefficient, linearity
from process_models.spc import ChartData, ChartOptions, ChartResult, chart

__all__ = ["StabilityStudy", "stability"]

_RANGES_UP_TO = 8  # larger subgroups waste too much in a range


@dataclass(frozen=True, eq=False)
class StabilityStudy:
    """Readings of a master over time.

    Attributes
    ----------
    chart : ChartResult
        Xbar-R (Xbar-S of large subgroups) of occasions, or I-MR of single readings.
    occasions : tuple of str
        Label of each point.
    drift : Coefficient or None
        Change of the mean from one occasion to the next; None with fewer than 3 occasions.
    bias : BiasStudy or None
        Of all readings against the master's value, when that is known.
    """

    chart: ChartResult
    occasions: tuple[str, ...]
    drift: Coefficient | None
    bias: BiasStudy | None

    @property
    def stable(self) -> bool:
        """Whether the chart shows no signal."""
        return not self.chart.signals

    def to_dict(self) -> dict[str, Any]:
        """The study as plain JSON data: the chart, and what is beside it."""
        return {
            **self.chart.to_dict(),
            "occasions": list(self.occasions),
            "stable": self.stable,
            "drift_per_occasion": None if self.drift is None else self.drift.to_dict(),
            "bias": None if self.bias is None else self.bias.to_dict(),
        }


def stability(
    values: Sequence[float] | FloatArray,
    occasions: Sequence[object],
    *,
    reference: float | None = None,
    rules: tuple[str, ...] = ("beyond_limits",),
    confidence: float = 0.95,
) -> StabilityStudy:
    """Chart of a master over time, its drift, and its bias where `reference` is given.

    Parameters
    ----------
    values : (n,) array
        Readings in the order they were made.
    occasions : (n,) sequence
        When each was made; readings with the same label make a subgroup.

    Raises
    ------
    InputError
        When something is not finite, readings never vary, or there are fewer than 2 occasions.
    """
    checked = checked_values(values, occasions)
    texts = [str(occasion) for occasion in occasions]
    labels = tuple(dict.fromkeys(texts))
    if len(labels) < 2:
        raise InputError(f"stability needs at least 2 occasions, got 1 ({labels[0]!r})")
    place = {label: at for at, label in enumerate(labels)}
    groups: list[list[float]] = [[] for _ in labels]
    for text, value in zip(texts, checked, strict=True):
        groups[place[text]].append(float(value))
    longest = max(len(group) for group in groups)
    if longest == 1:
        kind, data = "i_mr", ChartData(checked)
    else:
        kind = "xbar_r" if longest <= _RANGES_UP_TO else "xbar_s"
        data = ChartData(np.array([g + [np.nan] * (longest - len(g)) for g in groups]))
    drawn = chart(kind, data, ChartOptions(rules=rules))
    means = np.array([np.mean(group) for group in groups])
    beside = None if reference is None else bias(checked, reference, confidence=confidence)
    return StabilityStudy(drawn, labels, _drift(means, confidence), beside)


def _drift(means: FloatArray, confidence: float) -> Coefficient | None:
    order = np.arange(1.0, means.size + 1)
    try:
        return linearity(means + order, order, confidence=confidence).slope
    except InputError:  # too few occasions, or all on a line: nothing to test
        return None
