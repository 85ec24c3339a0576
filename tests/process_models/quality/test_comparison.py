"""Leaving rows out, and three ways to fit side by side."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from process_models.quality import EvidenceRow, comparison
from process_models.quality.comparison import compare, regression_columns
from process_models.quality.design import regression_rows
from process_models.quality.leave_one_out import RowScore, certain_bounds, score_left_out

RowMaker = Callable[..., EvidenceRow]


@pytest.fixture
def plenty(make_row: RowMaker) -> list[EvidenceRow]:
    """40 lives that fall with current, a quarter of them outlived the test; seed 8."""
    rng = np.random.default_rng(8)
    rows = []
    for k in range(40):
        current = float(rng.uniform(0.3, 1.5))
        hours = float(np.exp(5.0 - 2.0 * np.log(current) + 0.3 * rng.standard_normal()))
        known: dict[str, object] = {"value": hours}
        if hours > 400.0:
            known = {"value": None, "lower": 400.0, "censoring": "right"}
        rows.append(make_row(
            id=str(k), sample=f"s{k}", process="bare", sublimation_time_s=None, test="life",
            unit="h", current_ma_cm2=current, capacity_mah_cm2=0.5, **known,
        ))  # fmt: skip
    return rows


def test_certain_bounds_of_the_paper(evidence: list[EvidenceRow]) -> None:
    rows = regression_rows(evidence)
    low, high = (np.exp(bound) for bound in certain_bounds(rows))
    by_id = {row.id: (low[k], high[k]) for k, row in enumerate(rows)}
    assert by_id["43"] == pytest.approx((2.4, 2.6))
    assert by_id["44"] == pytest.approx((1.0, 2.5))
    assert by_id["46"] == pytest.approx((160.0, 160.0))
    assert by_id["50"] == pytest.approx((160.0, np.inf))


def test_a_row_is_foretold_by_the_others_only(make_row: RowMaker) -> None:
    """Two bare cells of 1.0 and one of 30: the odd one surprises those that have not seen it."""
    rows = [
        make_row(id=name, sample=name, process="bare", value=value)
        for name, value in (("a", 1.0), ("b", 1.0), ("c", 30.0))
    ]
    scores = {score.id: score for score in score_left_out(rows, seed=1)}
    assert scores["c"].log_score < scores["a"].log_score - 2.0
    assert scores["c"].crps > 1.5
    assert scores["c"].test == "ccd"


def test_columns_that_do_not_vary_or_repeat_are_left_out(
    evidence: list[EvidenceRow], plenty: list[EvidenceRow]
) -> None:
    assert list(regression_columns(plenty, "life")) == ["ln_current"]
    assert list(regression_columns(regression_rows(evidence), "ccd")) == ["covered", "thick"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    def scores(rows: list[EvidenceRow], seed: int) -> list[RowScore]:
        return [RowScore(row.id, row.sample, row.test, -1.0, 0.5) for row in rows]

    monkeypatch.setattr(comparison, "score_left_out", scores)


@pytest.mark.usefixtures("quick")
def test_with_plenty_of_data_all_methods_have_a_score_and_two_agree(
    plenty: list[EvidenceRow],
) -> None:
    bayes, likelihood, sklearn = compare(plenty)
    assert [one.method for one in (bayes, likelihood, sklearn)] == list(comparison.METHODS)
    assert {one.test for one in (bayes, likelihood, sklearn)} == {"life"}
    assert len(likelihood.rows) == len(sklearn.rows) == 40
    assert likelihood.log_score == pytest.approx(sklearn.log_score, abs=0.05)
    assert likelihood.crps == pytest.approx(sklearn.crps, abs=0.02)
    assert bayes.log_score == -1.0
    assert likelihood.crps is not None
    assert likelihood.crps < 0.3  # of a spread of 0.3 the best possible is 0.17


@pytest.mark.usefixtures("quick")
def test_with_too_few_rows_a_method_says_why(evidence: list[EvidenceRow]) -> None:
    found = {(one.test, one.method): one for one in compare(evidence)}
    assert set(found) == {(t, m) for t in ("ccd", "life") for m in comparison.METHODS}
    for one in found.values():
        assert one.rows or one.remark
        assert all(np.isfinite(row.log_score) and row.crps >= 0 for row in one.rows)
    assert found["ccd", "maximum_likelihood"].rows == ()
    assert "needs more observations" in found["ccd", "maximum_likelihood"].remark
