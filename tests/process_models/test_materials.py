"""The constants agree with each other and with the figures of the process sheet."""

from __future__ import annotations

import pytest

from process_models import materials


def test_a_hundred_micrometres_of_lithium_hold_20_6_mah_cm2() -> None:
    assert pytest.approx(20.6, abs=0.02) == 100 * materials.LITHIUM_MAH_CM2_UM


def test_capacity_by_mass_agrees_with_faraday() -> None:
    by_faraday = materials.FARADAY_MAH_MOL / materials.LI_G_MOL
    assert by_faraday == pytest.approx(materials.LITHIUM_MAH_G, rel=1e-3)


def test_molar_volume_agrees_with_density() -> None:
    by_density = materials.LI_G_MOL / materials.LITHIUM_DENSITY_G_CM3
    assert by_density == pytest.approx(materials.LI_CM3_MOL, rel=1e-3)


def test_the_chamber_is_two_and_a_half_kelvin_below_melting() -> None:
    assert pytest.approx(2.5) == materials.LITHIUM_MELTING_C - materials.REFERENCE_CHAMBER_C


def test_masses_of_both_sides_of_the_reaction_agree() -> None:
    left = 21 * materials.LI_G_MOL + 4 * materials.ALCL3_G_MOL
    right = materials.LI9AL4_G_MOL + 12 * materials.LICL_G_MOL
    assert left == pytest.approx(right, rel=1e-12)
