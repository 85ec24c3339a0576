"""What the evidence spans: beyond it a prediction is an extrapolation, and says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from process_models.materials import REFERENCE_PRESSURE_MPA, REFERENCE_THICKNESS_UM
from process_models.quality.design import regression_rows
from process_models.quality.evidence import EvidenceRow

__all__ = ["evidence_spans", "extrapolated", "longest_life_h"]

_TOLERANCE = 0.02  # relative; inputs this near to the evidence are not called extrapolated
_RECIPE = ("sublimation_time_s", "rolling_pressure_mpa", "thickness_um")


def evidence_spans(evidence: Sequence[EvidenceRow]) -> dict[str, tuple[float, float]]:
    """Smallest and largest value of each input among the cells that the regression learns from.

    Of the recipe those of coated cells, where bare lithium counts as an exposure of 0 s; current
    and capacity are those of the life tests. A pressure or thickness that is not given counts as
    the reference.
    """
    rows = regression_rows(evidence)
    coated = [row for row in rows if row.process != "bare"] or rows
    lives = [row for row in rows if row.test == "life"]
    spans = {
        "sublimation_time_s": _span(row.sublimation_time_s or 0.0 for row in rows),
        "rolling_pressure_mpa": _span(
            row.rolling_pressure_mpa or REFERENCE_PRESSURE_MPA for row in coated
        ),
        "thickness_um": _span(row.thickness_um or REFERENCE_THICKNESS_UM for row in coated),
    }
    if lives:
        spans["current_ma_cm2"] = _span(row.current_ma_cm2 or 0.0 for row in lives)
        spans["capacity_mah_cm2"] = _span(row.capacity_mah_cm2 or 0.0 for row in lives)
    return spans


def longest_life_h(evidence: Sequence[EvidenceRow]) -> float:
    """Longest life seen, h; an upper bound of a left-censored row was not seen."""
    seen = [
        row.value if row.value is not None else row.lower
        for row in regression_rows(evidence)
        if row.test == "life"
    ]
    return max((hours for hours in seen if hours), default=0.0)


def extrapolated(
    spans: Mapping[str, tuple[float, float]],
    processes: Sequence[str],
    process: str,
    inputs: Mapping[str, float],
) -> tuple[str, ...]:
    """Names of the inputs that lie outside `spans`, and `process` when no cell of it was tested.

    Bare lithium has neither exposure nor rolling, so those never count.

    Examples
    --------
    >>> extrapolated({"thickness_um": (60.0, 60.0)}, (), "lacss", {"thickness_um": 40.0})
    ('thickness_um',)
    """
    outside = ["process"] if processes and process not in processes else []
    for name, (low, high) in spans.items():
        if name not in inputs or (process == "bare" and name in _RECIPE):
            continue
        if not low * (1 - _TOLERANCE) <= inputs[name] <= high * (1 + _TOLERANCE):
            outside.append(name)
    return tuple(outside)


def _span(values: Iterable[float]) -> tuple[float, float]:
    listed = list(values)
    return min(listed), max(listed)
