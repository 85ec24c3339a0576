"""What any lot obeys under any constants: atoms are kept, more of one thing moves the others."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.materials import (
    AL_G_MOL,
    ALCL3_G_MOL,
    CL_G_MOL,
    LI_G_MOL,
    LITHIUM_MAH_CM2_UM,
    LITHIUM_MELTING_C,
)
from process_models.physics import (
    LotInputs,
    LotStructure,
    ProcessParameters,
    ProcessSettings,
    lot_structure,
    nominal_inputs,
)
from process_models.physics.mill import exit_thickness_um
from process_models.physics.reaction import react
from process_models.physics.rolling import line_force_n_mm
from process_models.physics.vapour import depletion_share
from process_models.physics.winding import completion, total_strain

SEEDS = st.integers(0, 2_000)
RECIPES = st.builds(
    ProcessSettings,
    process=st.sampled_from(["lacss", "drac", "coarse_powder"]),
    sublimation_time_s=st.floats(5.0, 90.0),
    winding_turns=st.floats(2.0, 20.0),
    thickness_um=st.floats(35.0, 90.0),
)


def made(
    recipe: ProcessSettings, parameters: ProcessParameters | None = None, **changes: float
) -> LotStructure:
    """One lot, with whatever befell it."""
    inputs = nominal_inputs(recipe)
    changed = {name: getattr(inputs, name) * 0 + value for name, value in changes.items()}
    return lot_structure(recipe, replace(inputs, **changed), parameters or ProcessParameters())


def drawn(seed: int) -> ProcessParameters:
    return ProcessParameters.draw(np.random.default_rng(seed))


@settings(max_examples=60)
@given(
    loading=st.floats(0.0, 50.0), share=st.floats(0.0, 1.0), lithium_um=st.floats(0.0, 500.0)
)  # fmt: skip
def test_every_atom_is_somewhere(loading: float, share: float, lithium_um: float) -> None:
    after = react(loading, share, lithium_um)
    before_mol = loading / 1000 / ALCL3_G_MOL
    aluminium = after.alcl3_left_mol_cm2 + 4 * after.li9al4_mol_cm2
    chlorine = 3 * after.alcl3_left_mol_cm2 + after.licl_mol_cm2
    lithium = 9 * after.li9al4_mol_cm2 + after.licl_mol_cm2
    assert aluminium == pytest.approx(before_mol, rel=1e-9, abs=1e-15)
    assert chlorine == pytest.approx(3 * before_mol, rel=1e-9, abs=1e-15)
    assert lithium == pytest.approx(after.li_consumed_mol_cm2, rel=1e-9, abs=1e-15)
    assert 0 <= after.li_consumed_um <= lithium_um * (1 + 2e-2) + 1e-9
    assert after.alcl3_left_mol_cm2 >= -1e-18


@settings(max_examples=30)
@given(loading=st.floats(0.001, 5.0), share=st.floats(0.01, 1.0))
def test_mass_before_is_mass_after(loading: float, share: float) -> None:
    after = react(loading, share)
    lithium_mg = 1000 * float(after.li_consumed_mol_cm2) * LI_G_MOL
    reacted_mg = 1000 * float(after.alcl3_reacted_mol_cm2) * (AL_G_MOL + 3 * CL_G_MOL)
    assert after.product_mg_cm2 == pytest.approx(lithium_mg + reacted_mg, rel=1e-9)


@settings(max_examples=40)
@given(recipe=RECIPES, seed=SEEDS)
def test_whatever_the_constants_a_sheet_is_possible(recipe: ProcessSettings, seed: int) -> None:
    lot = made(recipe, drawn(seed))
    for field in fields(LotStructure):
        assert np.isfinite(getattr(lot, field.name)).all(), field.name
    assert 0 <= lot.completion[0] <= 1
    assert lot.loading_mg_cm2[0] >= 0
    assert 0 <= lot.areal_capacity_mah_cm2[0] <= lot.thickness_um[0] * LITHIUM_MAH_CM2_UM
    assert lot.pure_layer_nm[0] >= 0
    assert lot.asr_ohm_cm2[0] > 0
    assert lot.foil_temperature_c[0] >= recipe.chamber_temperature_c


@settings(max_examples=20)
@given(recipe=RECIPES, seed=SEEDS, more=st.floats(1.05, 2.0))
def test_more_exposure_or_vapour_leaves_more_and_takes_more_lithium(
    recipe: ProcessSettings, seed: int, more: float
) -> None:
    constants = drawn(seed)
    usual = made(recipe, constants)
    for change in (
        {"exposure_s": more * recipe.sublimation_time_s},
        {"vapour_g_l": more * recipe.vapour_g_l},
    ):
        lot = made(recipe, constants, **change)
        assert lot.loading_mg_cm2 >= usual.loading_mg_cm2
        assert lot.areal_capacity_mah_cm2 <= usual.areal_capacity_mah_cm2
        assert lot.thickness_um == usual.thickness_um
    hotter = made(recipe, constants, chamber_temperature_c=recipe.chamber_temperature_c + 1)
    assert hotter.loading_mg_cm2 >= usual.loading_mg_cm2


@settings(max_examples=20)
@given(recipe=RECIPES, seed=SEEDS, worse=st.floats(0.2, 5.0))
def test_moisture_takes_deposit_and_adds_resistance(
    recipe: ProcessSettings, seed: int, worse: float
) -> None:
    constants = replace(drawn(seed), layer_ohm_cm2_um=0.0, unreacted_ohm_cm2=0.0)
    dry = made(recipe, constants)
    for name in ("h2o_ppm", "o2_ppm"):
        wet = made(recipe, constants, **{name: worse})
        assert wet.loading_mg_cm2 < dry.loading_mg_cm2 or dry.loading_mg_cm2 == 0
        assert wet.asr_ohm_cm2 > dry.asr_ohm_cm2
    water, oxygen = (made(recipe, constants, **{n: worse}) for n in ("h2o_ppm", "o2_ppm"))
    assert water.asr_ohm_cm2 > oxygen.asr_ohm_cm2


@settings(max_examples=15)
@given(recipe=RECIPES, seed=SEEDS)
def test_rolling_moves_thickness_the_way_it_must(recipe: ProcessSettings, seed: int) -> None:
    constants = drawn(seed)
    usual = made(recipe, constants).thickness_um
    assert made(recipe, constants, roll_gap_shift_um=2.0).thickness_um > usual
    assert made(recipe, constants, flow_stress_factor=1.1).thickness_um > usual
    assert made(recipe, constants, foil_thickness_um=104.0).thickness_um > usual
    harder = made(recipe, constants, rolling_pressure_mpa=1.1 * recipe.rolling_pressure_mpa)
    assert harder.thickness_um < usual


@settings(max_examples=20)
@given(entry=st.floats(50, 200), gap=st.floats(10, 60), strength=st.floats(0.3, 3.0))
def test_the_exit_lies_between_the_gap_and_the_entry(
    entry: float, gap: float, strength: float
) -> None:
    modulus = 1e5
    leaving = float(exit_thickness_um(entry, gap, strength, modulus))
    assert gap * 0.99 <= leaving <= entry or gap >= entry
    if gap < entry * 0.95:
        force = float(line_force_n_mm(entry, leaving, strength))
        assert leaving == pytest.approx(gap + 1000 * 100 * force / modulus, rel=1e-4)


@settings(max_examples=40)
@given(
    turns=st.floats(1.0, 40.0), strain=st.floats(0.0, 6.0), rate=st.floats(0.1, 5.0),
    strain0=st.floats(0.01, 2.0),
)  # fmt: skip
def test_reduction_only_ever_goes_forward(
    turns: float, strain: float, rate: float, strain0: float
) -> None:
    share = completion(turns, strain, rate, strain0)
    assert 0 < share <= 1
    assert completion(turns + 1, strain, rate, strain0) >= share
    assert completion(turns, strain + 0.1, rate, strain0) >= share
    assert completion(turns, strain, 1.1 * rate, strain0) >= share


@settings(max_examples=40)
@given(turns=st.floats(1.0, 40.0), foil=st.floats(20, 200), target=st.floats(20, 200))
def test_strain_knows_only_the_ratio(turns: float, foil: float, target: float) -> None:
    assert total_strain(turns, foil, target) == pytest.approx(
        total_strain(turns, 3 * foil, 3 * target), abs=1e-12
    )
    assert total_strain(turns, foil, target) >= 0


@settings(max_examples=30)
@given(loading=st.floats(0, 10), area=st.floats(1, 1e4), vapour=st.floats(0.1, 10))
def test_no_foil_takes_more_vapour_than_there_is(
    loading: float, area: float, vapour: float
) -> None:
    share = depletion_share(loading, area, vapour)
    assert 0 <= share <= 1
    assert depletion_share(loading, 2 * area, vapour) >= share
    assert depletion_share(loading, area, vapour, 2.0) <= share


@settings(max_examples=15)
@given(recipe=RECIPES, seed=SEEDS)
def test_lots_know_nothing_of_each_other(recipe: ProcessSettings, seed: int) -> None:
    rng = np.random.default_rng(seed)
    base = nominal_inputs(recipe, 5)
    many = LotInputs(
        **{f.name: getattr(base, f.name) * rng.uniform(0.95, 1.0, 5) for f in fields(LotInputs)}
    )
    constants = drawn(seed)
    together = lot_structure(recipe, many, constants)
    for lot in range(5):
        alone = lot_structure(
            recipe,
            LotInputs(**{f.name: getattr(many, f.name)[[lot]] for f in fields(LotInputs)}),
            constants,
        )
        for name in ("loading_mg_cm2", "thickness_um", "completion", "asr_ohm_cm2"):
            assert getattr(alone, name)[0] == pytest.approx(getattr(together, name)[lot], rel=1e-9)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1.0, "40", None, True])
@pytest.mark.parametrize(
    "name", [f.name for f in fields(ProcessSettings) if f.name != "process"]
)  # fmt: skip
def test_what_no_recipe_can_be_is_refused_by_name(name: str, bad: object) -> None:
    if name == "chamber_temperature_c" and bad == -1.0:
        bad = LITHIUM_MELTING_C + 1
    with pytest.raises(ValueError, match=f"^{name} must"):
        ProcessSettings(**{name: bad})  # type: ignore[arg-type]
