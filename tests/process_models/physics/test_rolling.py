"""Force and pressure against thickness at the anchors, both ways."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.errors import InputError
from process_models.physics.rolling import (
    line_force_n_mm,
    mean_pressure_mpa,
    strain_rate_s,
    thickness_under_force_um,
    thickness_under_pressure_um,
)


def test_the_reference_pass() -> None:
    assert float(line_force_n_mm(100.0, 60.0)) == pytest.approx(51, abs=0.5)
    assert float(mean_pressure_mpa(100.0, 60.0)) == pytest.approx(36, abs=0.5)


@pytest.mark.parametrize(("force", "thickness"), [(5, 93), (10, 87), (20, 78), (40, 65), (80, 50)])
def test_thickness_under_a_given_force(force: float, thickness: float) -> None:
    assert float(thickness_under_force_um(100.0, force)) == pytest.approx(thickness, abs=0.5)


def test_force_is_pressure_times_contact() -> None:
    contact_mm = np.sqrt(50.0 * 0.040)
    assert float(line_force_n_mm(100.0, 60.0)) == pytest.approx(
        float(mean_pressure_mpa(100.0, 60.0)) * contact_mm
    )


def test_strain_rate_by_hand() -> None:
    assert float(strain_rate_s(100.0, 60.0)) == pytest.approx(10 / np.sqrt(2.0) * np.log(100 / 60))


def test_force_is_proportional_to_strength() -> None:
    assert float(line_force_n_mm(100.0, 60.0, 2.0)) == pytest.approx(
        2 * float(line_force_n_mm(100.0, 60.0))
    )


@given(
    entry=st.floats(20.0, 500.0), reduction=st.floats(0.02, 0.9), strength=st.floats(0.1, 10.0)
)  # fmt: skip
def test_both_ways_agree(entry: float, reduction: float, strength: float) -> None:
    leaving = entry * (1 - reduction)
    force = line_force_n_mm(entry, leaving, strength)
    pressure = mean_pressure_mpa(entry, leaving, strength)
    assert float(thickness_under_force_um(entry, force, strength)) == pytest.approx(
        leaving, rel=1e-8
    )
    assert float(thickness_under_pressure_um(entry, pressure, strength)) == pytest.approx(
        leaving, rel=1e-8
    )


@given(entry=st.floats(20.0, 500.0), force=st.floats(0.0, 1e4), more=st.floats(1.0, 10.0))
def test_more_force_or_pressure_is_never_thicker(entry: float, force: float, more: float) -> None:
    for thickness in (thickness_under_force_um, thickness_under_pressure_um):
        usual, harder = thickness(entry, np.array([force, force * more]))
        assert harder <= usual * (1 + 1e-9)
        assert entry * 0.02 * (1 - 1e-12) <= harder


def test_no_force_leaves_the_foil_as_it_is() -> None:
    assert float(thickness_under_force_um(100.0, 0.0)) == pytest.approx(100.0, rel=1e-5)
    assert float(thickness_under_pressure_um(100.0, 0.0)) == pytest.approx(100.0, rel=1e-5)


def test_a_force_beyond_the_law_stops_at_two_per_cent() -> None:
    assert float(thickness_under_force_um(100.0, 1e30)) == pytest.approx(2.0)


def test_a_pass_that_would_thicken_is_refused() -> None:
    with pytest.raises(InputError, match=r"^exit_um must not exceed entry_um 100, got 120$"):
        line_force_n_mm(np.array([200.0, 100.0]), 120.0)
