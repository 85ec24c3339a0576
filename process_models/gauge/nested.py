"""Nested studies: every operator measures parts of their own, as in a destructive test.

Random operators, parts within operators (Burdick, Borror and Montgomery, 2005, chapter 6).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from process_models.gauge.anova import row, squares_of, with_test
from process_models.gauge.components import components
from process_models.gauge.intervals import FloatArray
from process_models.gauge.layout import nested_grid
from process_models.gauge.notes import study_notes
from process_models.gauge.options import GaugeOptions
from process_models.gauge.study import GaugeStudy

__all__ = ["nested"]


def nested(
    values: Sequence[float] | FloatArray,
    parts: Sequence[object],
    operators: Sequence[object],
    options: GaugeOptions | None = None,
) -> GaugeStudy:
    """Repeatability and reproducibility when parts are nested in operators.

    Part labels may repeat between operators; they are different parts. There is no interaction.

    Raises
    ------
    InputError
        When operators have different numbers of parts or measurements, there is one operator,
        part or replicate, or all values are the same.

    Examples
    --------
    >>> study = nested([1, 2, 5, 6, 3, 3, 9, 8], list("11221122"), list("aaaabbbb"))
    >>> round(study.variance["part"], 3), study.variance["repeatability"]
    (11.375, 0.375)
    """
    options = options or GaugeOptions()
    grid = nested_grid(values, parts, operators)
    y = grid.values
    p, o, r = y.shape
    cells = y.mean(axis=2)
    operator = cells.mean(axis=0)
    error = row(float(np.sum((y - cells[:, :, None]) ** 2)), p * o * (r - 1))
    part = row(float(r * np.sum((cells - operator[None, :]) ** 2)), o * (p - 1))
    between = row(float(p * r * np.sum((operator - y.mean()) ** 2)), o - 1)
    anova = {
        "part": with_test(part, error.ms, error.df),
        "operator": with_test(between, part.ms, part.df),
        "repeatability": error,
    }
    weights = {
        "repeatability": np.array([0.0, 0.0, 1.0]),
        "operator": np.array([-1.0, 1.0, 0.0]) / (p * r),
        "interaction": np.zeros(3),
        "part": np.array([1.0, 0.0, -1.0]) / r,
    }
    found = components(weights, squares_of(anova), options.confidence)
    table = {"part": anova["part"], "operator": anova["operator"], "interaction": None,
             "repeatability": anova["repeatability"]}  # fmt: skip
    return GaugeStudy(
        "nested", y.size, p * o, o, r, table, found, options, None, None,
        study_notes(found, grid.operators),
    )  # fmt: skip
