"""What a chart is drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from process_models.errors import InputError
from process_models.spc.result import FloatArray

__all__ = ["ChartData", "PointError"]


class PointError(InputError):
    """A point, numbered from 1, that breaks a rule."""

    def __init__(self, message: str, point: int) -> None:
        super().__init__(message)
        self.point = point


@dataclass(frozen=True, eq=False)
class ChartData:
    """Observations in the order they were made.

    Attributes
    ----------
    values : (n,), (n, m) or (k, m, p) array
        Single values, or counts; one subgroup a row, nan where a ragged subgroup has no value,
        or one multivariate observation a row; subgroups of multivariate observations.
    sizes : (n,) array or None
        Sample size or area of opportunity of counts.
    variables : tuple of str
        Names of the p variables of multivariate data; empty means x1, x2, ...
    parts : tuple of n str or None
        Which part each point is of, in a short-run chart.

    Raises
    ------
    InputError
        When there is no point, a single value is missing, anything is infinite, a subgroup is
        empty, or the sizes do not fit.
    """

    values: FloatArray
    sizes: FloatArray | None = None
    variables: tuple[str, ...] = ()
    parts: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        values = np.asarray(self.values, dtype=np.float64, order="C")
        object.__setattr__(self, "values", values)
        if not 1 <= values.ndim <= 3:
            raise InputError(f"values must have 1 to 3 dimensions, got {values.ndim}")
        if values.shape[0] == 0:
            raise InputError("a chart needs at least one point, got none")
        if not np.isfinite(values).all():
            _refuse_gaps(values)
        if self.sizes is not None:
            object.__setattr__(self, "sizes", _checked_sizes(self.sizes, values))
        if self.parts is not None and len(self.parts) != values.shape[0]:
            raise InputError(f"parts must be {values.shape[0]}, one a point, got {len(self.parts)}")

    @property
    def n(self) -> int:
        """Number of points: values or subgroups."""
        return int(self.values.shape[0])

    def between(self, start: int, end: int) -> ChartData:
        """Points from index `start` up to, not with, `end`."""
        return ChartData(
            self.values[start:end],
            None if self.sizes is None else self.sizes[start:end],
            self.variables,
            None if self.parts is None else self.parts[start:end],
        )


def _refuse_gaps(values: FloatArray) -> None:
    if values.ndim == 1:
        point = int(np.flatnonzero(~np.isfinite(values))[0])
        raise PointError(
            f"the value of point {point + 1} must be finite, got {values[point]}", point + 1
        )
    rows = values.reshape(values.shape[0], -1)
    infinite = np.flatnonzero(np.isinf(rows).any(axis=1))
    if infinite.size:
        point = int(infinite[0]) + 1
        raise PointError(f"the values of subgroup {point} must be finite, got infinity", point)
    empty = np.flatnonzero(np.isnan(rows).all(axis=1))
    if empty.size:
        point = int(empty[0]) + 1
        raise PointError(f"subgroup {point} must have at least one value, got none", point)


def _checked_sizes(sizes: FloatArray, values: FloatArray) -> FloatArray:
    checked = np.asarray(sizes, dtype=np.float64)
    if checked.shape != values.shape[:1]:
        raise InputError(f"sizes must be {values.shape[0]}, one a point, got {checked.shape}")
    wrong = np.flatnonzero(~(np.isfinite(checked) & (checked > 0)))
    if wrong.size:
        at = int(wrong[0])
        raise PointError(f"the size of point {at + 1} must be above 0, got {checked[at]:g}", at + 1)
    return checked
