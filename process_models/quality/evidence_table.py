"""The rules between the rows of an evidence table: what an ordinal row may be compared with."""

from __future__ import annotations

import math
from collections.abc import Sequence

from process_models.errors import InputError
from process_models.quality.evidence import EvidenceRow

__all__ = ["compared_rows", "known_bounds"]


def compared_rows(row: EvidenceRow, rows: Sequence[EvidenceRow]) -> tuple[int, int]:
    """Places in `rows` of the cells that an ordinal row is better than, and not better than.

    A cell of the named sample in the same test, by the same laboratory and at the same current;
    the first when there are several. -1 where the row names none, and for rows that are not
    ordinal.

    Raises
    ------
    InputError
        When a named sample has no such row, only ordinal ones, or the two leave no room.
    """
    if row.censoring != "ordinal" or not row.in_regression:
        return -1, -1
    below = _find("better_than", row, rows)
    above = _find("reference", row, rows)
    floor = max(row.lower or 0.0, known_bounds(rows[below])[0] if below >= 0 else 0.0)
    ceiling = min(
        math.inf if row.upper is None else row.upper,
        known_bounds(rows[above])[1] if above >= 0 else math.inf,
    )
    if floor >= ceiling:
        raise InputError(
            f"column reference: must leave room above {floor:g}, got {row.reference!r}"
            f" with at most {ceiling:g}"
        )
    return below, above


def known_bounds(row: EvidenceRow) -> tuple[float, float]:
    """Between which values a row's own cell certainly lies, in its own unit.

    A CCD read in steps lies between the highest step survived and the one that failed. Where only
    one figure is given, nobody knows which of the two it is, so 2.5 in steps of 0.1 says between
    2.4 and 2.6.

    Examples
    --------
    >>> known_bounds(EvidenceRow(id="1", sample="a", test="ccd", process="bare", unit="mA/cm2",
    ...                          value=2.5, step_ma_cm2=0.5))
    (2.0, 3.0)
    """
    low, high = row.lower or 0.0, math.inf if row.upper is None else row.upper
    if row.test == "ccd":
        survived, failed = row.ccd_last_survived_ma_cm2, row.ccd_failed_at_ma_cm2
        if row.censoring != "left" and survived is not None and failed is not None:
            return survived, failed
        if row.censoring == "exact" and row.value is not None and row.step_ma_cm2:
            return max(row.value - row.step_ma_cm2, 0.0), row.value + row.step_ma_cm2
    match row.censoring:
        case "exact":
            value = math.nan if row.value is None else row.value
            return value, value
        case "left":
            return 0.0, high
        case "right":
            return low, math.inf
        case _:
            return low, high


def _find(column: str, row: EvidenceRow, rows: Sequence[EvidenceRow]) -> int:
    sample = getattr(row, column)
    if not sample:
        return -1
    wanted = (row.test, sample, row.laboratory, row.current_ma_cm2)
    alike = [
        index for index, other in enumerate(rows)
        if other.in_regression
        and (other.test, other.sample, other.laboratory, other.current_ma_cm2) == wanted
    ]  # fmt: skip
    own = [index for index in alike if rows[index].censoring != "ordinal"]
    if own:
        return own[0]
    if alike:
        raise InputError(
            f"column {column}: must name a sample with a value or a bound of its own,"
            f" got {sample!r}"
        )
    raise InputError(
        f"column {column}: must name a sample with a {row.test} row of the same laboratory and"
        f" current, got {sample!r}"
    )
