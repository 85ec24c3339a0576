"""The chain from foil to cell, step by step, and the systems that run through it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.errors import InputError
from process_models.physics import (
    PROCESSES,
    SYSTEMS,
    ProcessSettings,
    run_chain,
    run_system,
)
from process_models.physics.chain import STAGES, ChainStep
from process_models.physics.systems import system

DRAWS = 300


def values(name: str) -> dict[str, np.ndarray]:
    return {step.quantity: step.values for step in run_system(system(name), DRAWS)}


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_runs_in_the_order_of_its_stages(name: str) -> None:
    steps = run_system(system(name), DRAWS)
    places = [STAGES.index(step.stage) for step in steps]
    assert places == sorted(places)
    assert len({step.quantity for step in steps}) == len(steps)
    for step in steps:
        assert step.values.shape == (DRAWS,)
        assert np.isfinite(step.values).all()
        assert step.unit
        median, low, high = step.interval()
        assert low <= median <= high


def test_the_same_constants_for_every_system() -> None:
    lacss, drac = values("lacss"), values("drac_li")
    assert np.array_equal(lacss["loading_mg_cm2"], drac["loading_mg_cm2"])
    assert np.array_equal(lacss["loading_mg_cm2"], values("deposited_foil")["loading_mg_cm2"])


def test_more_exposure_more_deposit_in_every_draw() -> None:
    low, usual, high = (values(name)["loading_mg_cm2"] for name in ("l_lacss", "lacss", "h_lacss"))
    assert np.all(low < usual)
    assert np.all(usual < high)


def test_bare_lithium_has_neither_deposit_nor_skin() -> None:
    bare = values("bare_li")
    for name in ("loading_mg_cm2", "product_um", "enriched_layer_nm", "licl_mah_cm2"):
        assert np.all(bare[name] == 0), name
    assert bare["areal_capacity_mah_cm2"] == pytest.approx(20.6, abs=0.02)


def test_drac_is_not_wound_and_reacts_little() -> None:
    drac, lacss = values("drac_li"), values("lacss")
    assert "plane_spacing_um" not in drac
    assert np.all(drac["completion"] < lacss["completion"])
    assert np.all(drac["asr_ohm_cm2"] > lacss["asr_ohm_cm2"])


def test_coarse_powder_reacts_but_does_not_separate() -> None:
    coarse = values("coarse_powder")
    assert np.all(coarse["product_um"] > 0)
    assert np.all(coarse["enriched_layer_nm"] == 0)


def test_the_foil_from_the_chamber_is_neither_rolled_nor_a_cell() -> None:
    stages = {step.stage for step in run_system(system("deposited_foil"), 5)}
    assert stages == {"deposit", "reaction"}


@pytest.mark.parametrize(
    ("name", "yes"),
    [
        ("li_al_melt", 1.0),
        ("li_in_melt", 0.0),
        ("li_sn_melt", 0.0),
        ("li_mg_melt", 0.0),
    ],
)
def test_melts_answer_yes_or_no(name: str, yes: float) -> None:
    assert np.all(values(name)["separates"] == yes)


def test_conservation_holds_along_the_chain() -> None:
    """Capacity of the sheet: what is left as metal and what was used make up what was there."""
    lacss = values("lacss")
    whole = 60.0 * 0.534 * 3860e-4
    missing_um = lacss["product_um"]
    assert lacss["areal_capacity_mah_cm2"] == pytest.approx(
        whole - missing_um * 0.534 * 3860e-4, rel=1e-9
    )
    assert np.all(lacss["licl_mah_cm2"] > lacss["li9al4_mah_cm2"])
    ratio = lacss["licl_mah_cm2"] / lacss["li9al4_mah_cm2"]
    assert ratio == pytest.approx(12 / 9)


def test_seed_decides_everything() -> None:
    first, again = (run_chain(ProcessSettings(), 20, 3) for _ in range(2))
    other = run_chain(ProcessSettings(), 20, 4)
    for a, b in zip(first, again, strict=True):
        assert np.array_equal(a.values, b.values), a.quantity
    assert not np.array_equal(first[0].values, other[0].values)


@settings(max_examples=60)
@given(
    process=st.sampled_from(PROCESSES),
    time_s=st.floats(0.0, 3600.0),
    foil_um=st.floats(5.0, 500.0),
    share=st.floats(0.05, 1.5),
    turns=st.floats(1.0, 50.0),
    chamber_c=st.floats(20.0, 180.4),
    vapour=st.floats(0.0, 20.0),
)
def test_any_recipe_runs_to_finite_numbers(
    process: str, time_s: float, foil_um: float, share: float, turns: float, chamber_c: float,
    vapour: float,
) -> None:  # fmt: skip
    recipe = ProcessSettings(
        process=process, sublimation_time_s=time_s, foil_thickness_um=foil_um, winding_turns=turns,
        thickness_um=foil_um * share, chamber_temperature_c=chamber_c, vapour_g_l=vapour,
    )  # fmt: skip
    steps = run_chain(recipe, 20, 0)
    for step in steps:
        assert np.isfinite(step.values).all(), step.quantity
        least = -1e-9 if step.unit != "C" else 19.0
        assert np.all(step.values >= least), step.quantity


def test_an_interval_by_hand() -> None:
    step = ChainStep("cell", "x", "1", np.arange(11.0))
    assert step.interval(0.8) == pytest.approx((5.0, 1.0, 9.0))


@pytest.mark.parametrize("level", [0.0, 1.0, -1.0, 2.0, float("nan")])
def test_a_level_is_a_probability(level: float) -> None:
    with pytest.raises(InputError, match=r"^level must lie between 0 and 1"):
        ChainStep("cell", "x", "1", np.arange(3.0)).interval(level)


@pytest.mark.parametrize("name", ["lacss", "deposited_foil", "li_al_melt"])
def test_no_draws_are_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"^draws must be at least 1, got 0"):
        run_system(system(name), 0)


def test_an_unknown_system_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"^system must be one of bare_li, .*, got 'gold'$"):
        system("gold")
