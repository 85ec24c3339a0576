"""The numbers of the six-panel view of a capability study.

Two control charts, the last subgroups, a histogram with the fitted curves, a probability plot
with its band, and what the process spreads over beside what its specification allows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.capability.histogram import Histogram, histogram_of
from process_models.capability.probability_plot import ProbabilityPlot, probability_plot
from process_models.capability.result import CapabilityResult
from process_models.capability.study import capability
from process_models.capability.subgroups import drawn_chart, rows_of
from process_models.spc import ChartResult

__all__ = ["CapabilitySixpack", "LastSubgroups", "Spread", "capability_sixpack"]

_LAST = 25


@dataclass(frozen=True, eq=False)
class LastSubgroups:
    """The single values of the last subgroups, or the last single values.

    Attributes
    ----------
    numbers : (m,) array of int
        Subgroup of each value, numbered from 1 as on the chart.
    values : (m,) array
    mean : float
        Of all values.
    """

    numbers: NDArray[np.int64]
    values: NDArray[np.float64]
    mean: float


@dataclass(frozen=True, slots=True)
class Spread:
    """From where to where: six sigma, or the outer percentiles; None where one-sided."""

    name: str
    low: float | None
    high: float | None


@dataclass(frozen=True, eq=False)
class CapabilitySixpack:
    """Everything that the six panels show.

    Attributes
    ----------
    result : CapabilityResult
    chart : ChartResult
        Its two panels are the first two of the view.
    last : LastSubgroups
    histogram : Histogram
    probability : ProbabilityPlot
    spreads : tuple of Spread
        Within (of a normal characteristic), overall, and the specification.
    """

    result: CapabilityResult
    chart: ChartResult
    last: LastSubgroups
    histogram: Histogram
    probability: ProbabilityPlot
    spreads: tuple[Spread, ...]


def capability_sixpack(
    values: Sequence[float] | NDArray[np.float64],
    *,
    subgroup: Sequence[str] | None = None,
    **options: Any,
) -> CapabilitySixpack:
    """The six panels of one characteristic.

    Parameters
    ----------
    values : (n,) array
        In the order they were made.
    subgroup : sequence of n labels or None
        Rational subgroups; None means single values.
    options
        The others of `process_models.capability.capability`.

    Raises
    ------
    InputError
        As `capability` does.

    >>> view = capability_sixpack([9.8, 10.1, 10.0, 9.9, 10.2], lsl=9.0, usl=11.0)
    >>> [panel.statistic for panel in view.chart.panels], [s.name for s in view.spreads]
    (['individual', 'moving_range'], ['within', 'overall', 'specification'])
    """
    result = capability(values, subgroup=subgroup, **options)
    numbers = np.asarray(values, dtype=np.float64)
    rows = rows_of(numbers, subgroup)
    known: Mapping[str, Any] = {
        "sigma": options.get("sigma_within"),
        "method": options.get("sigma_method"),
        "constants": options.get("constants", "exact"),
    }
    return CapabilitySixpack(
        result=result,
        chart=drawn_chart(numbers, rows, **known),
        last=_last(numbers, rows, result.mean),
        histogram=histogram_of(numbers, result),
        probability=probability_plot(numbers, result),
        spreads=_spreads(result),
    )


def _last(
    numbers: NDArray[np.float64], rows: NDArray[np.float64] | None, mean: float
) -> LastSubgroups:
    table = numbers[:, None] if rows is None else rows
    kept = table[-_LAST:]
    first = len(table) - len(kept) + 1
    labels = np.repeat(np.arange(first, len(table) + 1), table.shape[1])
    there = np.isfinite(kept.reshape(-1))
    return LastSubgroups(labels[there], kept.reshape(-1)[there], mean)


def _spreads(result: CapabilityResult) -> tuple[Spread, ...]:
    asked = Spread("specification", result.spec.lsl, result.spec.usl)
    if result.drawn is not None:
        quantiles = result.distribution["quantiles"]
        return Spread("overall", quantiles["low"], quantiles["high"]), asked
    return (
        *(
            Spread(name, result.mean - 3 * sigma, result.mean + 3 * sigma)
            for name, sigma in (("within", result.sigma_within), ("overall", result.sigma_overall))
        ),
        asked,
    )
