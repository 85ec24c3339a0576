"""Evidence that a set of constants would produce: for calibration, and to weigh an experiment."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.quality.design import build_design
from process_models.quality.evidence import EvidenceRow
from process_models.quality.rows_likelihood import Effects, design_arrays, row_laws

__all__ = ["observe", "simulate_evidence"]

_LEAST, _MOST = 1e-9, 1e9  # what a row of evidence can hold


def simulate_evidence(
    planned: Sequence[EvidenceRow],
    constants: Mapping[str, Any],
    effects: Effects,
    rng: np.random.Generator,
    *,
    compared: Mapping[str, str] | None = None,
    follow_up_h: float = 700.0,
    first_look_h: float = 10.0,
) -> list[EvidenceRow]:
    """What cells would show, each reported as a laboratory would.

    Parameters
    ----------
    planned : sequence of EvidenceRow
        Cells with inputs and protocol; their values are replaced.
    constants, effects
        The truth, see `log_likelihood`.
    rng : numpy.random.Generator
    compared : mapping of str to str, optional
        By id, rows of which only a comparison with the cell of another sample is reported.
    follow_up_h, first_look_h : float
        Life tests end then; a cell that dies before the first look is only known to have.

    Returns
    -------
    list of EvidenceRow
        As many as planned, in their order.
    """
    rows = design_arrays(build_design(planned))
    mean, sd = row_laws(rows, constants, effects)
    ln_values = mean + sd * rng.standard_normal(len(planned))
    ln_values = np.clip(ln_values, math.log(_LEAST), math.log(_MOST))
    compared = compared or {}
    return [
        _compare(row, planned, ln_values, k, compared[row.id])
        if row.id in compared
        else observe(
            row, float(np.exp(ln_values[k])), follow_up_h=follow_up_h, first_look_h=first_look_h
        )
        for k, row in enumerate(planned)
    ]


def observe(
    row: EvidenceRow, value: float, *, follow_up_h: float = 700.0, first_look_h: float = 0.0
) -> EvidenceRow:
    """`row` with what a test of a cell of this true value reports.

    A CCD in steps gives the step that failed and the last survived; a life is exact, or known to
    lie before the first look or beyond the end of the test.

    Examples
    --------
    >>> plan = EvidenceRow(id="1", sample="a", test="ccd", process="bare", unit="mA/cm2",
    ...                    value=1.0, step_ma_cm2=0.1)
    >>> seen = observe(plan, 2.47)
    >>> (round(seen.ccd_last_survived_ma_cm2, 3), round(seen.ccd_failed_at_ma_cm2, 3))
    (2.4, 2.5)
    """
    if row.test == "ccd" and row.step_ma_cm2:
        steps = math.floor(value / row.step_ma_cm2)
        survived, failed = steps * row.step_ma_cm2, (steps + 1) * row.step_ma_cm2
        return replace(
            row, value=failed, lower=None, upper=None, censoring="exact",
            ccd_last_survived_ma_cm2=survived, ccd_failed_at_ma_cm2=failed,
        )  # fmt: skip
    if row.test == "life" and value > follow_up_h:
        return replace(row, value=None, lower=follow_up_h, upper=math.inf, censoring="right")
    if row.test == "life" and value < first_look_h:
        return replace(row, value=None, lower=0.0, upper=first_look_h, censoring="left")
    return replace(row, value=value, lower=None, upper=None, censoring="exact")


def _compare(
    row: EvidenceRow,
    planned: Sequence[EvidenceRow],
    ln_values: NDArray[np.float64],
    place: int,
    sample: str,
) -> EvidenceRow:
    wanted = (row.test, sample, row.laboratory, row.current_ma_cm2)
    other = next(
        k for k, one in enumerate(planned)
        if (one.test, one.sample, one.laboratory, one.current_ma_cm2) == wanted
    )  # fmt: skip
    better = ln_values[place] > ln_values[other]
    return replace(
        row, value=None, lower=None, upper=None, censoring="ordinal", kind="ordinal",
        better_than=sample if better else "", reference="" if better else sample,
    )  # fmt: skip
