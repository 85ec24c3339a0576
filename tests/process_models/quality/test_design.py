"""Evidence becomes arrays: bounds, features, laboratories, references."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.quality import EvidenceRow
from process_models.quality.design import (
    build_design,
    evidence_hash,
    regression_rows,
)
from process_models.quality.spans import evidence_spans

RowMaker = Callable[..., EvidenceRow]


def test_the_paper_gives_ten_rows_of_every_censoring(evidence: list[EvidenceRow]) -> None:
    rows = regression_rows(evidence)
    assert len(rows) == 10
    assert {row.censoring for row in rows} == {"exact", "left", "right", "ordinal"}


def test_a_ccd_read_in_steps_is_an_interval_of_a_step_either_side(make_row: RowMaker) -> None:
    design = build_design([make_row(step_ma_cm2=0.1)])
    assert not design.is_exact[0]
    assert np.exp([design.lower[0], design.upper[0]]) == pytest.approx([2.4, 2.6])


def test_a_step_larger_than_the_value_has_no_lower_bound(make_row: RowMaker) -> None:
    assert build_design([make_row(value=0.1, step_ma_cm2=0.1)]).lower[0] == -np.inf


def test_a_ccd_without_steps_is_exact(make_row: RowMaker) -> None:
    design = build_design([make_row()])
    assert design.is_exact[0]
    assert design.value[0] == pytest.approx(np.log(2.5))


@pytest.mark.parametrize(("censoring", "low", "high"), [
    ("left", -np.inf, np.log(10)),
    ("right", np.log(5), np.inf),
    ("interval", np.log(5), np.log(10)),
])
def test_bounds_of_censored_rows(
    make_row: RowMaker, censoring: str, low: float, high: float
) -> None:
    row = make_row(value=None, lower=5.0, upper=10.0, censoring=censoring)
    design = build_design([row])
    assert (design.lower[0], design.upper[0]) == (pytest.approx(low), pytest.approx(high))


def test_missing_pressure_and_thickness_are_the_reference(make_row: RowMaker) -> None:
    cell = build_design([make_row(), make_row(rolling_pressure_mpa=72.0, thickness_um=30.0)]).cell
    assert cell.ln_pressure == pytest.approx([0.0, np.log(2)])
    assert cell.ln_thickness == pytest.approx([0.0, -np.log(2)])


def test_bare_lithium_has_neither_deposit_nor_handling(make_row: RowMaker) -> None:
    cell = build_design([make_row(process="bare", thickness_um=100.0)]).cell
    assert (cell.deposits[0], cell.ln_thickness[0]) == (0.0, 0.0)


def test_drac_has_a_deposit_that_hardly_reacted(make_row: RowMaker) -> None:
    cell = build_design([make_row(process="drac")]).cell
    assert cell.deposits[0] == 1.0
    assert 0 < cell.reacted[0] < 0.2


def test_other_laboratories_get_numbers_of_their_own(make_row: RowMaker) -> None:
    design = build_design([make_row(), make_row(laboratory="B"), make_row(laboratory="A")])
    assert design.laboratories == ("A", "B")
    assert design.laboratory.tolist() == [0, 2, 1]


def test_an_ordinal_row_finds_its_reference(evidence: list[EvidenceRow]) -> None:
    rows = regression_rows(evidence)
    design = build_design(rows)
    cells = [rows[place].id for place in design.anchors]
    assert cells == ["42", "43", "46", "47"]
    found = {rows[i].id: (cells[design.below[i]], cells[design.above[i]])
             for i in np.flatnonzero(design.above >= 0)}
    assert found == {"44": ("42", "43"), "45": ("42", "43"), "50": ("46", "47"),
                     "51": ("46", "47")}


def test_an_ordinal_row_without_its_reference_is_refused(make_row: RowMaker) -> None:
    lonely = make_row(id="9", value=None, lower=1.0, censoring="ordinal", reference="Z")
    with pytest.raises(InputError, match=r"evidence row 9: column reference: .*got 'Z'"):
        build_design([make_row(), lonely])


def test_an_ordinal_row_may_not_lean_on_another(make_row: RowMaker) -> None:
    first = make_row(sample="a", value=None, lower=1.0, censoring="ordinal", reference="b")
    other = make_row(sample="b", value=None, censoring="ordinal", better_than="a")
    with pytest.raises(InputError, match="a value or a bound of its own"):
        build_design([first, other])


def test_no_usable_row_is_refused(make_row: RowMaker) -> None:
    with pytest.raises(InputError, match="at least one row of test ccd or life"):
        build_design([make_row(process="")])


def test_spans_of_the_paper(evidence: list[EvidenceRow]) -> None:
    assert evidence_spans(evidence) == {
        "sublimation_time_s": (0.0, 60.0), "rolling_pressure_mpa": (36.0, 36.0),
        "thickness_um": (60.0, 60.0), "current_ma_cm2": (0.5, 1.0),
        "capacity_mah_cm2": (0.5, 0.5)}


def test_the_hash_changes_with_what_the_regression_sees_only(make_row: RowMaker) -> None:
    base = evidence_hash([make_row()])
    assert evidence_hash([make_row(), make_row(process="")]) == base
    assert evidence_hash([make_row(value=2.4)]) != base
