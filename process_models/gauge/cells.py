"""What a gauge study looks like: the chart of each operator's ranges, and the means of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from process_models.gauge.intervals import FloatArray
from process_models.gauge.layout import Levels, checked_values
from process_models.spc import ChartData, ChartResult, chart

__all__ = ["Cells", "cells"]


@dataclass(frozen=True, eq=False)
class Cells:
    """Measurements of each part by each operator.

    Attributes
    ----------
    parts, operators : tuple of str
        Of each cell, operator by operator.
    values : (cells, replicates) array
        nan where a cell is shorter than the longest.
    chart : ChartResult or None
        Means and ranges of the cells as an Xbar-R chart, in their order: the ranges tell whether
        repeatability is stable, the means are to lie outside their limits. None where no cell
        has two measurements, or repeated ones never differ.
    """

    parts: tuple[str, ...]
    operators: tuple[str, ...]
    values: FloatArray
    chart: ChartResult | None

    @property
    def means(self) -> FloatArray:
        """Mean of each cell."""
        return np.asarray(np.nanmean(self.values, axis=1), dtype=np.float64)


def cells(
    values: Sequence[float] | FloatArray, parts: Sequence[object], operators: Sequence[object]
) -> Cells:
    """Cells of a study, in order of operator and part.

    Raises
    ------
    InputError
        When there is no value, one is not finite or all are the same.
    """
    checked = checked_values(values, parts, operators)
    part, operator = Levels.of(parts), Levels.of(operators)
    code = operator.codes * len(part.names) + part.codes
    present, place, counts = np.unique(code, return_inverse=True, return_counts=True)
    grid = np.full((present.size, int(counts.max())), np.nan)
    taken = np.zeros(present.size, dtype=int)
    for cell, value in zip(place, checked, strict=True):
        grid[cell, taken[cell]] = value
        taken[cell] += 1
    spread = np.nanmax(grid, axis=1) - np.nanmin(grid, axis=1)
    ranges = chart("xbar_r", ChartData(grid)) if counts.max() > 1 and spread.max() > 0 else None
    return Cells(
        tuple(part.names[c % len(part.names)] for c in present),
        tuple(operator.names[c // len(part.names)] for c in present),
        grid, ranges,
    )  # fmt: skip
