"""What may befall a lot, and what cannot."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.physics import (
    LotInputs,
    ProcessParameters,
    ProcessSettings,
    lot_structure,
    nominal_inputs,
)

RECIPE = ProcessSettings()
NAMES = [field.name for field in fields(LotInputs)]


def changed(name: str, value: float, lots: int = 3) -> LotInputs:
    usual = nominal_inputs(RECIPE, lots)
    values = getattr(usual, name).copy()
    values[-1] = value
    return replace(usual, **{name: values})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused_with_its_lot(name: str, bad: float) -> None:
    with pytest.raises(InputError, match=rf"^{name} must be finite, got .* at 3$"):
        changed(name, bad)


@pytest.mark.parametrize("name", [
    "foil_thickness_um", "flow_stress_factor", "rolling_pressure_mpa", "h2o_ppm", "o2_ppm",
])  # fmt: skip
def test_what_nature_does_not_know_is_refused(name: str) -> None:
    with pytest.raises(
        InputError, match=rf"^{name} must (be above 0|not be negative), got -1 at 3"
    ):
        changed(name, -1.0)


@pytest.mark.parametrize(("name", "made"), [
    ("exposure_s", "loading_mg_cm2"), ("vapour_g_l", "loading_mg_cm2"),
    ("winding_tension_n", "completion"),
])  # fmt: skip
def test_noise_below_nothing_counts_as_nothing(name: str, made: str) -> None:
    below, none = (
        lot_structure(RECIPE, changed(name, value), ProcessParameters()) for value in (-0.2, 0.0)
    )
    assert getattr(below, made)[-1] == getattr(none, made)[-1] == 0.0


@pytest.mark.parametrize("name", NAMES)
def test_one_value_a_lot(name: str) -> None:
    if name == "foil_thickness_um":
        return  # the others are held against it
    with pytest.raises(InputError, match=rf"^{name} must have one value a lot, \(3,\), got \(4,\)"):
        replace(nominal_inputs(RECIPE, 3), **{name: np.ones(4)})


def test_nominal_lots_are_the_recipe() -> None:
    recipe = ProcessSettings(sublimation_time_s=55.0, vapour_g_l=5.0, rolling_pressure_mpa=40.0)
    usual = nominal_inputs(recipe, 2)
    assert usual.exposure_s.tolist() == [55.0, 55.0]
    assert usual.vapour_g_l.tolist() == [5.0, 5.0]
    assert usual.rolling_pressure_mpa.tolist() == [40.0, 40.0]
    assert usual.roll_gap_shift_um.tolist() == [0.0, 0.0]
    assert np.all(usual.h2o_ppm < 0.1)
