"""The evidence as arrays: which rows the regression sees, with which bounds and features."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.materials import (
    REFERENCE_EXPOSURE_S,
    REFERENCE_PRESSURE_MPA,
    REFERENCE_THICKNESS_UM,
)
from process_models.quality.evidence import OWN_LABORATORY, EvidenceRow
from process_models.quality.response import Features, features

__all__ = ["Design", "build_design", "evidence_hash", "evidence_spans", "regression_rows"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Design:
    """Rows of CCD and life as arrays of shape (r,); bounds in ln units.

    Attributes
    ----------
    cell : Features
    is_life, is_exact : ndarray of bool
    lower, upper, value : ndarray
        -inf and inf where open; `value` is used for exact rows without steps.
    current_ma_cm2, capacity_mah_cm2 : ndarray
        1 and 0.5 in rows of CCD, which do not use them.
    laboratory : ndarray of int
        0 is our own; k stands for `laboratories[k - 1]`.
    reference : ndarray of int
        Row with which an ordinal row is compared, else -1.
    laboratories : tuple of str
    """

    cell: Features
    is_life: NDArray[np.bool_]
    is_exact: NDArray[np.bool_]
    lower: Floats
    upper: Floats
    value: Floats
    current_ma_cm2: Floats
    capacity_mah_cm2: Floats
    laboratory: Ints
    reference: Ints
    laboratories: tuple[str, ...]


def regression_rows(evidence: Sequence[EvidenceRow]) -> list[EvidenceRow]:
    """Rows that the regression learns from, in order.

    Raises
    ------
    InputError
        When there is none.
    """
    rows = [row for row in evidence if row.in_regression]
    if not rows:
        raise InputError(
            "evidence: needs at least one row of test ccd or life with a process, got 0")
    return rows


def build_design(evidence: Sequence[EvidenceRow]) -> Design:
    """Arrays of the rows of `evidence` that the regression learns from."""
    rows = regression_rows(evidence)
    laboratories = tuple(sorted({row.laboratory for row in rows} - {OWN_LABORATORY, ""}))
    bounds = np.array([_bounds(row) for row in rows])
    return Design(
        cell=_stack([_cell(row) for row in rows]),
        is_life=np.array([row.test == "life" for row in rows]),
        is_exact=np.isfinite(bounds[:, 2]),
        lower=bounds[:, 0],
        upper=bounds[:, 1],
        value=np.where(np.isfinite(bounds[:, 2]), bounds[:, 2], 0.0),
        current_ma_cm2=np.array([row.current_ma_cm2 or 1.0 for row in rows]),
        capacity_mah_cm2=np.array([row.capacity_mah_cm2 or 0.5 for row in rows]),
        laboratory=np.array(
            [laboratories.index(r.laboratory) + 1 if r.laboratory in laboratories else 0
             for r in rows], dtype=np.int64),
        reference=np.array([_reference(row, rows) for row in rows], dtype=np.int64),
        laboratories=laboratories,
    )


def evidence_spans(evidence: Sequence[EvidenceRow]) -> dict[str, tuple[float, float]]:
    """Smallest and largest value of each input among the coated cells of our kind of process.

    Bare lithium counts as an exposure of 0 s.
    """
    rows = regression_rows(evidence)
    coated = [row for row in rows if row.process != "bare"] or rows
    times = [row.sublimation_time_s or 0.0 for row in rows]
    pressures = [row.rolling_pressure_mpa or REFERENCE_PRESSURE_MPA for row in coated]
    thicknesses = [row.thickness_um or REFERENCE_THICKNESS_UM for row in coated]
    return {
        "sublimation_time_s": (min(times), max(times)),
        "rolling_pressure_mpa": (min(pressures), max(pressures)),
        "thickness_um": (min(thicknesses), max(thicknesses)),
    }


def evidence_hash(evidence: Sequence[EvidenceRow]) -> str:
    """SHA-256 of the rows that the regression learns from."""
    text = json.dumps([asdict(row) for row in regression_rows(evidence)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _cell(row: EvidenceRow) -> Features:
    return features(
        row.process,
        REFERENCE_EXPOSURE_S if row.sublimation_time_s is None else row.sublimation_time_s,
        row.rolling_pressure_mpa or REFERENCE_PRESSURE_MPA,
        row.thickness_um or REFERENCE_THICKNESS_UM,
    )


def _stack(cells: list[Features]) -> Features:
    return Features(**{
        name: np.array([float(getattr(cell, name)) for cell in cells])
        for name in ("time_s", "deposits", "reacted", "ln_pressure", "ln_thickness")
    })


def _ln(value: float | None, otherwise: float) -> float:
    if value is None:
        return otherwise
    return math.log(value) if value > 0 else -math.inf


def _bounds(row: EvidenceRow) -> tuple[float, float, float]:
    """ln lower, ln upper, and ln value where the likelihood is a density (else nan)."""
    low, high = _ln(row.lower, -math.inf), _ln(row.upper, math.inf)
    match row.censoring:
        case "exact":
            if row.step_ma_cm2 and row.test == "ccd" and row.value:
                step = row.step_ma_cm2
                return _ln(row.value - step, -math.inf), math.log(row.value + step), math.nan
            return -math.inf, math.inf, _ln(row.value, math.nan)
        case "left":
            return -math.inf, high, math.nan
        case "right":
            return low, math.inf, math.nan
        case _:
            return low, high, math.nan


def _reference(row: EvidenceRow, rows: Sequence[EvidenceRow]) -> int:
    """Row of the sample that an ordinal row names: same test, laboratory and current."""
    if row.censoring != "ordinal":
        return -1
    for index, other in enumerate(rows):
        same = (other.test, other.sample, other.laboratory, other.current_ma_cm2)
        if same == (row.test, row.reference, row.laboratory, row.current_ma_cm2):
            if other.censoring == "ordinal":
                raise InputError(f"evidence row {row.id}: column reference must name a sample with"
                                 f" a value or a bound of its own, got {row.reference!r}")
            return index
    raise InputError(f"evidence row {row.id}: column reference must name a sample with a {row.test}"
                     f" row of the same laboratory and current, got {row.reference!r}")
