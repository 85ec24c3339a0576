"""Force against thickness at the anchors, and the gaugemeter equation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from process_models.physics.flow import mean_strength_mpa, temperature_softening
from process_models.physics.mill import exit_thickness_um
from process_models.physics.rolling import (
    line_force_n_mm,
    mean_pressure_mpa,
    thickness_under_force_um,
)


def test_the_reference_pass() -> None:
    assert float(line_force_n_mm(100.0, 60.0)) == pytest.approx(51, abs=0.5)
    assert float(mean_pressure_mpa(100.0, 60.0)) == pytest.approx(36, abs=0.5)


@pytest.mark.parametrize(("force", "thickness"), [(5, 93), (10, 87), (20, 78), (40, 65), (80, 50)])
def test_thickness_under_a_given_force(force: float, thickness: float) -> None:
    assert float(thickness_under_force_um(100.0, force)) == pytest.approx(thickness, abs=0.5)


def test_mean_strength_agrees_with_the_integrated_hardening_law() -> None:
    def slope(_: float, s: np.ndarray) -> np.ndarray:
        return 40.0 * (1 - s / 8.0) ** 1.8

    solved = solve_ivp(slope, (0, 0.6), [2.0], rtol=1e-10, atol=1e-10, dense_output=True)
    mean = quad(lambda e: solved.sol(e)[0], 0, 0.6)[0] / 0.6
    assert float(mean_strength_mpa(np.array(0.6))) == pytest.approx(mean, rel=1e-6)


def test_force_is_proportional_to_strength() -> None:
    assert float(line_force_n_mm(100.0, 60.0, 2.0)) == pytest.approx(
        2 * float(line_force_n_mm(100.0, 60.0)))


def test_thickness_under_force_inverts_the_force() -> None:
    leaving = np.array([50.0, 70.0, 90.0])
    force = line_force_n_mm(100.0, leaving, 1.3)
    assert thickness_under_force_um(100.0, force, 1.3) == pytest.approx(leaving, abs=1e-6)


def test_gaugemeter_equation_holds() -> None:
    entry, gap, modulus = np.array([98.0, 100.0, 102.0]), 9.0, 1e5
    leaving = exit_thickness_um(entry, gap, 1.0, modulus)
    stretch = line_force_n_mm(entry, leaving) * 1000 * 100 / modulus
    assert leaving == pytest.approx(gap + stretch, abs=1e-6)


def test_a_soft_mill_copies_forty_per_cent_and_a_stiff_one_less() -> None:
    def copied(modulus: float) -> float:
        gap = 60.0 - float(line_force_n_mm(100.0, 60.0)) * 1e5 / modulus
        out = exit_thickness_um(np.array([99.5, 100.5]), gap, 1.0, modulus)
        return float(np.diff(out)[0])

    assert copied(1e5) == pytest.approx(0.40, abs=0.03)
    assert copied(1e6) < 0.15


def test_a_wider_gap_gives_thicker_sheet_but_by_less_than_itself() -> None:
    narrow, wide = exit_thickness_um(100.0, np.array([10.0, 11.0]), 1.0, 1e5)
    assert 0 < wide - narrow < 1


def test_warm_rolls_soften_lithium() -> None:
    assert float(temperature_softening(25.0)) == pytest.approx(1.0)
    assert float(temperature_softening(35.0)) == pytest.approx(0.916, abs=0.005)
