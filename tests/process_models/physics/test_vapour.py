"""Vapour pressure and depletion against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.physics.vapour import depletion_share, temperature_factor, vapour_pressure_kpa


def test_pressure_at_the_chamber_temperature() -> None:
    assert float(vapour_pressure_kpa(178.0)) == pytest.approx(10 ** (15.50 - 6200 / 451.15))


def test_one_kelvin_is_seven_per_cent() -> None:
    assert float(temperature_factor(179.0)) == pytest.approx(1.072, abs=0.001)


def test_factor_is_one_at_178_c_and_rises() -> None:
    factor = temperature_factor(np.array([170.0, 178.0, 180.0]))
    assert factor[1] == pytest.approx(1.0)
    assert np.all(np.diff(factor) > 0)


def test_one_mg_cm2_on_100_cm2_takes_three_per_cent_of_a_litre() -> None:
    assert float(depletion_share(1.0, 100.0)) == pytest.approx(0.1 / 3.6)


def test_depletion_stops_at_everything() -> None:
    assert float(depletion_share(1e4, 100.0)) == 1.0
    assert float(depletion_share(0.1, 100.0, vapour_g_l=0.0)) == 1.0
