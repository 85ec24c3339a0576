"""Every law of the physics, and what all of them obey: one contract, checked once."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.physics import (
    bounds,
    deposition,
    flow,
    foil_heat,
    full_cell,
    impedance,
    interlock,
    kinetics,
    mill,
    reaction,
    rolling,
    segregation,
    sheet,
    vapour,
    winding,
)
from process_models.physics.elements import elements_after


@dataclass(frozen=True)
class Law:
    """A vectorised function and its contract.

    `at` is where it is tried; `rises` and `falls` name the arguments it moves with; `free` names
    those that may be negative.
    """

    call: Callable[..., Any]
    at: dict[str, float]
    rises: tuple[str, ...] = ()
    falls: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    most: dict[str, float] = field(default_factory=dict)
    label: str = ""

    @property
    def name(self) -> str:
        return self.label or self.call.__name__


def _diffusion(**given: Any) -> Any:
    return bounds.deposit_bounds(**given).diffusion_mg_cm2


def _hertz_knudsen(**given: Any) -> Any:
    return bounds.deposit_bounds(**given).hertz_knudsen_mg_cm2


def _consumed(**given: Any) -> Any:
    return reaction.react(**given).li_consumed_um


def _chlorine(**given: Any) -> Any:
    return elements_after(reaction.react(**given)).chlorine


def _enriched(**given: Any) -> Any:
    return segregation.surface_layers(**given).enriched_nm


def _adiabatic(**given: Any) -> Any:
    return interlock.foil_interlock(**given).adiabatic_temperature_c


_DEPOSIT = {"exposure_s": 40.0, "vapour_g_l": 3.6, "temperature_c": 170.0}
_FOIL = {
    "chamber_temperature_c": 178.0, "loading_mg_cm2": 0.25, "exposure_s": 40.0,
    "foil_thickness_um": 100.0, "in_chamber_share": 0.2, "heat_loss_w_cm2_k": 0.01,
}  # fmt: skip
_REACT = {"loading_mg_cm2": 0.25, "completion": 0.5, "lithium_um": 60.0}
_PASS = {"entry_um": 100.0, "exit_um": 60.0, "strength": 1.0}
_LAYERS = {
    "relative_loading": 1.0, "product_um": 1.0, "relative_share": 0.9,
    "enriched_reference_nm": 300.0, "pure_reference_nm": 100.0,
}  # fmt: skip

LAWS: tuple[Law, ...] = (
    Law(vapour.vapour_pressure_kpa, {"temperature_c": 170.0}, rises=("temperature_c",),
        free=("temperature_c",)),
    Law(vapour.temperature_factor, {"temperature_c": 170.0}, rises=("temperature_c",),
        free=("temperature_c",)),
    Law(vapour.temperature_sensitivity_k, {"temperature_c": 170.0}, falls=("temperature_c",),
        free=("temperature_c",)),
    Law(vapour.ideal_gas_g_l,
        {"temperature_c": 170.0, "pressure_kpa": 50.0, "dimer_share": 0.5},
        rises=("pressure_kpa", "dimer_share"), falls=("temperature_c",), free=("temperature_c",)),
    Law(vapour.depletion_share,
        {"loading_mg_cm2": 0.25, "area_cm2": 100.0, "vapour_g_l": 3.6, "volume_l": 1.0},
        rises=("loading_mg_cm2", "area_cm2"), falls=("vapour_g_l", "volume_l")),
    Law(_diffusion, _DEPOSIT, rises=("exposure_s", "vapour_g_l"), free=("temperature_c",),
        label="diffusion_mg_cm2"),
    Law(_hertz_knudsen, _DEPOSIT, rises=("exposure_s", "vapour_g_l", "temperature_c"),
        free=("temperature_c",), label="hertz_knudsen_mg_cm2"),
    Law(deposition.deposit_mg_cm2,
        {"exposure_s": 50.0, "m40_mg_cm2": 0.25, "lag_s": 2.0, "exponent": 0.75,
         "vapour_g_l": 3.6, "chamber_temperature_c": 170.0, "sticking": 0.9},
        rises=("exposure_s", "m40_mg_cm2", "vapour_g_l", "chamber_temperature_c", "sticking"),
        free=("chamber_temperature_c",)),
    Law(foil_heat.foil_heat_j_cm2_k, {"foil_thickness_um": 100.0}, rises=("foil_thickness_um",)),
    Law(foil_heat.adiabatic_rise_k, {"loading_mg_cm2": 0.25, "foil_thickness_um": 100.0},
        rises=("loading_mg_cm2",), falls=("foil_thickness_um",)),
    Law(foil_heat.foil_temperature_c, _FOIL,
        rises=("chamber_temperature_c", "loading_mg_cm2", "in_chamber_share"),
        falls=("exposure_s", "foil_thickness_um", "heat_loss_w_cm2_k"),
        free=("chamber_temperature_c",)),
    Law(foil_heat.peak_foil_temperature_c, {**_FOIL, "lag_s": 2.0, "exponent": 0.8},
        rises=("chamber_temperature_c", "loading_mg_cm2", "in_chamber_share"),
        falls=("exposure_s", "foil_thickness_um", "heat_loss_w_cm2_k"),
        free=("chamber_temperature_c",)),
    Law(_adiabatic, _FOIL, rises=("loading_mg_cm2",), falls=("foil_thickness_um",),
        free=("chamber_temperature_c",), label="adiabatic_temperature_c"),
    Law(_consumed, _REACT, rises=("loading_mg_cm2", "completion"), label="li_consumed_um"),
    Law(_chlorine, _REACT, rises=("loading_mg_cm2",), label="chlorine_mol_cm2"),
    Law(winding.total_strain, {"turns": 10.0, "foil_thickness_um": 100.0, "thickness_um": 60.0},
        rises=("turns", "foil_thickness_um"), falls=("thickness_um",)),
    Law(winding.plane_spacing_um, {"turns": 10.0, "thickness_um": 60.0},
        rises=("thickness_um",), falls=("turns",)),
    Law(winding.loading_in_sheet_mg_cm2,
        {"loading_mg_cm2": 0.25, "foil_thickness_um": 100.0, "thickness_um": 60.0},
        rises=("loading_mg_cm2", "thickness_um"), falls=("foil_thickness_um",)),
    Law(winding.encapsulated_share, {"turns": 10.0}, rises=("turns",)),
    Law(winding.completion, {"turns": 10.0, "strain": 1.0, "rate": 1.2, "strain0": 0.5},
        rises=("turns", "strain", "rate", "strain0")),
    Law(flow.strength_mpa, {"strain": 0.5}, rises=("strain",)),
    Law(flow.flow_stress_mpa, {"strain": 0.5, "rate_s": 1.0, "strength": 1.0},
        rises=("strain", "rate_s", "strength")),
    Law(flow.temperature_softening, {"roll_temperature_c": 25.0}, falls=("roll_temperature_c",),
        free=("roll_temperature_c",)),
    Law(rolling.mean_pressure_mpa, _PASS, rises=("strength",), falls=("exit_um",),
        most={"exit_um": 1.4}),
    Law(rolling.line_force_n_mm, _PASS, rises=("strength",), falls=("exit_um",),
        most={"exit_um": 1.4}),
    Law(rolling.thickness_under_force_um,
        {"entry_um": 100.0, "force_n_mm": 20.0, "strength": 1.0},
        rises=("entry_um", "strength"), falls=("force_n_mm",)),
    Law(rolling.thickness_under_pressure_um,
        {"entry_um": 100.0, "pressure_mpa": 20.0, "strength": 1.0},
        rises=("entry_um", "strength"), falls=("pressure_mpa",)),
    Law(mill.exit_thickness_um,
        {"entry_um": 100.0, "gap_um": 9.0, "strength": 1.0, "mill_modulus_n_mm": 1e5,
         "width_mm": 100.0},
        rises=("entry_um", "gap_um", "strength", "width_mm"), falls=("mill_modulus_n_mm",),
        free=("gap_um",)),
    Law(mill.gap_for_thickness_um,
        {"entry_um": 120.0, "thickness_um": 60.0, "strength": 1.0, "mill_modulus_n_mm": 1e5},
        rises=("thickness_um", "mill_modulus_n_mm"), falls=("strength",)),
    Law(mill.gap_drift_um,
        {"passes": 1000.0, "wear_nm_per_pass": 0.5, "roll_temperature_c": 26.0,
         "growth_um_k": 0.3},
        rises=("passes", "wear_nm_per_pass"), falls=("roll_temperature_c", "growth_um_k"),
        free=("roll_temperature_c",)),
    Law(segregation.segregated_share,
        {"strain": 1.0, "segregation_strain": 1.0, "coarsening_strain": 5.0, "rate_ratio": 1.5,
         "rate_exponent": 0.2},
        rises=("strain", "coarsening_strain", "rate_ratio", "rate_exponent"),
        falls=("segregation_strain",)),
    Law(_enriched, _LAYERS, rises=("relative_loading", "relative_share"), label="enriched_nm"),
    Law(sheet.areal_capacity_mah_cm2, {"thickness_um": 60.0, "product_um": 1.0},
        rises=("thickness_um",), falls=("product_um",)),
    Law(sheet.n_p_ratio, {"areal_capacity": 11.0, "positive_mah_cm2": 1.78},
        rises=("areal_capacity",), falls=("positive_mah_cm2",)),
    Law(sheet.moisture_excess_ppm, {"h2o_ppm": 1.0, "o2_ppm": 1.0}, rises=("h2o_ppm", "o2_ppm")),
    Law(kinetics.thermal_voltage_v, {"temperature_c": 25.0}, rises=("temperature_c",),
        free=("temperature_c",)),
    Law(kinetics.butler_volmer_ma_cm2,
        {"overpotential_v": 0.02, "exchange_ma_cm2": 1.0, "temperature_c": 25.0},
        rises=("overpotential_v", "exchange_ma_cm2"), falls=("temperature_c",),
        free=("overpotential_v", "temperature_c")),
    Law(kinetics.tafel_overpotential_v,
        {"current_ma_cm2": 0.5, "exchange_ma_cm2": 1.0, "temperature_c": 25.0},
        rises=("current_ma_cm2",), falls=("exchange_ma_cm2",),
        free=("current_ma_cm2", "temperature_c")),
    Law(kinetics.charge_transfer_ohm_cm2, {"exchange_ma_cm2": 1.0}, falls=("exchange_ma_cm2",)),
    Law(impedance.aged_interface_ohm_cm2,
        {"interfaces_ohm_cm2": 12.0, "cycles": 10.0, "growth": 0.1, "covered": 0.4},
        rises=("interfaces_ohm_cm2", "cycles", "growth"), falls=("covered",)),
    Law(full_cell.rate_capacity_mah_g,
        {"c_rate": 0.5, "capacity_mah_g": 180.0, "time_h": 0.2, "exponent": 0.8},
        rises=("capacity_mah_g",), falls=("c_rate", "time_h")),
    Law(full_cell.areal_capacity_at_rate_mah_cm2,
        {"loading_mah_cm2": 1.78, "rate_mah_g": 147.5, "nominal_mah_g": 200.9},
        rises=("loading_mah_cm2", "rate_mah_g"), falls=("nominal_mah_g",)),
    Law(full_cell.retention, {"cycle": 100.0, "fade_in_300": 0.08, "exponent": 0.7},
        falls=("cycle", "fade_in_300")),
    Law(full_cell.cycle_hours, {"capacity_mah_cm2": 0.5, "current_ma_cm2": 0.5},
        rises=("capacity_mah_cm2",), falls=("current_ma_cm2",)),
    Law(full_cell.gitt_polarisation_v,
        {"current_ma_cm2": 0.05, "resistance_ohm_cm2": 30.0, "exchange_ma_cm2": 1.0},
        rises=("current_ma_cm2", "resistance_ohm_cm2"), falls=("exchange_ma_cm2",)),
)  # fmt: skip
"""Every vectorised law of the physics."""


def spread(law: Law, name: str, count: int) -> np.ndarray:
    """Values of an argument from where the law is tried up to a little more."""
    return law.at[name] * np.linspace(1.0, law.most.get(name, 1.08), count)


BY_NAME = pytest.mark.parametrize("law", LAWS, ids=[law.name for law in LAWS])
MOVES = [
    pytest.param(law, name, sign, id=f"{law.name}-{name}")
    for law in LAWS
    for names, sign in ((law.rises, 1), (law.falls, -1))
    for name in names
]
ARGUMENTS = [pytest.param(law, name, id=f"{law.name}-{name}") for law in LAWS for name in law.at]
UNITS = re.compile(
    r"_(um|nm|mm|s|h|c|k|kpa|mpa|v|l|g_l|mg_cm2|mol_cm2|cm2|ppm|n_mm|ma_cm2|mah_cm2|mah_g|mah|"
    r"ohm_cm2|w_cm2_k|j_cm2_k|um_k|nm_per_pass|hours)$"
)
PURE_NUMBERS = {
    "temperature_factor", "depletion_share", "total_strain", "encapsulated_share", "completion",
    "temperature_softening", "segregated_share", "n_p_ratio", "retention", "cycle_hours",
    "dimer_share", "exponent", "sticking", "in_chamber_share", "turns", "strain", "rate",
    "strain0", "strength", "passes", "segregation_strain", "coarsening_strain", "rate_ratio",
    "rate_exponent", "relative_loading", "relative_share", "areal_capacity", "cycles", "growth",
    "covered", "c_rate", "cycle", "fade_in_300",
}  # fmt: skip


@BY_NAME
def test_arrays_that_come_in_stay_as_they_are(law: Law) -> None:
    given = {name: spread(law, name, 3) for name in law.at}
    kept = {name: values.copy() for name, values in given.items()}
    law.call(**given)
    for name in given:
        assert np.array_equal(given[name], kept[name]), name


@BY_NAME
def test_broadcasting_is_looping(law: Law) -> None:
    names = list(law.at)
    column, row = names[0], names[-1]
    given: dict[str, Any] = dict(law.at)
    given[row] = spread(law, row, 4)
    if column != row:
        given[column] = spread(law, column, 3)[:, None]
    together = np.asarray(law.call(**given))
    assert together.shape == ((3, 4) if column != row else (4,))
    for place in np.ndindex(together.shape):
        alone = dict(given)
        alone[row] = float(given[row][place[-1]])
        if column != row:
            alone[column] = float(given[column][place[0], 0])
        assert float(law.call(**alone)) == pytest.approx(float(together[place]), rel=1e-11)


@pytest.mark.parametrize(("law", "name", "sign"), MOVES)
def test_more_of_one_thing_moves_the_answer_one_way(law: Law, name: str, sign: int) -> None:
    answers = law.call(**{**law.at, name: spread(law, name, 9)})
    assert np.all(sign * np.diff(answers) > 0)


@pytest.mark.parametrize(("law", "name"), ARGUMENTS)
@pytest.mark.parametrize("bad", [math.nan, np.array([1.0, math.nan]), "much"])
def test_what_is_not_a_number_is_refused_in_one_line(law: Law, name: str, bad: Any) -> None:
    with pytest.raises(InputError) as caught:
        law.call(**{**law.at, name: bad})
    assert "\n" not in str(caught.value)
    assert "got" in str(caught.value)


@pytest.mark.parametrize(("law", "name"), ARGUMENTS)
def test_less_than_nothing_is_refused_in_one_line(law: Law, name: str) -> None:
    bad = -1000.0 if name.endswith("temperature_c") else -1.0
    if name in law.free and not name.endswith("temperature_c"):
        assert np.isfinite(law.call(**{**law.at, name: bad})).all()
        return
    with pytest.raises(InputError) as caught:
        law.call(**{**law.at, name: bad})
    assert "\n" not in str(caught.value)
    assert "got" in str(caught.value)


@pytest.mark.parametrize("name", sorted({n for law in LAWS for n in (law.name, *law.at)}))
def test_a_name_bears_its_unit_or_has_none(name: str) -> None:
    assert UNITS.search(name) or name in PURE_NUMBERS
