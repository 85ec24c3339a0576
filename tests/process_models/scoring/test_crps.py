"""CRPS by hand, by its integral, and what it refuses."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.errors import InputError
from process_models.scoring import crps_of_draws, crps_of_quantiles, pinball

LEVELS = tuple((2 * i + 1) / 80 for i in range(40))
values = st.floats(-1e3, 1e3, allow_nan=False)


def test_a_single_draw_is_judged_by_its_distance() -> None:
    assert crps_of_draws([4.0], 1.5) == 2.5
    assert crps_of_quantiles([4.0], [0.5], 1.5) == 2.5


def test_two_draws_by_hand() -> None:
    """Draws 0 and 4, observed 1: mean distance (1 + 3) / 2 = 2, half the mean spread 1."""
    assert crps_of_draws([0.0, 4.0], 1.0) == pytest.approx(1.0)


def test_the_normal_distribution_has_its_closed_form() -> None:
    """sigma (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)) at z = 0; 20,000 draws, seed 1."""
    drawn = np.random.default_rng(1).standard_normal(20_000)
    closed = 2 / math.sqrt(2 * math.pi) - 1 / math.sqrt(math.pi)
    assert crps_of_draws(drawn, 0.0) == pytest.approx(closed, abs=0.01)


@given(st.lists(values, min_size=1, max_size=12), values)
def test_it_is_the_integral_of_the_squared_distance(draws: list[float], observed: float) -> None:
    """Between two neighbours of draws and observation both steps are constant."""
    edges = np.sort(np.array([*draws, observed]))
    total = 0.0
    for low, high in pairwise(edges):
        middle = (low + high) / 2
        below = np.mean(np.array(draws) <= middle)
        total += (high - low) * (below - (observed <= middle)) ** 2
    assert crps_of_draws(draws, observed) == pytest.approx(total, abs=1e-6)


@given(st.lists(values, min_size=2, max_size=20), values)
def test_quantiles_at_even_levels_score_as_draws(draws: list[float], observed: float) -> None:
    ordered = sorted(draws)
    levels = [(2 * i + 1) / (2 * len(draws)) for i in range(len(draws))]
    assert crps_of_quantiles(ordered, levels, observed) == pytest.approx(
        crps_of_draws(draws, observed), abs=1e-6
    )


@given(st.lists(values, min_size=1, max_size=12), values, values, st.floats(0.01, 100))
def test_shifts_change_nothing_and_scales_scale(
    draws: list[float], observed: float, shift: float, scale: float
) -> None:
    found = crps_of_draws(draws, observed)
    moved = np.array(draws) + shift
    assert crps_of_draws(moved, observed + shift) == pytest.approx(found, abs=1e-6)
    scaled = crps_of_draws(scale * np.array(draws), scale * observed)
    assert scaled == pytest.approx(scale * found, rel=1e-6, abs=1e-6)


def test_a_sharper_forecast_of_the_truth_is_better() -> None:
    sharp, blunt = np.linspace(-1, 1, 41), np.linspace(-5, 5, 41)
    assert crps_of_draws(sharp, 0.0) < crps_of_draws(blunt, 0.0)


def test_pinball_leans_to_its_level() -> None:
    assert pinball([0.0, 0.0], [0.1, 0.9], 1.0).tolist() == pytest.approx([0.1, 0.9])


@pytest.mark.parametrize("draws", [[], [np.nan], [np.inf, 1.0]])
def test_draws_that_are_none_are_refused(draws: list[float]) -> None:
    with pytest.raises(InputError, match="draws must be finite and at least one"):
        crps_of_draws(draws, 0.0)


@pytest.mark.parametrize(
    ("quantiles", "levels", "message"),
    [
        ([1.0, 2.0], [0.5], "as many"), ([], [], "as many"),
        ([1.0], [0.0], "between 0 and 1"), ([1.0], [1.0], "between 0 and 1"),
    ],
)  # fmt: skip
def test_levels_that_are_none_are_refused(
    quantiles: list[float], levels: list[float], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        crps_of_quantiles(quantiles, levels, 0.0)
