"""Foil temperature and the interlock against the melting point."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from process_models.materials import LITHIUM_MELTING_C
from process_models.physics import (
    ProcessParameters,
    ProcessSettings,
    lot_interlock,
    nominal_inputs,
)
from process_models.physics.foil_heat import (
    adiabatic_rise_k,
    foil_heat_j_cm2_k,
    foil_temperature_c,
    interlock_margin_k,
    peak_foil_temperature_c,
)
from process_models.physics.interlock import foil_interlock


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


@given(
    loading=st.floats(0.0, 10.0),
    time_s=st.floats(0.0, 1000.0),
    foil=st.floats(5.0, 500.0),
    share=st.floats(0.0, 1.0),
    loss=st.floats(1e-4, 1.0),
    lag=st.floats(0.0, 50.0),
    exponent=st.floats(0.3, 2.0),
)
def test_a_foil_is_never_warmer_than_without_heat_loss(
    loading: float, time_s: float, foil: float, share: float, loss: float, lag: float,
    exponent: float,
) -> None:  # fmt: skip
    seen = foil_interlock(170.0, loading, time_s, foil, share, loss, lag, exponent)
    end, peak = float(seen.foil_temperature_c), float(seen.peak_temperature_c)
    assert 170.0 <= end <= peak
    assert peak <= float(seen.adiabatic_temperature_c) * (1 + 1e-12)
    assert bool(seen.could_melt) or not bool(seen.melts)


def test_the_peak_against_the_integrated_heat_balance() -> None:
    """dT/dt = heat of the deposit coming / heat capacity - (T - T0)/time constant."""
    capacity = float(foil_heat_j_cm2_k(100.0))

    def balance(time_s: float, rise: np.ndarray) -> np.ndarray:
        coming = 0.75 * (time_s - 2.5) ** -0.25 / 37.5**0.75
        return np.asarray(0.2 * 3.9 * 0.25 * coming / capacity - rise * 0.01 / capacity)

    start = 2.5 + 1e-9
    solved = solve_ivp(balance, (start, 40.0), [0.0], rtol=1e-9, atol=1e-12, max_step=0.05)
    peak = float(peak_foil_temperature_c(178.0, 0.25, 40.0, 100.0, 0.2, 0.01, 2.5, 0.75))
    assert peak - 178.0 == pytest.approx(float(np.max(solved.y)), rel=0.01)


def test_a_deposit_that_comes_at_the_start_is_warmest_then() -> None:
    even, early = (
        float(peak_foil_temperature_c(178.0, 0.25, 40.0, 100.0, 0.2, 0.01, 0.0, n))
        for n in (1.0, 0.5)
    )
    assert even == pytest.approx(float(foil_temperature_c(178.0, 0.25, 40.0, 100.0, 0.2, 0.01)))
    assert early > even + 0.3


def test_before_the_lag_nothing_warms() -> None:
    assert float(peak_foil_temperature_c(178.0, 0.0, 2.0, 100.0, 0.2, 0.01, 2.5, 0.75)) == 178.0


def test_the_interlock_says_which_lots_melt() -> None:
    recipe = ProcessSettings()
    inputs = replace(
        nominal_inputs(recipe, 3), chamber_temperature_c=np.array([176.0, 178.0, 180.4])
    )
    seen = lot_interlock(recipe, inputs, ProcessParameters())
    assert seen.melts.tolist() == [False, False, True]
    assert np.all(seen.could_melt)
    assert np.array_equal(seen.melts, interlock_margin_k(seen.peak_temperature_c) <= 0)


def test_bare_lithium_is_as_warm_as_its_chamber() -> None:
    recipe = ProcessSettings(process="bare")
    seen = lot_interlock(recipe, nominal_inputs(recipe), ProcessParameters())
    assert seen.foil_temperature_c.tolist() == seen.adiabatic_temperature_c.tolist() == [178.0]


def test_at_the_melting_point_it_melts() -> None:
    seen = foil_interlock(LITHIUM_MELTING_C, 0.0, 40.0, 100.0, 0.2, 0.01)
    assert bool(seen.melts)


def test_a_share_above_everything_is_cut_in_lots() -> None:
    recipe = ProcessSettings()
    whole, more = (
        lot_interlock(recipe, nominal_inputs(recipe), ProcessParameters(in_chamber_share=s))
        for s in (1.0, 1.7)
    )
    assert whole.foil_temperature_c.tolist() == more.foil_temperature_c.tolist()
