"""From a recipe and what befell each lot to the structure of its sheets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from process_models.physics import mill, rolling, segregation, sheet, winding
from process_models.physics.checked import Floats
from process_models.physics.draws import Constants, ParameterDraws
from process_models.physics.flow import temperature_softening
from process_models.physics.lot_deposit import (
    lot_foil_temperature_c,
    lot_interlock,
    lot_loading,
)
from process_models.physics.lot_inputs import (
    NOMINAL_TENSION_N,
    ROLL_REFERENCE_C,
    LotInputs,
    nominal_inputs,
)
from process_models.physics.reaction import react
from process_models.physics.recipe_parameters import ProcessSettings

__all__ = ["LotInputs", "LotStructure", "lot_interlock", "lot_structure", "nominal_inputs"]

_LEAST_DRAFT = 0.05  # a pass reduces by at least this share
_REFERENCE_TURNS = 10.0
_REFERENCE_RATE_S = float(rolling.strain_rate_s(100.0, 60.0))
_TENSION_POWER = 0.3  # assumed: tighter winding, better contact
_STRIP_MM = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LotStructure:
    """The sheets of each lot; arrays of shape (n,), or (draws, n) with draws of the constants.

    Attributes
    ----------
    foil_temperature_c : ndarray
        At the end of the exposure.
    loading_mg_cm2 : ndarray
        AlCl3 on the foil, as weighed after sublimation.
    thickness_um : ndarray
        Mean over the sheet after rolling.
    areal_capacity_mah_cm2 : ndarray
        Of the lithium metal left.
    enriched_layer_nm, pure_layer_nm : ndarray
        Surface layers of one face.
    completion : ndarray
        Share of the deposit reduced, 0 to 1.
    asr_ohm_cm2 : ndarray
        Of a symmetric cell before cycling.
    strain : ndarray
        True strain of winding and rolling together.
    plane_spacing_um : ndarray
        Distance of the planes of product inside the sheet.
    product_um, lithium_consumed_um : ndarray
        Dense product in the sheet, and lithium that went into it.
    reference_completion : float, or ndarray of shape (draws, 1)
        Completion of the wound reference with the same constants.
    """

    foil_temperature_c: Floats
    loading_mg_cm2: Floats
    thickness_um: Floats
    areal_capacity_mah_cm2: Floats
    enriched_layer_nm: Floats
    pure_layer_nm: Floats
    completion: Floats
    asr_ohm_cm2: Floats
    strain: Floats
    plane_spacing_um: Floats
    product_um: Floats
    lithium_consumed_um: Floats
    reference_completion: Any


def lot_structure(
    settings: ProcessSettings, inputs: LotInputs, parameters: Constants
) -> LotStructure:
    """Deposit, reaction, winding, rolling and segregation of every lot.

    Parameters
    ----------
    settings : ProcessSettings
        The recipe.
    inputs : LotInputs
        Arrays over lots, (n,).
    parameters : ProcessParameters or ParameterDraws
        The constants that are taken as true; draws give every array the shape (draws, n).

    Examples
    --------
    >>> from process_models.physics import ProcessParameters
    >>> recipe = ProcessSettings()
    >>> made = lot_structure(recipe, nominal_inputs(recipe), ProcessParameters())
    >>> round(float(made.loading_mg_cm2[0]), 2), round(float(made.thickness_um[0]), 1)
    (0.25, 60.0)
    """
    loading = lot_loading(settings, inputs, parameters)
    thickness = _thickness(settings, inputs, parameters)
    turns = settings.winding_turns if settings.wound else 1.0
    strain = winding.total_strain(turns, inputs.foil_thickness_um, thickness)
    completion = _completion(settings, inputs, parameters, strain)
    in_sheet = winding.loading_in_sheet_mg_cm2(loading, inputs.foil_thickness_um, thickness)
    reacted = react(in_sheet, completion, thickness)
    product_um = reacted.product_um
    layers = _layers(settings, inputs, parameters, loading, thickness, product_um, strain)
    made = {
        "foil_temperature_c": lot_foil_temperature_c(inputs, parameters, loading),
        "loading_mg_cm2": loading,
        "thickness_um": thickness,
        "areal_capacity_mah_cm2": sheet.areal_capacity_mah_cm2(thickness, product_um),
        "enriched_layer_nm": layers.enriched_nm,
        "pure_layer_nm": layers.pure_nm,
        "completion": completion,
        "asr_ohm_cm2": _asr(inputs, parameters, layers, loading, completion),
        "strain": strain,
        "plane_spacing_um": winding.plane_spacing_um(turns, thickness),
        "product_um": product_um,
        "lithium_consumed_um": reacted.li_consumed_um,
    }
    if isinstance(parameters, ParameterDraws):
        shape = (parameters.count, inputs.exposure_s.size)
        made = {name: np.broadcast_to(array, shape) for name, array in made.items()}
    return LotStructure(**made, reference_completion=_reference_completion(parameters))


def _thickness(settings: ProcessSettings, lots: LotInputs, p: Constants) -> Floats:
    target = settings.thickness_um
    entry0 = max(settings.foil_thickness_um, target / (1.0 - _LEAST_DRAFT))
    force0 = rolling.line_force_n_mm(entry0, target)
    load = force0 * lots.rolling_pressure_mpa / settings.rolling_pressure_mpa
    aimed = rolling.thickness_under_force_um(entry0, load)
    modulus = p.mill_modulus_n_mm
    gap = aimed - load * p.stress_scale * 1000.0 * _STRIP_MM / modulus
    heated = p.roll_growth_um_k * (lots.roll_temperature_c - ROLL_REFERENCE_C)
    strength = lots.flow_stress_factor * temperature_softening(lots.roll_temperature_c)
    return mill.exit_thickness_um(
        entry0 * lots.foil_thickness_um / settings.foil_thickness_um,
        gap + lots.roll_gap_shift_um - heated,
        strength * p.stress_scale,
        modulus,
        _STRIP_MM,
    )


def _completion(settings: ProcessSettings, lots: LotInputs, p: Constants, strain: Floats) -> Floats:
    if not settings.exposed:
        return np.ones_like(strain)
    if not settings.wound:
        return winding.completion(1.0, strain, p.completion_rate, p.completion_strain)
    tension = np.maximum(lots.winding_tension_n / NOMINAL_TENSION_N, 0.0) ** _TENSION_POWER
    return winding.completion(
        settings.winding_turns, strain, p.completion_rate * tension, p.completion_strain
    )


def _reference_completion(p: Constants) -> Any:
    reference = winding.completion(
        _REFERENCE_TURNS, segregation.REFERENCE_STRAIN, p.completion_rate, p.completion_strain
    )
    return reference if isinstance(p, ParameterDraws) else float(reference)


def _layers(
    settings: ProcessSettings,
    lots: LotInputs,
    p: Constants,
    loading: Floats,
    thickness: Floats,
    product_um: Floats,
    strain: Floats,
) -> segregation.SurfaceLayers:
    if settings.process in ("bare", "coarse_powder"):
        share: Floats = np.zeros_like(strain)
    else:
        entry = np.maximum(lots.foil_thickness_um, thickness)
        rate_ratio = rolling.strain_rate_s(entry, thickness) / _REFERENCE_RATE_S
        constants = (p.segregation_strain, p.coarsening_strain)
        share = segregation.segregated_share(
            strain, *constants, rate_ratio, p.segregation_rate_exponent
        ) / segregation.segregated_share(segregation.REFERENCE_STRAIN, *constants)
    return segregation.surface_layers(
        loading / p.m40_mg_cm2, product_um, share, p.enriched_reference_nm, p.pure_reference_nm
    )


def _asr(
    lots: LotInputs,
    p: Constants,
    layers: segregation.SurfaceLayers,
    loading: Floats,
    completion: Floats,
) -> Floats:
    moisture = sheet.moisture_excess_ppm(lots.h2o_ppm, lots.o2_ppm)
    return sheet.area_specific_resistance_ohm_cm2(
        layers.enriched_nm / 1000.0,
        (1.0 - completion) * np.minimum(loading / p.m40_mg_cm2, 3.0),
        moisture / p.moisture_scale_ppm,
        p.interface_ohm_cm2,
        p.layer_ohm_cm2_um,
        p.unreacted_ohm_cm2,
    )
