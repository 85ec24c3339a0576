"""From recipe to structure: each cause moves what it should, by what it should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.physics import (
    LotInputs,
    LotStructure,
    ProcessParameters,
    ProcessSettings,
    lot_structure,
    nominal_inputs,
)

RECIPE = ProcessSettings()
PARAMETERS = ProcessParameters()


def made(settings: ProcessSettings = RECIPE, **changes: float) -> LotStructure:
    inputs = nominal_inputs(settings)
    shifted = {name: np.array([value]) for name, value in changes.items()}
    return lot_structure(settings, replace(inputs, **shifted), PARAMETERS)


def test_the_reference_recipe() -> None:
    sheet = made()
    assert sheet.loading_mg_cm2[0] == pytest.approx(0.25)
    assert sheet.thickness_um[0] == pytest.approx(60.0, abs=1e-6)
    assert sheet.enriched_layer_nm[0] == pytest.approx(300.0)
    assert sheet.pure_layer_nm[0] == pytest.approx(100.0)
    assert sheet.completion[0] > 0.95
    assert 178.0 < sheet.foil_temperature_c[0] < 180.5


@pytest.mark.parametrize("thickness", [30.0, 60.0, 90.0, 99.0, 150.0])
def test_a_nominal_lot_meets_any_target(thickness: float) -> None:
    settings = ProcessSettings(thickness_um=thickness)
    assert made(settings).thickness_um[0] == pytest.approx(thickness, abs=1e-5)


def test_the_loading_explains_the_capacity_of_the_paper() -> None:
    heavy = replace(PARAMETERS, m40_mg_cm2=0.93 / 0.6)
    sheet = lot_structure(RECIPE, nominal_inputs(RECIPE), heavy)
    assert sheet.areal_capacity_mah_cm2[0] == pytest.approx(11.0, abs=0.05)


def test_one_kelvin_more_gives_seven_per_cent_more() -> None:
    ratio = made(chamber_temperature_c=179.0).loading_mg_cm2[0] / made().loading_mg_cm2[0]
    assert ratio == pytest.approx(1.072, abs=0.001)


def test_depleted_vapour_gives_less_in_proportion() -> None:
    assert made(vapour_g_l=3.42).loading_mg_cm2[0] == pytest.approx(0.25 * 0.95)


def test_longer_exposure_gives_more() -> None:
    loadings = [made(exposure_s=t).loading_mg_cm2[0] for t in (0.0, 20.0, 40.0, 60.0)]
    assert loadings[0] == 0.0
    assert np.all(np.diff(loadings) > 0)


def test_moisture_lowers_sticking_and_raises_resistance() -> None:
    wet = made(h2o_ppm=1.1)
    assert wet.loading_mg_cm2[0] == pytest.approx(0.25 * np.exp(-0.5))
    assert wet.asr_ohm_cm2[0] > made().asr_ohm_cm2[0]


@pytest.mark.parametrize(
    ("name", "value", "sign"),
    [
        ("foil_thickness_um", 102.0, 1),
        ("flow_stress_factor", 1.1, 1),
        ("roll_gap_shift_um", 1.0, 1),
        ("rolling_pressure_mpa", 38.0, -1),
        ("roll_temperature_c", 30.0, -1),
    ],
)
def test_what_moves_the_thickness(name: str, value: float, sign: int) -> None:
    assert np.sign(made(**{name: value}).thickness_um[0] - 60.0) == sign


def test_loose_winding_leaves_more_unreacted() -> None:
    assert made(winding_tension_n=1.0).completion[0] < made().completion[0]


def test_drac_reacts_little_and_resists_more() -> None:
    drac = made(ProcessSettings(process="drac"))
    assert drac.completion[0] < 0.2
    assert drac.asr_ohm_cm2[0] > 2 * made().asr_ohm_cm2[0]


def test_bare_lithium_has_no_deposit_and_a_similar_resistance() -> None:
    bare = made(ProcessSettings(process="bare"))
    assert bare.loading_mg_cm2[0] == 0.0
    assert bare.enriched_layer_nm[0] == 0.0
    assert 0.8 < made().asr_ohm_cm2[0] / bare.asr_ohm_cm2[0] < 1.25


def test_coarse_powder_does_not_segregate() -> None:
    coarse = made(ProcessSettings(process="coarse_powder"))
    assert coarse.loading_mg_cm2[0] > 0
    assert coarse.enriched_layer_nm[0] == 0.0


def test_lots_are_independent_of_each_other_and_inputs_stay() -> None:
    inputs = nominal_inputs(RECIPE, 3)
    changed = replace(inputs, exposure_s=np.array([20.0, 40.0, 60.0]))
    together = lot_structure(RECIPE, changed, PARAMETERS).loading_mg_cm2
    alone = [made(exposure_s=t).loading_mg_cm2[0] for t in (20.0, 40.0, 60.0)]
    assert together.tolist() == alone
    assert changed.exposure_s.tolist() == [20.0, 40.0, 60.0]


def test_arrays_of_one_length_only() -> None:
    with pytest.raises(InputError, match=r"^exposure_s must have one value a lot, \(1,\), got"):
        replace(nominal_inputs(RECIPE), exposure_s=np.ones(2))


def test_any_draw_of_the_constants_gives_possible_sheets() -> None:
    """Seeds 0 to 99: bounds that physics sets, not statistics."""
    inputs: LotInputs = nominal_inputs(RECIPE, 2)
    for seed in range(100):
        sheet = lot_structure(RECIPE, inputs, ProcessParameters.draw(np.random.default_rng(seed)))
        assert np.all(np.isfinite(sheet.asr_ohm_cm2))
        assert sheet.thickness_um == pytest.approx(60.0, abs=1e-4)
        assert np.all((sheet.completion > 0) & (sheet.completion <= 1))
        assert np.all(sheet.areal_capacity_mah_cm2 <= 12.4)
