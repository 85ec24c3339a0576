"""Statements of the evidence as they are drawn: each with its censoring, none as what it is not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from process_models.quality import EvidenceRow
from process_models.quality.bands import Outcome
from process_models.quality.evidence_table import compared_rows, known_bounds
from process_models.quality.setting import CellSetting
from twin.evidence_origin import Statement
from twin.reporting.wording import number as printed
from twin.reporting.wording import unit_name

__all__ = ["EvidencePoint", "evidence_points", "other_protocols"]

_INPUTS = ("sublimation_time_s", "rolling_pressure_mpa", "thickness_um")
_TEST: dict[Outcome, str] = {"ccd_ma_cm2": "ccd", "life_h": "life", "survival": "life"}
_ALIKE = 0.01


@dataclass(frozen=True, slots=True)
class EvidencePoint:
    """A statement of the evidence as it is drawn: `x`, the value and what kind of value it is.

    `low` and `high` bound an interval or an order; `value` is where the mark stands. `words` are
    written beside the mark, in as many lines as they have, `text` under the pointer.
    `shape` is the place of the laboratory in all of the evidence, so that it has the same one in
    every figure.
    """

    x: float
    value: float
    censoring: str
    text: str
    low: float | None = None
    high: float | None = None
    laboratory: str = ""
    origin: str = ""
    words: str = ""
    shape: int = 0


def evidence_points(
    evidence: Sequence[Statement],
    along: str,
    setting: CellSetting,
    outcome: Outcome = "ccd_ma_cm2",
    *,
    hours: float = 400.0,
) -> list[EvidencePoint]:
    """Statements that say where they stand along one input.

    Bare lithium stands at zero exposure beside the process `lacss`. A row that does not give the
    input is left out: nothing is drawn where nobody measured; so is a life under another protocol.
    Of a survival, a mark at 1 says "lived longer", at 0 "did not"; what leaves it open is left out.
    """
    rows = [one.row for one in evidence]
    laboratories = list(dict.fromkeys(row.laboratory for row in rows))
    points = []
    for one in evidence:
        x = _place(one.row, along, setting.process)
        if one.row.test != _TEST[outcome] or x is None or not _same_protocol(one.row, setting):
            continue
        point = _point(one, x, rows)
        if outcome == "survival":
            point = _outlived(point, one.row, hours) if point is not None else None
        if point is not None:
            points.append(replace(point, shape=laboratories.index(one.row.laboratory)))
    return points


def other_protocols(evidence: Sequence[Statement], setting: CellSetting) -> int:
    """How many life tests ran under another current or capacity than asked."""
    return sum(one.row.test == "life" and not _same_protocol(one.row, setting) for one in evidence)


def _place(row: EvidenceRow, along: str, process: str) -> float | None:
    if row.process == "bare" and process == "lacss" and along == _INPUTS[0]:
        return 0.0
    found: float | None = getattr(row, along)
    return found if row.process == process else None


def _same_protocol(row: EvidenceRow, setting: CellSetting) -> bool:
    if row.test != "life":
        return True
    pairs = (
        (row.current_ma_cm2, setting.current_ma_cm2),
        (row.capacity_mah_cm2, setting.capacity_mah_cm2),
    )
    return all(
        given is not None and math.isclose(given, asked, rel_tol=_ALIKE) for given, asked in pairs
    )


def _point(one: Statement, x: float, rows: Sequence[EvidenceRow]) -> EvidencePoint | None:
    row = one.row
    value, low, high = row.value, row.lower, row.upper
    words = ""
    if row.censoring == "ordinal":
        low, high, words = _order(row, rows)
    bounded = row.censoring in ("ordinal", "interval")
    if row.censoring in ("right", "left"):
        value = low if row.censoring == "right" else high
    if bounded:
        value = None if low is None or high is None else (low + high) / 2
    if value is None:
        return None
    return EvidencePoint(
        x, value, row.censoring, _text(one, low, high), low if bounded else None,
        high if bounded else None, row.laboratory, one.origin, words,
    )  # fmt: skip


def _order(row: EvidenceRow, rows: Sequence[EvidenceRow]) -> tuple[float | None, float | None, str]:
    """Between what an order is drawn, and the comparison in words."""
    below, above = compared_rows(row, rows)
    low, high = row.lower, row.upper
    if low is None and below >= 0:
        low = known_bounds(rows[below])[0]
    if above >= 0:
        least, most = known_bounds(rows[above])
        top = rows[above].value or (most if math.isfinite(most) else least)
        high = top if high is None else min(high, top)
    said = [f"above {row.better_than}"] if row.better_than else []
    said += [f"not above {row.reference}"] if row.reference else []
    return low, high, ",\n".join(said)


def _outlived(point: EvidencePoint, row: EvidenceRow, hours: float) -> EvidencePoint | None:
    least = row.value if row.censoring == "exact" else row.lower
    most = row.value if row.censoring == "exact" else row.upper
    if least is not None and least >= hours:
        lived = 1.0
    elif most is not None and most < hours and row.censoring != "right":
        lived = 0.0
    else:
        return None
    return EvidencePoint(
        point.x, lived, "exact", point.text, laboratory=point.laboratory, origin=point.origin
    )


def _text(one: Statement, low: float | None, high: float | None) -> str:
    row = one.row
    unit = unit_name(row.unit)
    said = {
        "exact": f"{_number(row.value)} {unit}",
        "right": f"at least {_number(low)} {unit}",
        "left": f"at most {_number(high)} {unit}",
        "interval": f"between {_number(low)} and {_number(high)} {unit}",
    }.get(
        row.censoring,
        f"between {row.better_than or _number(low)} and {row.reference or _number(high)},"
        " nothing closer said",
    )
    source = f", {row.where}" if row.where else f", {row.source}" if row.source else ""
    return f"{row.sample}: {said} ({row.laboratory}, {one.origin}{source})"


def _number(value: float | None) -> str:
    return printed(value, 3)
