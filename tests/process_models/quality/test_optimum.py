"""The best exposure is where the constants put it, or nowhere inside."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.quality.optimum import best_times, optimum, prior_optimum
from process_models.quality.prior_share import prior_constants
from process_models.quality.response import NO_LOSS


def constants(**changes: float) -> dict[str, np.ndarray]:
    middle = {name: np.median(value) for name, value in prior_constants().items()}
    return {name: np.full(3, value) for name, value in {**middle, **changes}.items()}


def test_coverage_against_transport_by_hand() -> None:
    """With X = t/40 and loss B X: A/Xc exp(-X/Xc) = B, so X = Xc ln(A/(B Xc))."""
    plain = constants(
        lag_s=0.0, exposure_exponent=1.0, resistance_power=1.0, coverage_gain=1.0,
        coverage_scale=0.5, resistance_loss=0.4,
    )  # fmt: skip
    expected = 40.0 * 0.5 * np.log(1.0 / (0.4 * 0.5))
    assert best_times(plain) == pytest.approx(np.full(3, expected), abs=0.25)


def test_without_a_loss_there_is_no_optimum_inside() -> None:
    summary = optimum(constants(resistance_loss=0.0))
    assert summary.p_interior == 0.0
    assert summary.median_s == 90.0


def test_without_a_gain_no_exposure_is_best() -> None:
    assert optimum(constants(coverage_gain=0.0)).median_s == 0.0


def test_the_prior_leaves_room_for_no_optimum() -> None:
    """8,000 draws of the prior; the gate is smooth, so that a few percent blur its edge."""
    before = prior_optimum()
    assert 1.0 - NO_LOSS - 0.05 < before.p_interior < 1.0 - 0.5 * NO_LOSS
    assert 0.25 < before.p_between_30_and_50_s < 0.4
    assert before.low_s < before.median_s < before.high_s


def test_a_share_of_the_draws_is_a_probability() -> None:
    some = {name: values.copy() for name, values in constants().items()}
    some["resistance_loss"] = np.array([0.3, 0.3, 0.0])
    assert optimum(some).p_interior == pytest.approx(2 / 3)
