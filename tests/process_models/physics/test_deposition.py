"""Exposure law: how the deposit grows with time, vapour and temperature."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.physics.deposition import deposit_mg_cm2, relative_exposure


def test_nothing_deposits_before_the_lag() -> None:
    assert relative_exposure(np.array([0.0, 2.0, 2.5]), 2.5, 0.75).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("lag", [0.0, 2.5, 5.0])
@pytest.mark.parametrize("exponent", [0.5, 0.75, 1.0])
def test_forty_seconds_is_one_whatever_the_constants(lag: float, exponent: float) -> None:
    assert float(relative_exposure(40.0, lag, exponent)) == pytest.approx(1.0)


def test_without_lag_and_linear_it_is_the_ratio_of_times() -> None:
    assert float(relative_exposure(60.0, 0.0, 1.0)) == pytest.approx(1.5)


def test_constants_of_many_draws_broadcast_over_lots() -> None:
    grown = relative_exposure(np.array([20.0, 40.0]), np.array([[0.0], [5.0]]), 0.5)
    assert grown.shape == (2, 2)


def test_the_deposit_by_hand() -> None:
    assert float(deposit_mg_cm2(22.0, 0.3, 4.0, 0.5, 7.2)) == pytest.approx(2 * 0.3 * 0.5**0.5)


def test_a_kelvin_more_deposits_seven_per_cent_more() -> None:
    cool, warm = (float(deposit_mg_cm2(40.0, 0.25, 2.5, 0.75, 3.6, t)) for t in (177.0, 178.0))
    assert warm / cool == pytest.approx(1.072, abs=0.001)


def test_more_time_never_leaves_less() -> None:
    times = np.linspace(0.0, 500.0, 501)
    for exponent in (0.5, 0.75, 1.0, 3.0):
        assert np.all(np.diff(deposit_mg_cm2(times, 0.25, 2.5, exponent)) >= 0)


def test_a_negative_time_is_refused_where_inputs_come_in() -> None:
    with pytest.raises(InputError, match=r"^exposure_s must not be negative, got -1$"):
        deposit_mg_cm2(-1.0, 0.25, 2.5, 0.75)


@pytest.mark.parametrize("lag", [40.0, 50.0])
def test_a_lag_as_long_as_the_reference_is_refused(lag: float) -> None:
    with pytest.raises(InputError, match=rf"^lag_s must be below 40, got {lag:g}"):
        deposit_mg_cm2(60.0, 0.25, lag, 0.75)
