"""Capacity and resistance of a sheet."""

from __future__ import annotations

import pytest

from process_models.physics.sheet import (
    area_specific_resistance_ohm_cm2,
    areal_capacity_mah_cm2,
    moisture_excess_ppm,
    n_p_ratio,
)


def test_pure_lithium_of_60_um() -> None:
    assert float(areal_capacity_mah_cm2(60.0, 0.0)) == pytest.approx(12.37, abs=0.01)


def test_capacity_is_never_negative() -> None:
    assert float(areal_capacity_mah_cm2(1.0, 5.0)) == 0.0


@pytest.mark.parametrize(
    ("negative", "positive", "ratio"), [(11, 1.78, 6.18), (11, 1.07, 10.28), (20, 1.07, 18.69)]
)
def test_n_p_ratios_of_the_paper(negative: float, positive: float, ratio: float) -> None:
    assert float(n_p_ratio(negative, positive)) == pytest.approx(ratio, abs=0.005)


def test_a_dry_glovebox_has_no_excess() -> None:
    assert float(moisture_excess_ppm(0.1, 0.05)) == 0.0
    assert float(moisture_excess_ppm(1.1, 0.3)) == pytest.approx(1.1)


def test_resistance_adds_pellet_interfaces_layers_and_unreacted_deposit() -> None:
    total = area_specific_resistance_ohm_cm2(0.3, 0.1, 0.5, 6.0, 5.0, 60.0)
    pellet = 0.106 / 7.9e-3
    assert float(total) == pytest.approx(pellet + 2 * (9.0 + 1.5) + 6.0)
