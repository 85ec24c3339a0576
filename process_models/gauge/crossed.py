"""Crossed studies: every operator measures every part equally often.

Analysis of variance with random parts and operators (AIAG, Measurement Systems Analysis, chapter
III; Montgomery, chapter 8).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from process_models.gauge.anova import AnovaRow, row, squares_of, with_test
from process_models.gauge.components import components
from process_models.gauge.intervals import FloatArray
from process_models.gauge.layout import Grid, crossed_grid
from process_models.gauge.notes import study_notes
from process_models.gauge.options import GaugeOptions
from process_models.gauge.study import GaugeStudy

__all__ = ["crossed"]


def crossed(
    values: Sequence[float] | FloatArray,
    parts: Sequence[object],
    operators: Sequence[object],
    options: GaugeOptions | None = None,
) -> GaugeStudy:
    """Repeatability and reproducibility of a crossed, balanced study.

    Parameters
    ----------
    values : (n,) array
        Measurements, in any order of rows.
    parts, operators : (n,) sequences
        Labels of each row.

    Raises
    ------
    InputError
        When a cell is missing or of another length, there is one part, operator or replicate, or
        all values are the same.

    Examples
    --------
    >>> study = crossed([1, 2, 5, 5, 2, 2, 6, 5], list("11221122"), list("aaaabbbb"))
    >>> round(study.variance["part"], 3), study.interaction_kept
    (6.075, False)
    """
    options = options or GaugeOptions()
    grid = crossed_grid(values, parts, operators)
    full = _sums_of_squares(grid)
    within = full["repeatability"]
    full["interaction"] = with_test(full["interaction"], within.ms, within.df)
    keep = _kept(full["interaction"], options)
    error = full["interaction"] if keep else _pooled(full)
    for name in ("part", "operator"):
        full[name] = with_test(full[name], error.ms, error.df)
    reduced = (
        None if keep else {k: full[k] for k in ("part", "operator")} | {"repeatability": error}
    )
    p, o, r = grid.values.shape
    found = components(
        _weights(p, o, r, keep=keep), squares_of(full if reduced is None else reduced),
        options.confidence,
    )  # fmt: skip
    return GaugeStudy(
        "crossed", grid.values.size, p, o, r, full, found, options, keep, reduced,
        study_notes(found, grid.operators, keep, full["interaction"], options),
    )  # fmt: skip


def _sums_of_squares(grid: Grid) -> dict[str, AnovaRow]:
    y = grid.values
    p, o, r = y.shape
    mean, cells = y.mean(), y.mean(axis=2)
    part, operator = cells.mean(axis=1), cells.mean(axis=0)
    beyond = cells - part[:, None] - operator[None, :] + mean
    return {
        "part": row(float(o * r * np.sum((part - mean) ** 2)), p - 1),
        "operator": row(float(p * r * np.sum((operator - mean) ** 2)), o - 1),
        "interaction": row(float(r * np.sum(beyond**2)), (p - 1) * (o - 1)),
        "repeatability": row(float(np.sum((y - cells[:, :, None]) ** 2)), p * o * (r - 1)),
    }


def _kept(interaction: AnovaRow, options: GaugeOptions) -> bool:
    if options.interaction != "auto":
        return options.interaction == "keep"
    return interaction.p is None or interaction.p < options.interaction_alpha


def _pooled(full: dict[str, AnovaRow]) -> AnovaRow:
    both = (full["interaction"], full["repeatability"])
    return row(sum(r.ss for r in both), sum(r.df for r in both))


def _weights(p: int, o: int, r: int, *, keep: bool) -> dict[str, FloatArray]:
    """Expected mean squares solved for the components."""
    if keep:
        return {
            "repeatability": np.array([0.0, 0.0, 0.0, 1.0]),
            "operator": np.array([0.0, 1.0, -1.0, 0.0]) / (p * r),
            "interaction": np.array([0.0, 0.0, 1.0, -1.0]) / r,
            "part": np.array([1.0, 0.0, -1.0, 0.0]) / (o * r),
        }
    return {
        "repeatability": np.array([0.0, 0.0, 1.0]),
        "operator": np.array([0.0, 1.0, -1.0]) / (p * r),
        "interaction": np.zeros(3),
        "part": np.array([1.0, 0.0, -1.0]) / (o * r),
    }
