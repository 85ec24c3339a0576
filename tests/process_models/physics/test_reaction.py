"""Stoichiometry against the figures of the process sheet, and conservation of every element."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.materials import ALCL3_G_MOL, LI_CM3_MOL, LICL_CM3_MOL
from process_models.physics.reaction import react


def test_per_tenth_of_a_milligram() -> None:
    made = react(0.1)
    assert float(made.li_consumed_um) == pytest.approx(0.51, abs=0.005)
    assert float(made.product_um) == pytest.approx(0.71, abs=0.005)
    assert float(made.licl_mah_cm2) == pytest.approx(0.060, abs=0.0005)
    assert float(made.li9al4_mah_cm2) == pytest.approx(0.045, abs=0.0005)


def test_volumes_per_mol_of_alcl3() -> None:
    made = react(1000.0 * ALCL3_G_MOL)
    assert float(made.li_consumed_mol_cm2) * LI_CM3_MOL == pytest.approx(68.25, abs=0.01)
    assert float(made.product_um) / 1e4 == pytest.approx(95.05, abs=0.05)
    licl_share = float(made.licl_mol_cm2) * LICL_CM3_MOL / 95.05
    assert licl_share == pytest.approx(0.65, abs=0.005)


@given(
    loading=st.floats(0.0, 100.0),
    completion=st.floats(0.0, 1.0),
    lithium_um=st.floats(0.0, 500.0),
)
def test_li_al_and_cl_are_conserved(loading: float, completion: float, lithium_um: float) -> None:
    made = react(loading, completion, lithium_um)
    alcl3 = loading / 1000.0 / ALCL3_G_MOL
    aluminium = made.alcl3_left_mol_cm2 + 4 * made.li9al4_mol_cm2
    chlorine = 3 * made.alcl3_left_mol_cm2 + made.licl_mol_cm2
    lithium = 9 * made.li9al4_mol_cm2 + made.licl_mol_cm2
    assert float(aluminium) == pytest.approx(alcl3, rel=1e-12, abs=1e-300)
    assert float(chlorine) == pytest.approx(3 * alcl3, rel=1e-12, abs=1e-300)
    assert float(lithium) == pytest.approx(float(made.li_consumed_mol_cm2), rel=1e-12, abs=1e-300)


def test_mass_is_conserved() -> None:
    made = react(0.25, 0.9)
    used = 0.25 * 0.9 + float(made.li_consumed_mol_cm2) * 6.94 * 1000
    assert float(made.product_mg_cm2) == pytest.approx(used, rel=1e-9)


def test_the_reaction_stops_when_lithium_is_used_up() -> None:
    made = react(100.0, 1.0, 1.0)
    assert float(made.li_consumed_um) == pytest.approx(1.0, rel=1e-3)
    assert float(made.alcl3_left_mol_cm2) > 0


def test_shapes_broadcast_and_inputs_stay() -> None:
    loading = np.array([0.1, 0.2])
    made = react(loading, np.array([[1.0], [0.5]]))
    assert made.product_um.shape == (2, 2)
    assert loading.tolist() == [0.1, 0.2]


def test_the_sheet_grows_by_product_less_lithium() -> None:
    made = react(0.1)
    assert float(made.thickness_change_um) == pytest.approx(0.20, abs=0.005)
    assert float(made.thickness_change_um) == pytest.approx(
        float(made.product_um) - float(made.li_consumed_um)
    )


def test_deposit_that_is_left_has_the_volume_of_solid_alcl3() -> None:
    """1 mg/cm2 of 2.48 g/cm3 is 4.03 um."""
    assert float(react(1.0, 0.0).alcl3_left_um) == pytest.approx(4.03, abs=0.01)
    assert float(react(1.0, 0.25).alcl3_left_um) == pytest.approx(0.75 * 4.03, abs=0.01)


def test_capacity_tied_up_explains_the_shortfall_of_the_paper() -> None:
    """11 against 12.37 mAh/cm2 for 60 um: 0.93 mg/cm2, in LiCl, Li9Al4 and displaced lithium."""
    made = react(0.93, 1.0, 60.0)
    assert float(made.product_um) * 0.2061 == pytest.approx(12.37 - 11.0, abs=0.02)
    assert float(made.licl_mah_cm2 + made.li9al4_mah_cm2) == pytest.approx(0.98, abs=0.01)
