"""What an ordinal row may be compared with, and what a row's own figures bound."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from process_models.errors import InputError
from process_models.quality import EvidenceRow
from process_models.quality.evidence_table import compared_rows, known_bounds

RowMaker = Callable[..., EvidenceRow]


@pytest.fixture
def between(make_row: RowMaker) -> EvidenceRow:
    """A cell between those of samples a and b."""
    return make_row(
        id="9", sample="c", value=None, censoring="ordinal", better_than="a", reference="b"
    )


@pytest.mark.parametrize(("changes", "bounds"), [
    ({}, (2.5, 2.5)),
    ({"step_ma_cm2": 0.5}, (2.0, 3.0)),
    ({"step_ma_cm2": 3.0}, (0.0, 5.5)),
    ({"ccd_failed_at_ma_cm2": 2.5, "ccd_last_survived_ma_cm2": 2.4}, (2.4, 2.5)),
    ({"ccd_failed_at_ma_cm2": 2.5, "step_ma_cm2": 0.5}, (2.0, 3.0)),
    ({"censoring": "left", "upper": 3.0}, (0.0, 3.0)),
    ({"censoring": "right", "lower": 2.0}, (2.0, math.inf)),
    ({"censoring": "interval", "lower": 2.0, "upper": 3.0}, (2.0, 3.0)),
    ({"censoring": "ordinal", "reference": "x", "lower": 1.0}, (1.0, math.inf)),
])  # fmt: skip
def test_bounds_by_hand(
    make_row: RowMaker, changes: dict[str, object], bounds: tuple[float, float]
) -> None:
    assert known_bounds(make_row(**changes)) == pytest.approx(bounds)


def test_a_cell_between_two_others_finds_both(make_row: RowMaker, between: EvidenceRow) -> None:
    rows = [between, make_row(sample="b"), make_row(sample="a", value=1.0)]
    assert compared_rows(between, rows) == (2, 1)


def test_better_than_alone_leaves_the_top_open(make_row: RowMaker) -> None:
    row = make_row(sample="c", value=None, censoring="ordinal", better_than="a")
    assert compared_rows(row, [make_row(sample="a"), row]) == (0, -1)


def test_only_ordinal_rows_are_compared(make_row: RowMaker) -> None:
    assert compared_rows(make_row(), []) == (-1, -1)
    context = make_row(process="", value=None, censoring="ordinal")
    assert compared_rows(context, []) == (-1, -1)


def test_a_row_with_a_bound_of_its_own_comes_before_an_ordinal_one(
    make_row: RowMaker, between: EvidenceRow
) -> None:
    loose = make_row(sample="b", value=None, censoring="ordinal", better_than="a")
    rows = [between, loose, make_row(sample="b"), make_row(sample="a", value=1.0)]
    assert compared_rows(between, rows) == (3, 2)


@pytest.mark.parametrize("change", [
    {"laboratory": "elsewhere"}, {"test": "life", "unit": "h"}, {"current_ma_cm2": 2.0},
    {"process": ""},
])  # fmt: skip
def test_cells_of_another_test_laboratory_or_current_do_not_count(
    make_row: RowMaker, between: EvidenceRow, change: dict[str, object]
) -> None:
    whole = {"current_ma_cm2": 1.0, "capacity_mah_cm2": 1.0} if "test" in change else {}
    rows = [between, make_row(sample="a", value=1.0), make_row(sample="b", **{**whole, **change})]
    with pytest.raises(InputError, match=r"column reference: must name a sample .* got 'b'"):
        compared_rows(between, rows)


def test_no_room_between_the_two_is_refused(make_row: RowMaker, between: EvidenceRow) -> None:
    rows = [between, make_row(sample="a", value=3.0), make_row(sample="b", value=2.0)]
    with pytest.raises(InputError, match=r"must leave room above 3, got 'b' with at most 2"):
        compared_rows(between, rows)
