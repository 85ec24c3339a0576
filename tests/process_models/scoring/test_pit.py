"""PIT by hand, uniform where the forecast is right, and coverage that follows from it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.errors import InputError
from process_models.scoring import (
    Pit,
    brier,
    coverage,
    learn_recalibration,
    normal_scores,
    pit_of,
    reliability,
    reliability_of_quantiles,
)
from process_models.scoring.recalibration import LEVELS, Recalibration


def test_a_value_among_draws_by_hand() -> None:
    assert pit_of([1.0, 2.0, 3.0, 4.0], 3.0) == Pit(0.5, 0.75)
    assert pit_of([1.0, 2.0, 3.0, 4.0], 0.0) == Pit(0.0, 0.125)
    assert pit_of([1.0, 2.0, 3.0, 4.0], 9.0) == Pit(0.875, 1.0)


def test_a_span_counts_by_the_part_inside() -> None:
    """Of a lot that was good with chance 0.97 the span is 0.03 to 1; 0.92 of 0.97 are inside."""
    assert Pit(0.03, 1.0).inside(0.9) == pytest.approx((0.95 - 0.05) / 0.97)
    assert Pit(0.5, 0.5).inside(0.9) == 1.0
    assert Pit(0.99, 0.99).inside(0.9) == 0.0
    assert Pit(0.0, 0.04).inside(0.9) == 0.0


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95])
@pytest.mark.parametrize("chance", [0.02, 0.3, 0.88, 0.97])
def test_a_right_forecast_of_two_values_is_covered_as_often_as_the_level_says(
    chance: float, level: float
) -> None:
    """By expectation, not by chance: the two outcomes by their probabilities."""
    good, bad = Pit(1 - chance, 1.0), Pit(0.0, 1 - chance)
    expected = chance * good.inside(level) + (1 - chance) * bad.inside(level)
    assert expected == pytest.approx(level)


@pytest.mark.parametrize("spread", [0.5, 1.0, 2.0])
def test_coverage_tells_a_forecast_that_is_too_narrow_or_too_wide(spread: float) -> None:
    """2,000 forecasts, seed 3; the forecast's spread over the true one."""
    rng = np.random.default_rng(3)
    seen = rng.standard_normal(2_000)
    pits = [pit_of(spread * rng.standard_normal(80), one) for one in seen]
    held = coverage(pits, 0.9)
    assert held is not None
    assert (held > 0.93) if spread > 1 else (held < 0.75) if spread < 1 else abs(held - 0.9) < 0.02


def test_normal_scores_of_a_right_forecast_are_standard() -> None:
    """Of few-valued quantities too when the point is drawn: 4,000 counts, seed 5."""
    rng = np.random.default_rng(5)
    pits = [pit_of(rng.poisson(3.0, 200), one) for one in rng.poisson(3.0, 4_000)]
    scores = normal_scores(pits, rng)
    assert abs(scores.mean()) < 0.06
    assert abs(scores.std() - 1.0) < 0.05
    assert normal_scores(pits).std() < scores.std()


@given(st.lists(st.integers(-100, 100), min_size=1, max_size=30), st.integers(-100, 100))
def test_a_pit_does_not_mind_a_rising_change_of_unit(draws: list[int], seen: int) -> None:
    stretched = [3.0 * one + 7.0 for one in draws]
    assert pit_of(draws, seen) == pit_of(stretched, 3.0 * seen + 7.0)


@pytest.mark.parametrize(("low", "high"), [(-0.1, 0.5), (0.6, 0.5), (0.5, 1.1)])
def test_a_span_that_is_none_is_refused(low: float, high: float) -> None:
    with pytest.raises(InputError, match="PIT must be"):
        Pit(low, high)


def test_garbage_is_refused() -> None:
    with pytest.raises(InputError, match="at least one"):
        pit_of([], 1.0)
    with pytest.raises(InputError, match="level must lie"):
        coverage([Pit(0, 1)], 1.0)
    assert coverage([], 0.9) is None


def test_a_reliability_diagram_by_hand() -> None:
    found = reliability([0.1, 0.1, 0.9, 0.9], [False, True, True, True], bins=2)
    assert found.foretold == pytest.approx((0.1, 0.9))
    assert found.happened == (0.5, 1.0)
    assert found.counts == (2, 2)
    assert brier([0.1, 0.9], [0, 1]) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("probabilities", "outcomes"), [([], []), ([0.5], [1, 0]), ([1.5], [1]), ([float("nan")], [1])]
)
def test_probabilities_that_are_none_are_refused(
    probabilities: list[float], outcomes: list[int]
) -> None:
    with pytest.raises(InputError):
        reliability(probabilities, outcomes)


def test_the_diagram_of_a_right_forecast_is_the_diagonal() -> None:
    pits = [Pit(i / 100, (i + 1) / 100) for i in range(100)]
    found = reliability_of_quantiles(pits)
    assert found.happened == pytest.approx(found.foretold)
    with pytest.raises(InputError, match="at least one"):
        reliability_of_quantiles([])


def test_recalibration_widens_what_was_too_narrow() -> None:
    """Every observation fell outside the middle half: quantiles are read further out."""
    pits = [Pit(0.0, 0.1), Pit(0.9, 1.0)] * 200
    learned = learn_recalibration(pits, forecasts=400)
    drawn = np.linspace(-1.0, 1.0, 201)
    again = learned.draws(drawn)
    assert np.ptp(np.quantile(again, [0.25, 0.75])) > np.ptp(np.quantile(drawn, [0.25, 0.75]))
    assert np.all(np.diff(again) >= 0)


def test_few_forecasts_teach_little() -> None:
    pits = [Pit(0.95, 1.0)] * 50
    few = learn_recalibration(pits, forecasts=1)
    many = learn_recalibration(pits, forecasts=500)
    away = [max(abs(a - n) for a, n in zip(one.actual, LEVELS, strict=True)) for one in (few, many)]
    assert away[0] < 0.06 < 0.8 < away[1]


def test_draws_keep_their_order() -> None:
    learned = learn_recalibration([Pit(0.4, 0.6)] * 90, forecasts=90)
    drawn = np.random.default_rng(2).standard_normal(50)
    again = learned.draws(drawn)
    np.testing.assert_array_equal(np.argsort(drawn), np.argsort(again))


def test_recalibrations_that_are_none_are_refused() -> None:
    with pytest.raises(InputError, match="to learn from"):
        learn_recalibration([], forecasts=1)
    with pytest.raises(InputError, match="must rise"):
        Recalibration((0.0, 0.5, 1.0), (0.0, 0.6, 0.5), 3)
    with pytest.raises(InputError, match="at least two"):
        Recalibration((0.0,), (0.0,), 3)
