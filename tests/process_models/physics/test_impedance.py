"""The Nyquist plot against its corners, and how interfaces age."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.errors import InputError
from process_models.physics.impedance import (
    aged_interface_ohm_cm2,
    impedance_spectrum,
    pellet_ohm_cm2,
)


def test_the_pellet_by_hand() -> None:
    assert pellet_ohm_cm2() == pytest.approx(0.106 / 7.9e-3)


def test_the_ends_of_the_arc_are_pellet_and_sum() -> None:
    seen = impedance_spectrum(13.4, 16.0, np.array([1e12, 1e-6]))
    assert seen.real_ohm_cm2 == pytest.approx([13.4, 29.4], abs=0.01)
    assert seen.imaginary_ohm_cm2 == pytest.approx([0.0, 0.0], abs=0.01)


def test_without_depression_the_top_is_half_the_arc() -> None:
    """At w = 1/RC: Z = R_pellet + R/2 (1 - j)."""
    corner_hz = 1 / (2 * np.pi * 16.0 * 1e-6)
    seen = impedance_spectrum(13.4, 16.0, np.array([corner_hz]), depression=1.0)
    assert float(seen.real_ohm_cm2[0]) == pytest.approx(13.4 + 8.0)
    assert float(seen.imaginary_ohm_cm2[0]) == pytest.approx(-8.0)


@given(pellet=st.floats(0.0, 100.0), arc=st.floats(0.0, 1000.0), a=st.floats(0.1, 1.0))
def test_points_lie_between_the_ends_and_are_capacitive(
    pellet: float, arc: float, a: float
) -> None:
    seen = impedance_spectrum(pellet, arc, depression=a)
    assert np.all(seen.real_ohm_cm2 >= pellet - 1e-9)
    assert np.all(seen.real_ohm_cm2 <= pellet + arc + 1e-9)
    assert np.all(seen.imaginary_ohm_cm2 <= 1e-9)
    assert np.all(np.diff(seen.real_ohm_cm2) >= -1e-9)  # from high to low frequency


def test_lots_and_draws_get_a_spectrum_each() -> None:
    arcs = np.array([[10.0, 20.0], [30.0, 40.0], [50.0, 60.0]])
    seen = impedance_spectrum(13.4, arcs)
    assert seen.real_ohm_cm2.shape == (3, 2, 61)
    alone = impedance_spectrum(13.4, 40.0)
    assert seen.imaginary_ohm_cm2[1, 1] == pytest.approx(alone.imaginary_ohm_cm2)
    assert seen.provenance == "simulated"


def test_before_cycling_nothing_has_aged() -> None:
    assert float(aged_interface_ohm_cm2(12.0, 0, 0.3, 0.2)) == 12.0


def test_cover_protects_and_bare_lithium_ages_most() -> None:
    aged = aged_interface_ohm_cm2(12.0, 10, 0.15, np.array([0.0, 0.5, 1.0]))
    assert np.all(np.diff(aged) < 0)
    assert float(aged[0]) == pytest.approx(12.0 * (1 + 0.15 * np.sqrt(10)))
    assert float(aged[-1]) == 12.0


@pytest.mark.parametrize("frequency", [0.0, -1.0, np.nan])
def test_a_frequency_that_is_none_is_refused(frequency: float) -> None:
    with pytest.raises(InputError, match=r"^frequency_hz must be"):
        impedance_spectrum(13.4, 16.0, np.array([frequency]))
