from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from twin.forecasting.interval import Interval, interval_of


def test_the_middle_of_the_draws() -> None:
    assert interval_of(np.arange(101.0), 0.5) == Interval(50.0, 25.0, 75.0, 0.5)


def test_a_skewed_quantity_keeps_its_mean_inside() -> None:
    draws = np.r_[np.ones(96), np.zeros(4)]
    assert interval_of(draws, 0.9) == Interval(0.96, 0.96, 1.0, 0.9)


def test_ends_belong_to_an_interval() -> None:
    interval = Interval(2.0, 1.0, 3.0, 0.9)
    assert [interval.covers(x) for x in (0.99, 1.0, 3.0, 3.01)] == [False, True, True, False]


def test_without_draws_there_is_no_number() -> None:
    assert np.isnan(interval_of(np.array([]), 0.9).mean)


@pytest.mark.parametrize("level", [0.0, 1.0, 1.5, -0.1])
def test_a_level_is_a_probability(level: float) -> None:
    with pytest.raises(InputError, match="level must lie between 0 and 1"):
        interval_of(np.ones(3), level)
