"""Foil temperature and the interlock against the melting point."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.materials import LITHIUM_MELTING_C
from process_models.physics import (
    ProcessParameters,
    ProcessSettings,
    lot_interlock,
    nominal_inputs,
)
from process_models.physics.interlock import (
    adiabatic_rise_k,
    foil_heat_j_cm2_k,
    foil_interlock,
    foil_temperature_c,
    interlock_margin_k,
)


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
    loading=st.floats(0.0, 10.0), time_s=st.floats(0.0, 1000.0), foil=st.floats(5.0, 500.0),
    share=st.floats(0.0, 1.0), loss=st.floats(1e-4, 1.0),
)  # fmt: skip
def test_a_foil_is_never_warmer_than_without_heat_loss(
    loading: float, time_s: float, foil: float, share: float, loss: float
) -> None:
    seen = foil_interlock(170.0, loading, time_s, foil, share, loss)
    assert float(seen.foil_temperature_c) >= 170.0
    assert float(seen.foil_temperature_c) <= float(seen.adiabatic_temperature_c) * (1 + 1e-12)
    assert bool(seen.could_melt) or not bool(seen.melts)


def test_the_interlock_says_which_lots_melt() -> None:
    recipe = ProcessSettings()
    inputs = replace(
        nominal_inputs(recipe, 3), chamber_temperature_c=np.array([176.0, 178.0, 180.4])
    )
    seen = lot_interlock(recipe, inputs, ProcessParameters())
    assert seen.melts.tolist() == [False, False, True]
    assert np.all(seen.could_melt)
    assert np.array_equal(seen.melts, interlock_margin_k(seen.foil_temperature_c) <= 0)


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
