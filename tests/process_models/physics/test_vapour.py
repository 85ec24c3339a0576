"""Vapour pressure, concentration and depletion against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.errors import InputError
from process_models.physics.vapour import (
    depletion_sawtooth,
    depletion_share,
    ideal_gas_g_l,
    temperature_factor,
    temperature_sensitivity_k,
    vapour_pressure_kpa,
)


def test_pressure_at_the_chamber_temperature() -> None:
    assert float(vapour_pressure_kpa(178.0)) == pytest.approx(10 ** (15.50 - 6200 / 451.15))


def test_one_kelvin_is_seven_per_cent() -> None:
    assert float(temperature_factor(179.0)) == pytest.approx(1.072, abs=0.001)


def test_half_a_kelvin_is_three_point_six_per_cent() -> None:
    assert float(temperature_factor(178.5)) == pytest.approx(1.036, abs=0.001)


def test_sensitivity_is_the_slope_of_the_logarithm() -> None:
    near = np.log(vapour_pressure_kpa(np.array([177.99, 178.01])))
    assert float(temperature_sensitivity_k(178.0)) == pytest.approx(
        float(np.diff(near)[0]) / 0.02, rel=1e-6
    )


def test_factor_is_one_at_178_c_and_rises() -> None:
    factor = temperature_factor(np.array([170.0, 178.0, 180.0]))
    assert factor[1] == pytest.approx(1.0)
    assert np.all(np.diff(factor) > 0)


@pytest.mark.parametrize(("dimer", "density"), [(0.0, 3.602), (1.0, 7.204)])
def test_one_atmosphere_of_monomer_or_dimer(dimer: float, density: float) -> None:
    assert float(ideal_gas_g_l(178.0, dimer_share=dimer)) == pytest.approx(density, abs=0.001)


def test_one_mg_cm2_on_100_cm2_takes_three_per_cent_of_a_litre() -> None:
    assert float(depletion_share(1.0, 100.0)) == pytest.approx(0.1 / 3.6)


def test_depletion_stops_at_everything() -> None:
    assert float(depletion_share(1e4, 100.0)) == 1.0
    assert depletion_share(0.1, 100.0, vapour_g_l=np.array([0.0, 3.6])).tolist() == pytest.approx(
        [1.0, 0.01 / 3.6]
    )


def test_the_charge_is_a_sawtooth() -> None:
    left = depletion_sawtooth(0.03, 8, 4)
    assert left[:4] == pytest.approx(0.97 ** np.arange(4))
    assert np.array_equal(left[4:], left[:4])


def test_draws_of_the_share_give_one_sawtooth_each() -> None:
    left = depletion_sawtooth(np.array([0.0, 0.5, 1.0]), 3, 9)
    assert left.tolist() == [[1, 1, 1], [1, 0.5, 0.25], [1, 0, 0]]


@pytest.mark.parametrize("name", ["lots", "lots_per_charge"])
def test_no_lots_are_refused(name: str) -> None:
    counts = {"lots": 3, "lots_per_charge": 3, name: 0}
    with pytest.raises(InputError, match=f"^{name} must be at least 1, got 0"):
        depletion_sawtooth(0.1, **counts)


@given(share=st.floats(0.0, 1.0), lots=st.integers(1, 50), charge=st.integers(1, 20))
def test_a_charge_never_holds_less_than_nothing(share: float, lots: int, charge: int) -> None:
    left = depletion_sawtooth(share, lots, charge)
    assert left.shape == (lots,)
    assert np.all((left >= 0) & (left <= 1))
    assert np.all(left[::charge] == 1)
