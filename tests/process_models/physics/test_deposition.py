"""Exposure law and foil temperature."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.physics.deposition import relative_exposure
from process_models.physics.interlock import (
    adiabatic_rise_k,
    foil_heat_j_cm2_k,
    foil_temperature_c,
    interlock_margin_k,
)


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


def test_a_hundred_micrometres_of_foil_hold_0_0191_j_cm2_k() -> None:
    assert float(foil_heat_j_cm2_k(100.0)) == pytest.approx(0.0191, abs=1e-4)


def test_twelve_micrograms_take_the_foil_through_its_margin() -> None:
    assert float(adiabatic_rise_k(0.012, 100.0)) == pytest.approx(2.45, abs=0.01)


def test_foil_warms_by_power_over_loss_when_exposure_is_long() -> None:
    warm = foil_temperature_c(178.0, 0.25, 400.0, 100.0, 0.2, 0.01)
    assert float(warm) == pytest.approx(178.0 + 3.9 * 0.2 * 0.25 / 400.0 / 0.01)


def test_a_short_exposure_is_nearly_adiabatic() -> None:
    warm = foil_temperature_c(178.0, 0.01, 1e-3, 100.0, 1.0, 0.01)
    assert float(warm) - 178.0 == pytest.approx(float(adiabatic_rise_k(0.01, 100.0)), rel=1e-3)


def test_no_exposure_no_rise() -> None:
    assert float(foil_temperature_c(178.0, 0.0, 0.0, 100.0, 0.2, 0.01)) == 178.0


def test_margin_is_negative_beyond_melting() -> None:
    assert float(interlock_margin_k(181.5)) == pytest.approx(-1.0)
