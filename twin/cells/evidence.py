"""Cell tests as evidence: those that an engineer has called, each with the hash of its file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from process_models.cells import CellTrace, half_cycles
from process_models.quality.evidence import EvidenceRow
from twin.cells.calls import CellTest
from twin.cells.trace_file import kept_trace
from twin.evidence import write_evidence

__all__ = ["FILE", "cell_evidence", "write_cell_evidence"]

FILE = "cell-tests.csv"
_INPUTS = (
    "sublimation_time_s", "chamber_temperature_c", "vapour_g_l", "rolling_pressure_mpa",
    "thickness_um",
)  # fmt: skip
_UNITS = {"ccd": "mA/cm2", "symmetric": "h"}


def cell_evidence(test: CellTest, trace: CellTrace) -> EvidenceRow | None:
    """The row of a cell test; None for a full cell, or where no step was survived nor failed."""
    label = test.label
    if test.test not in _UNITS:
        return None
    halves = half_cycles(trace)
    exact = label.censoring == "exact"
    is_ccd = test.test == "ccd"
    value = label.ccd_failed_at_ma_cm2 if is_ccd else label.life_h
    lower = label.ccd_last_survived_ma_cm2 if is_ccd else label.life_h
    if (value if exact else lower) in (None, 0.0) or not halves:
        return None
    first = halves[0]
    end = min(first.stop, len(trace.test_time_s) - 1)
    lasted_s = float(trace.test_time_s[end] - trace.test_time_s[first.start])
    density = abs(first.current_ma) / test.area_cm2
    call, recipe = test.calls[-1], test.recipe
    inputs: dict[str, Any] = {name: getattr(recipe, name) for name in _INPUTS if recipe}
    return EvidenceRow(
        id=f"cell-{test.sha256[:12]}-{test.test}",
        sample=test.sample,
        test="ccd" if is_ccd else "life",
        process="" if recipe is None else recipe.process,
        **inputs,
        current_ma_cm2=None if is_ccd else density,
        capacity_mah_cm2=None if is_ccd else density * lasted_s / 3600,
        step_ma_cm2=test.step_ma_cm2 if is_ccd else None,
        half_cycle_s=lasted_s or None,
        area_cm2=test.area_cm2,
        value=value if exact else None,
        lower=None if exact else lower,
        ccd_failed_at_ma_cm2=label.ccd_failed_at_ma_cm2,
        ccd_last_survived_ma_cm2=label.ccd_last_survived_ma_cm2,
        cumulative_capacity_mah_cm2=label.cumulative_capacity_mah_cm2,
        unit=_UNITS[test.test],
        censoring="exact" if exact else "right",
        laboratory=test.laboratory,
        source=test.file,
        source_sha256=test.sha256,
        note=f"{call.action} by {call.user}" + (f": {call.reason}" if call.reason else ""),
    )


def write_cell_evidence(home: Path, tests: Sequence[CellTest]) -> list[EvidenceRow]:
    """Write the rows of all called tests anew, where a fit of the quality model finds them."""
    found = [
        cell_evidence(test, kept_trace(home / "cells", test.sha256))
        for test in tests
        if test.state in ("confirmed", "overruled")
    ]
    rows = [row for row in found if row is not None]
    target = home / "evidence" / FILE
    if not rows:
        target.unlink(missing_ok=True)
        return rows
    target.parent.mkdir(exist_ok=True)
    partial = target.with_suffix(".partial")
    write_evidence(partial, rows)
    partial.replace(target)
    return rows
