"""The gaugemeter equation, how a mill copies its entry, and how it drifts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.errors import InputError
from process_models.physics.mill import (
    copied_share,
    exit_thickness_um,
    gap_drift_um,
    gap_for_thickness_um,
)
from process_models.physics.rolling import line_force_n_mm


def test_gaugemeter_equation_holds() -> None:
    entry, gap, modulus = np.array([98.0, 100.0, 102.0]), 9.0, 1e5
    leaving = exit_thickness_um(entry, gap, 1.0, modulus)
    stretch = line_force_n_mm(entry, leaving) * 1000 * 100 / modulus
    assert leaving == pytest.approx(gap + stretch, abs=1e-6)


@given(
    entry=st.floats(50.0, 200.0), reduction=st.floats(0.05, 0.7), strength=st.floats(0.3, 3.0),
    modulus=st.floats(3e4, 1e7),
)  # fmt: skip
def test_the_gap_for_a_thickness_gives_it(
    entry: float, reduction: float, strength: float, modulus: float
) -> None:
    target = entry * (1 - reduction)
    gap = gap_for_thickness_um(entry, target, strength, modulus)
    assert float(exit_thickness_um(entry, gap, strength, modulus)) == pytest.approx(
        target, rel=1e-8
    )


def test_a_soft_mill_copies_forty_per_cent() -> None:
    assert float(copied_share(100.0, 60.0)) == pytest.approx(0.40, abs=0.03)


def test_the_stiffer_the_mill_the_less_it_copies() -> None:
    shares = copied_share(100.0, 60.0, 1.0, np.array([5e4, 1e5, 1e6, 1e8]))
    assert np.all(np.diff(shares) < 0)
    assert shares[-1] < 0.01


def test_a_wider_gap_gives_thicker_sheet_but_by_less_than_itself() -> None:
    narrow, wide = exit_thickness_um(100.0, np.array([10.0, 11.0]), 1.0, 1e5)
    assert 0 < wide - narrow < 1


def test_a_gap_wider_than_the_foil_does_nothing() -> None:
    assert float(exit_thickness_um(100.0, 150.0, 1.0, 1e5)) == pytest.approx(100.0, rel=1e-5)


def test_wear_opens_and_heat_closes_the_gap() -> None:
    assert float(gap_drift_um(1000, 1.0, 25.0, 0.3)) == pytest.approx(1.0)
    assert float(gap_drift_um(0, 1.0, 27.0, 0.3)) == pytest.approx(-0.6)
    assert float(gap_drift_um(1000, 0.1, 25.0, 0.3)) == pytest.approx(0.1)


@pytest.mark.parametrize("modulus", [0.0, -1e5, np.nan])
def test_a_mill_without_stiffness_is_refused(modulus: float) -> None:
    with pytest.raises(InputError, match=r"^mill_modulus_n_mm must be"):
        exit_thickness_um(100.0, 9.0, 1.0, modulus)
