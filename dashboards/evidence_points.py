"""Statements of the evidence as they are drawn: each with its censoring, none as what it is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from dashboards.figures import EvidencePoint
from dashboards.formatting import number, unit_name
from process_models.quality import EvidenceRow

__all__ = ["ccd_points", "evidence_table"]

_INPUTS = ("sublimation_time_s", "rolling_pressure_mpa", "thickness_um")


def ccd_points(
    rows: Iterable[EvidenceRow], along: str, *, process: str = "lacss"
) -> list[EvidencePoint]:
    """CCD statements that say where they stand along one input.

    Bare lithium stands at zero exposure beside the process `lacss`. A row that does not give the
    input is left out: nothing is drawn where nobody measured.
    """
    ccd = [row for row in rows if row.test == "ccd" and row.in_regression]
    exact = {row.sample: row.value for row in ccd if row.censoring == "exact"}
    shown = {process, "bare"} if along == "sublimation_time_s" and process == "lacss" else {process}
    points = []
    for row in ccd:
        x = 0.0 if row.process == "bare" and along == _INPUTS[0] else getattr(row, along)
        placed = _placed(row, exact)
        if row.process in shown and x is not None and placed is not None:
            value, low, high = placed
            points.append(EvidencePoint(x, value, row.censoring, _text(row, low, high), low, high))
    return points


def _placed(
    row: EvidenceRow, exact: dict[str, float | None]
) -> tuple[float, float | None, float | None] | None:
    """Where the mark stands, and the bounds drawn with it."""
    if row.censoring == "exact" and row.value is not None:
        return row.value, None, None
    if row.censoring == "right" and row.lower is not None:
        return row.lower, None, None
    if row.censoring == "left" and row.upper is not None:
        return row.upper, None, None
    high = exact.get(row.reference) if row.censoring == "ordinal" else row.upper
    if row.lower is None or high is None:
        return None
    return (row.lower + high) / 2, row.lower, high


def _text(row: EvidenceRow, low: float | None, high: float | None) -> str:
    unit = unit_name(row.unit)
    said = {
        "exact": f"{number(row.value)} {unit}",
        "right": f"at least {number(row.lower)} {unit}",
        "left": f"at most {number(row.upper)} {unit}",
    }.get(row.censoring, f"between {number(low)} and {number(high)} {unit}, nothing closer said")
    return f"{row.sample}: {said} ({row.laboratory})"


def evidence_table(rows: Sequence[EvidenceRow]) -> pd.DataFrame:
    """The rows that the regression learned from, as they stand in the evidence."""
    used = [row for row in rows if row.in_regression]
    names = ("sample", "process", "test", *_INPUTS, "current_ma_cm2", "capacity_mah_cm2", "value",
             "lower", "upper", "unit", "censoring", "reference", "laboratory", "where")  # fmt: skip
    return pd.DataFrame([{name: getattr(row, name) for name in names} for row in used])
