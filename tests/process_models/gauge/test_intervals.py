"""Modified large sample limits: exact where they can be, and their level where not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import chi2, f

from process_models.gauge.intervals import Interval, MeanSquares, mls_interval, mls_ratio

SQUARES = MeanSquares(np.array([9.0, 4.0, 1.0]), np.array([9.0, 18.0, 60.0]))


def test_one_mean_square_has_the_exact_limits() -> None:
    found = mls_interval(np.array([0.0, 2.0, 0.0]), SQUARES, 0.9)
    assert found.low == pytest.approx(2 * 4 * 18 / chi2.ppf(0.95, 18))
    assert found.high == pytest.approx(2 * 4 * 18 / chi2.ppf(0.05, 18))


def test_ratio_of_two_mean_squares_is_close_to_the_exact_one() -> None:
    """By construction the difference limits turn at the F limits of a ratio."""
    found = mls_ratio(np.array([1.0, 0, 0]), np.array([0, 0, 1.0]), SQUARES, 0.95)
    assert found.low == pytest.approx(9 / f.ppf(0.975, 9, 60), rel=1e-6)
    assert found.high == pytest.approx(9 / f.ppf(0.025, 9, 60), rel=1e-6)


def test_limits_of_the_negative_are_the_negative_limits() -> None:
    weights = np.array([1.0, -1.0, 0.5])
    one, other = mls_interval(weights, SQUARES, 0.95), mls_interval(-weights, SQUARES, 0.95)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))


def test_limits_scale_and_widen_with_confidence() -> None:
    weights = np.array([1.0, -1.0, 0.0])
    one, ten = mls_interval(weights, SQUARES, 0.9), mls_interval(10 * weights, SQUARES, 0.9)
    assert (ten.low, ten.high) == pytest.approx((10 * one.low, 10 * one.high))
    wide = mls_interval(weights, SQUARES, 0.99)
    assert wide.low < one.low < 5 < one.high < wide.high


def test_a_ratio_that_may_be_zero_or_endless() -> None:
    tiny = MeanSquares(np.array([1.0, 4.0]), np.array([2.0, 3.0]))
    assert mls_ratio(np.array([1.0, -1.0]), np.array([0.0, 1.0]), tiny, 0.95).low == 0
    endless = mls_ratio(np.array([0.0, 1.0]), np.array([1.0, -0.2]), tiny, 0.95)
    assert math.isinf(endless.high)
    assert endless.to_dict()["high"] is None


def test_interval_maps_through_a_rising_function() -> None:
    assert Interval(4.0, 9.0).mapped(math.sqrt) == Interval(2.0, 3.0)


@pytest.mark.parametrize("weights", [(1.0, -1.0, 0.0), (0.1, 0.3, 0.6), (1.0, 1.0, -2.0)])
def test_coverage(weights: tuple[float, ...]) -> None:
    """Seed 8, 3000 draws: 95 % limits hold the truth 94 to 98.5 % of the time."""
    rng, df = np.random.default_rng(8), np.array([9.0, 18.0, 60.0])
    truth = np.array([9.0, 4.0, 1.0])
    held = 0
    for draw in rng.chisquare(df, (3000, 3)):
        found = mls_interval(np.array(weights), MeanSquares(truth * draw / df, df), 0.95)
        held += found.low <= truth @ weights <= found.high
    assert 0.94 <= held / 3000 <= 0.985
