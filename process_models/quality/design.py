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
from process_models.quality.evidence_table import compared_rows, known_bounds
from process_models.quality.protocol import covariates
from process_models.quality.response import Features, features

__all__ = ["Design", "build_design", "evidence_hash", "regression_rows"]

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
    protocol : ndarray, shape (r, len(PROTOCOL))
        Covariates, see `process_models.quality.protocol`.
    laboratory : ndarray of int
        0 is our own; k stands for `laboratories[k - 1]`.
    anchors : ndarray of int, shape (m,)
        Rows with whose cells ordinal rows are compared.
    below, above : ndarray of int
        Places in `anchors` of the cells that a row is better than, and not better than, else -1.
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
    protocol: Floats
    laboratory: Ints
    anchors: Ints
    below: Ints
    above: Ints
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
            "evidence: needs at least one row of test ccd or life with a process, got 0"
        )
    return rows


def build_design(evidence: Sequence[EvidenceRow]) -> Design:
    """Arrays of the rows of `evidence` that the regression learns from.

    Raises
    ------
    InputError
        When an ordinal row names a sample that is not there, with the row's id.
    """
    rows = regression_rows(evidence)
    laboratories = tuple(sorted({row.laboratory for row in rows} - {OWN_LABORATORY, ""}))
    bounds = np.array([_bounds(row) for row in rows])
    below, above, anchors = _comparisons(rows)
    return Design(
        cell=_stack([_cell(row) for row in rows]),
        is_life=np.array([row.test == "life" for row in rows]),
        is_exact=np.isfinite(bounds[:, 2]),
        lower=bounds[:, 0],
        upper=bounds[:, 1],
        value=np.where(np.isfinite(bounds[:, 2]), bounds[:, 2], 0.0),
        current_ma_cm2=np.array([row.current_ma_cm2 or 1.0 for row in rows]),
        capacity_mah_cm2=np.array([row.capacity_mah_cm2 or 0.5 for row in rows]),
        protocol=np.array([covariates(row) for row in rows]),
        laboratory=np.array(
            [
                laboratories.index(r.laboratory) + 1 if r.laboratory in laboratories else 0
                for r in rows
            ],
            dtype=np.int64,
        ),
        anchors=anchors,
        below=below,
        above=above,
        laboratories=laboratories,
    )


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
    })  # fmt: skip


def _ln(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def _bounds(row: EvidenceRow) -> tuple[float, float, float]:
    """ln lower, ln upper, and ln value where the likelihood is a density (else nan)."""
    low, high = known_bounds(row)
    if row.censoring == "exact" and low == high:
        return -math.inf, math.inf, _ln(low)
    return _ln(low), _ln(high), math.nan


def _comparisons(rows: Sequence[EvidenceRow]) -> tuple[Ints, Ints, Ints]:
    """Below and above as places in the anchors, and the anchors as places in `rows`."""
    pairs = []
    for row in rows:
        try:
            pairs.append(compared_rows(row, rows))
        except InputError as error:
            raise InputError(f"evidence row {row.id}: {error}") from None
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    anchors = np.unique(found[found >= 0])
    places = np.where(found >= 0, np.searchsorted(anchors, found), -1)
    return places[:, 0], places[:, 1], anchors
