"""Lithium, aluminium and chlorine are kept to rounding, whatever comes in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from process_models.materials import ALCL3_G_MOL, LI_CM3_MOL
from process_models.physics.elements import elements_after, elements_before
from process_models.physics.reaction import react

LOADINGS = st.one_of(st.just(0.0), st.floats(1e-12, 1e6))
LITHIUM = st.one_of(st.just(0.0), st.floats(1e-9, 1e6))
ROUNDING = 1e-14


@given(loading=LOADINGS, completion=st.floats(0.0, 1.0), lithium_um=LITHIUM)
@example(loading=1e6, completion=1.0, lithium_um=1e-9)  # far more AlCl3 than lithium
@example(loading=1e-12, completion=1.0, lithium_um=1e6)
@example(loading=0.0, completion=1.0, lithium_um=0.0)
@example(loading=0.25, completion=5e-324, lithium_um=60.0)
def test_every_element_is_kept(loading: float, completion: float, lithium_um: float) -> None:
    made = react(loading, completion, lithium_um)
    before, after = elements_before(made), elements_after(made)
    alcl3 = loading / 1000.0 / ALCL3_G_MOL
    assert float(after.aluminium) == pytest.approx(alcl3, rel=ROUNDING, abs=0)
    assert float(after.chlorine) == pytest.approx(3 * alcl3, rel=ROUNDING, abs=0)
    lithium = lithium_um / 1e4 / LI_CM3_MOL
    assert float(after.lithium) == pytest.approx(lithium, rel=ROUNDING, abs=0)
    for name in ("lithium", "aluminium", "chlorine"):
        assert float(getattr(before, name)) == pytest.approx(
            float(getattr(after, name)), rel=ROUNDING, abs=0
        )


@given(loading=LOADINGS, completion=st.floats(0.0, 1.0), lithium_um=LITHIUM)
def test_nothing_is_ever_negative(loading: float, completion: float, lithium_um: float) -> None:
    made = react(loading, completion, lithium_um)
    for name in ("alcl3_reacted_mol_cm2", "alcl3_left_mol_cm2", "li_consumed_mol_cm2",
                 "li_left_mol_cm2", "li9al4_mol_cm2", "licl_mol_cm2"):  # fmt: skip
        assert float(getattr(made, name)) >= 0, name
    assert float(made.li_consumed_um) <= lithium_um * (1 + ROUNDING)


@given(loading=st.floats(1e-6, 100.0), lithium_um=st.floats(1e-6, 500.0))
def test_lithium_limits_exactly_where_it_is_short(loading: float, lithium_um: float) -> None:
    made = react(loading, 1.0, lithium_um)
    wanted_um = float(react(loading).li_consumed_um)
    assert bool(made.lithium_limited) is (wanted_um > lithium_um) or wanted_um == pytest.approx(
        lithium_um, rel=1e-12
    )
    if made.lithium_limited:
        assert float(made.li_left_mol_cm2) == 0.0
        assert float(made.alcl3_left_mol_cm2) > 0.0


def test_two_reactions_of_half_the_deposit_make_what_one_makes() -> None:
    whole, half = react(0.4, 1.0, 60.0), react(0.2, 1.0, 30.0)
    assert float(whole.product_um) == pytest.approx(2 * float(half.product_um))
    assert float(whole.li_left_mol_cm2) == pytest.approx(2 * float(half.li_left_mol_cm2))


def test_without_end_of_lithium_there_is_no_limit() -> None:
    made = react(np.array([0.0, 1e5]))
    assert made.lithium_limited.tolist() == [False, False]
    assert np.all(np.isinf(elements_before(made).lithium))


def test_arrays_are_kept_element_by_element() -> None:
    rng = np.random.default_rng(3)
    made = react(rng.lognormal(-1, 3, (50, 1)), rng.uniform(0, 1, 40), rng.lognormal(3, 2, 40))
    before, after = elements_before(made), elements_after(made)
    assert after.lithium.shape == (50, 40)
    for name in ("lithium", "aluminium", "chlorine"):
        assert np.allclose(getattr(before, name), getattr(after, name), rtol=ROUNDING, atol=0)
    assert made.lithium_limited.any()
    assert not made.lithium_limited.all()
