"""Lithium's flow against the integrated hardening law and figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from process_models.physics.flow import (
    flow_stress_mpa,
    mean_strength_mpa,
    rate_factor,
    strength_mpa,
    temperature_softening,
)


def hardening(_: float, s: np.ndarray) -> np.ndarray:
    return np.asarray(40.0 * (1 - s / 8.0) ** 1.8)


@pytest.fixture(scope="module")
def solved() -> object:
    return solve_ivp(hardening, (0, 3.0), [2.0], rtol=1e-11, atol=1e-11, dense_output=True).sol


@pytest.mark.parametrize("strain", [0.05, 0.5, 1.0, 3.0])
def test_strength_solves_the_hardening_law(solved: object, strain: float) -> None:
    assert float(strength_mpa(strain)) == pytest.approx(float(solved(strain)[0]), rel=1e-7)  # type: ignore[operator]


@pytest.mark.parametrize("strain", [0.1, 0.6, 2.0])
def test_mean_strength_is_the_mean(solved: object, strain: float) -> None:
    mean = quad(lambda e: solved(e)[0], 0, strain)[0] / strain  # type: ignore[operator]
    assert float(mean_strength_mpa(np.array(strain))) == pytest.approx(mean, rel=1e-6)


def test_strength_starts_at_two_and_ends_below_eight() -> None:
    assert float(strength_mpa(0.0)) == pytest.approx(2.0)
    assert 7.9 < float(strength_mpa(100.0)) < 8.0


def test_at_the_reference_rate_stress_is_strength() -> None:
    assert float(flow_stress_mpa(0.3, 0.05)) == pytest.approx(float(strength_mpa(0.3)))


def test_ten_times_the_rate_is_half_as_much_again() -> None:
    assert float(rate_factor(np.array(0.5))) == pytest.approx(10**0.18)
    assert float(flow_stress_mpa(0.3, 0.0)) == 0.0


def test_warm_rolls_soften_lithium() -> None:
    assert float(temperature_softening(25.0)) == pytest.approx(1.0)
    assert float(temperature_softening(35.0)) == pytest.approx(0.916, abs=0.005)
