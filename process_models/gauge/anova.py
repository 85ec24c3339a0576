"""Rows of an analysis of variance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from process_models.gauge.intervals import FloatArray, MeanSquares

__all__ = ["AnovaRow", "AnovaTable", "row", "squares_of", "with_test"]


@dataclass(frozen=True, slots=True)
class AnovaRow:
    """One source of variation.

    Attributes
    ----------
    ss, df, ms : float
        Sum of squares, degrees of freedom, mean square.
    f, p : float or None
        Of the test against its error; None for the last error, or where the error is 0.
    """

    ss: float
    df: float
    ms: float
    f: float | None = None
    p: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The row as plain JSON data."""
        return {"ss": self.ss, "df": self.df, "ms": self.ms, "f": self.f, "p": self.p}


AnovaTable: TypeAlias = Mapping[str, AnovaRow]


def row(ss: float, df: float) -> AnovaRow:
    """A source without a test."""
    return AnovaRow(ss, df, ss / df)


def with_test(source: AnovaRow, error_ms: float, error_df: float) -> AnovaRow:
    """The source with its F test against an error."""
    from scipy.special import fdtrc

    if error_ms <= 0 or error_df <= 0:
        return source
    f = source.ms / error_ms
    p = float(fdtrc(source.df, error_df, f))
    return AnovaRow(source.ss, source.df, source.ms, float(f), p)


def squares_of(table: AnovaTable) -> MeanSquares:
    """Mean squares and degrees of freedom of the rows, in their order."""
    values: FloatArray = np.array([r.ms for r in table.values()], dtype=np.float64)
    return MeanSquares(values, np.array([r.df for r in table.values()], dtype=np.float64))
