"""Butler-Volmer both ways, and the exchange current back from a noisy sweep."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.errors import InputError
from process_models.physics.kinetics import (
    butler_volmer_ma_cm2,
    charge_transfer_ohm_cm2,
    exchange_current_ma_cm2,
    linear_sweep,
    tafel_overpotential_v,
    thermal_voltage_v,
)


def test_thermal_voltage_at_25_c() -> None:
    assert float(thermal_voltage_v(25.0)) == pytest.approx(8.314462618 * 298.15 / 96485.33212)


def test_far_out_it_is_the_tafel_line() -> None:
    """ln i = ln i0 + F eta/2RT: a decade takes 2 ln 10 thermal voltages, 118 mV."""
    low, high = butler_volmer_ma_cm2(np.array([0.3, 0.3 + 0.1183]), 1.11)
    assert float(np.log10(high / low)) == pytest.approx(1.0, abs=1e-3)


def test_near_zero_it_is_a_resistance() -> None:
    current = float(butler_volmer_ma_cm2(1e-5, 0.69))
    assert 1e-5 / current * 1000 == pytest.approx(float(charge_transfer_ohm_cm2(0.69)), rel=1e-6)


@given(current=st.floats(-50.0, 50.0), exchange=st.floats(0.01, 10.0), t=st.floats(-20.0, 100.0))
def test_overpotential_and_current_invert_each_other(
    current: float, exchange: float, t: float
) -> None:
    eta = tafel_overpotential_v(current, exchange, t)
    assert float(butler_volmer_ma_cm2(eta, exchange, t)) == pytest.approx(
        current, rel=1e-9, abs=1e-9
    )


def test_plating_and_stripping_are_alike() -> None:
    assert float(butler_volmer_ma_cm2(-0.03, 1.0)) == pytest.approx(
        -float(butler_volmer_ma_cm2(0.03, 1.0))
    )


@pytest.mark.parametrize("exchange", [1.11, 0.69])
def test_a_clean_sweep_gives_the_exchange_current_back(exchange: float) -> None:
    swept = linear_sweep(exchange, np.random.default_rng(0), noise_ma_cm2=0.0)
    found = exchange_current_ma_cm2(swept.overpotential_v, swept.current_ma_cm2)
    assert found == pytest.approx(exchange, rel=1e-12)


def test_noise_moves_it_by_its_standard_error() -> None:
    """Seeds 0 to 199: the mean of i0 within four standard errors of 1.11, each within 6 sigma."""
    found = []
    for seed in range(200):
        swept = linear_sweep(1.11, np.random.default_rng(seed), noise_ma_cm2=0.05)
        found.append(exchange_current_ma_cm2(swept.overpotential_v, swept.current_ma_cm2))
    shape = butler_volmer_ma_cm2(swept.overpotential_v, 1.0)
    error = 0.05 / float(np.sqrt(np.sum(shape**2)))
    assert float(np.mean(found)) == pytest.approx(1.11, abs=4 * error / np.sqrt(200))
    assert np.max(np.abs(np.array(found) - 1.11)) < 6 * error


def test_the_ratio_of_the_paper() -> None:
    assert float(charge_transfer_ohm_cm2(0.69) / charge_transfer_ohm_cm2(1.11)) == pytest.approx(
        1.61, abs=0.005
    )


def test_a_sweep_is_marked_and_one_millivolt_a_second() -> None:
    swept = linear_sweep(1.0, np.random.default_rng(0))
    assert swept.provenance == "simulated"
    assert swept.time_s.size == 201
    assert np.diff(swept.overpotential_v) == pytest.approx(1e-3)
    with pytest.raises(TypeError):
        type(swept)(swept.time_s, swept.overpotential_v, swept.current_ma_cm2, provenance="x")  # type: ignore[call-arg]


def test_what_no_sweep_can_be_is_refused() -> None:
    with pytest.raises(InputError, match=r"^rate_v_s must leave at least 3 points"):
        linear_sweep(1.0, np.random.default_rng(0), rate_v_s=1.0)
    with pytest.raises(InputError, match=r"^current_ma_cm2 must have one value a point"):
        exchange_current_ma_cm2(np.zeros(3), np.zeros(2))
    with pytest.raises(InputError, match=r"^overpotential_v must leave 0"):
        exchange_current_ma_cm2(np.zeros(3), np.zeros(3))
