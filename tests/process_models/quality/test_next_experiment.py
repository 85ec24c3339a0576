"""Which cells to test next."""

from __future__ import annotations

from typing import Any

import pytest

from process_models.errors import InputError
from process_models.quality import QualityModel
from process_models.quality.acceptance import Goal
from process_models.quality.next_experiment import Candidate, next_experiments, summary

FEW = [
    Candidate("ccd", 40.0, 36.0, 60.0),
    Candidate("ccd", 60.0, 60.0, 90.0),
    Candidate("life", 40.0, 36.0, 60.0),
]


def test_the_best_is_first_and_each_is_chosen_once(fitted: QualityModel) -> None:
    found = next_experiments(fitted, Goal(), cells=3, candidates=FEW)
    assert {one.candidate for one in found} == set(FEW)
    alone = {one: next_experiments(fitted, Goal(), cells=1, candidates=[one])[0] for one in FEW}
    best = max(alone.values(), key=lambda one: one.narrowing)
    assert found[0].candidate == best.candidate
    assert found[0].narrowing == pytest.approx(best.narrowing)


def test_an_untried_corner_tells_more_than_what_is_known(fitted: QualityModel) -> None:
    """The evidence is all at 36 MPa and 60 um; pressure and thickness are prior."""
    found = next_experiments(fitted, Goal(), cells=1, candidates=FEW)
    assert found[0].candidate == FEW[1]


def test_a_model_that_knows_everything_learns_nothing(certain: QualityModel) -> None:
    [one] = next_experiments(certain, Goal(), cells=1, candidates=FEW[:1])
    assert one.narrowing == pytest.approx(0.0, abs=1e-9)
    assert one.information_bits == pytest.approx(0.0, abs=1e-9)


def test_information_is_positive_and_results_move_the_window(fitted: QualityModel) -> None:
    [one] = next_experiments(fitted, Goal(), cells=1, candidates=FEW[1:2])
    assert one.information_bits > 0
    low, middle, high = (result.window_share for result in one.results)
    assert low < middle < high
    assert [result.quantile for result in one.results] == [0.1, 0.5, 0.9]


def test_costs_are_honest(fitted: QualityModel) -> None:
    """A life test that runs on is waited for; a CCD test takes 2 h a step of 0.1."""
    found = {
        one.candidate.test: one
        for one in next_experiments(fitted, Goal(), cells=3, candidates=[FEW[0], FEW[2], FEW[1]])
        if one.candidate.thickness_um == 60.0
    }
    assert found["life"].cost_h > 500
    assert found["life"].results[-1].censored
    assert found["life"].results[-1].value == pytest.approx(700.0)
    assert 2 * 15 < found["ccd"].cost_h < 2 * 40


def test_by_the_hour_a_cheap_test_wins(fitted: QualityModel) -> None:
    found = next_experiments(fitted, Goal(), cells=1, candidates=[FEW[2], FEW[0]], by_hour=True)
    assert found[0].candidate.test == "ccd"


def test_the_same_seed_gives_the_same(fitted: QualityModel) -> None:
    one, two = (next_experiments(fitted, Goal(), cells=2, candidates=FEW, seed=3) for _ in "ab")
    assert one == two


def test_the_summary_has_ranks_and_plain_values(fitted: QualityModel) -> None:
    rows = summary(next_experiments(fitted, Goal(), cells=2, candidates=FEW))
    assert [row["rank"] for row in rows] == [1, 2]
    assert set(rows[0]["results"][0]) == {
        "quantile", "value", "censored", "window_share", "uncertainty",
    }  # fmt: skip


def test_a_goal_that_all_draws_meet_everywhere_leaves_nothing_to_narrow(
    fitted: QualityModel,
) -> None:
    [one] = next_experiments(fitted, Goal(0.0, 0.0), cells=1, candidates=FEW[:1])
    assert one.narrowing == 0.0
    assert one.results[0].window_share == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cells": 0}, "cells must be 1 to 3, got 0"),
        ({"cells": 4}, "cells must be 1 to 3, got 4"),
        ({"probability": 0.0}, "probability must lie between 0 and 1, got 0"),
    ],
)
def test_what_makes_no_sense_is_named(
    certain: QualityModel, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        next_experiments(certain, Goal(), candidates=FEW, **options)
