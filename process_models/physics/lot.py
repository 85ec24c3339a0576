"""From a recipe and what befell each lot to the structure of its sheets."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.materials import REFERENCE_VAPOUR_G_L
from process_models.physics import rolling, segregation, sheet, winding
from process_models.physics.deposition import foil_temperature_c, relative_exposure
from process_models.physics.reaction import react
from process_models.physics.recipe_parameters import ProcessParameters, ProcessSettings
from process_models.physics.vapour import temperature_factor

__all__ = ["LotInputs", "LotStructure", "lot_structure", "nominal_inputs"]

Floats = NDArray[np.float64]
_ROLL_REFERENCE_C = 25.0
_LEAST_DRAFT = 0.05  # a pass reduces by at least this share
_REFERENCE_TURNS = 10.0
_TENSION_N = 2.0  # assumed nominal winding tension
_TENSION_POWER = 0.3  # assumed: tighter winding, better contact
_STRIP_MM = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LotInputs:
    """What befell each lot; every array has one value a lot, shape (n,).

    Attributes
    ----------
    foil_thickness_um, chamber_temperature_c, exposure_s : ndarray
        True values of the lot.
    vapour_g_l : ndarray
        Concentration with depletion taken off, as it would be at 178 C; the effect of
        `chamber_temperature_c` is added by the model.
    h2o_ppm, o2_ppm, winding_tension_n : ndarray
        Glovebox and winder.
    flow_stress_factor : ndarray
        Multiplier of the flow stress; 1 is the usual foil.
    roll_gap_shift_um : ndarray
        Drift of the unloaded gap by wear, positive opens.
    rolling_pressure_mpa, roll_temperature_c : ndarray
        Mean roll pressure, temperature of the rolls.
    """

    foil_thickness_um: Floats
    chamber_temperature_c: Floats
    vapour_g_l: Floats
    exposure_s: Floats
    h2o_ppm: Floats
    o2_ppm: Floats
    winding_tension_n: Floats
    flow_stress_factor: Floats
    roll_gap_shift_um: Floats
    rolling_pressure_mpa: Floats
    roll_temperature_c: Floats

    def __post_init__(self) -> None:
        shape = np.shape(self.foil_thickness_um)
        for field in fields(self):
            if np.shape(getattr(self, field.name)) != shape:
                got = np.shape(getattr(self, field.name))
                raise InputError(f"{field.name} must have one value a lot, {shape}, got {got}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotStructure:
    """The sheets of each lot; arrays of shape (n,), or (draws, n) with arrays of parameters.

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
    reference_completion : float
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
    reference_completion: float


def nominal_inputs(settings: ProcessSettings, lots: int = 1) -> LotInputs:
    """Lots on which everything is as the recipe says: dry glovebox, new rolls, usual foil."""

    def same(value: float) -> Floats:
        return np.full(lots, float(value))

    return LotInputs(
        foil_thickness_um=same(settings.foil_thickness_um),
        chamber_temperature_c=same(settings.chamber_temperature_c),
        vapour_g_l=same(settings.vapour_g_l),
        exposure_s=same(settings.sublimation_time_s),
        h2o_ppm=same(0.05),
        o2_ppm=same(0.05),
        winding_tension_n=same(_TENSION_N),
        flow_stress_factor=same(1.0),
        roll_gap_shift_um=same(0.0),
        rolling_pressure_mpa=same(settings.rolling_pressure_mpa),
        roll_temperature_c=same(_ROLL_REFERENCE_C),
    )


def lot_structure(
    settings: ProcessSettings, inputs: LotInputs, parameters: ProcessParameters
) -> LotStructure:
    """Deposit, reaction, winding, rolling and segregation of every lot.

    Parameters
    ----------
    settings : ProcessSettings
        The recipe.
    inputs : LotInputs
        Arrays over lots, (n,).
    parameters : ProcessParameters
        The constants that are taken as true.

    Examples
    --------
    >>> recipe = ProcessSettings()
    >>> made = lot_structure(recipe, nominal_inputs(recipe), ProcessParameters())
    >>> round(float(made.loading_mg_cm2[0]), 2), round(float(made.thickness_um[0]), 1)
    (0.25, 60.0)
    """
    loading = _loading(settings, inputs, parameters)
    thickness = _thickness(settings, inputs, parameters)
    strain = winding.total_strain(_turns(settings), inputs.foil_thickness_um, thickness)
    completion = _completion(settings, inputs, parameters, strain)
    in_sheet = loading * np.minimum(thickness / inputs.foil_thickness_um, 1.0)
    product_um = react(in_sheet, completion, thickness).product_um
    layers = _layers(settings, parameters, loading, product_um, strain)
    moisture = sheet.moisture_excess_ppm(inputs.h2o_ppm, inputs.o2_ppm)
    unreacted = (1.0 - completion) * np.minimum(loading / parameters.m40_mg_cm2, 3.0)
    return LotStructure(
        foil_temperature_c=foil_temperature_c(
            inputs.chamber_temperature_c, loading, inputs.exposure_s, inputs.foil_thickness_um,
            parameters.in_chamber_share, parameters.heat_loss_w_cm2_k),
        loading_mg_cm2=loading,
        thickness_um=thickness,
        areal_capacity_mah_cm2=sheet.areal_capacity_mah_cm2(thickness, product_um),
        enriched_layer_nm=layers.enriched_nm,
        pure_layer_nm=layers.pure_nm,
        completion=completion,
        asr_ohm_cm2=sheet.area_specific_resistance_ohm_cm2(
            layers.enriched_nm / 1000.0, unreacted, moisture / parameters.moisture_scale_ppm,
            parameters.interface_ohm_cm2, parameters.layer_ohm_cm2_um,
            parameters.unreacted_ohm_cm2),
        reference_completion=_reference_completion(parameters),
    )


def _turns(settings: ProcessSettings) -> float:
    return settings.winding_turns if settings.wound else 1.0


def _loading(settings: ProcessSettings, lots: LotInputs, p: ProcessParameters) -> Floats:
    if not settings.exposed:
        return np.zeros_like(lots.exposure_s)
    vapour = lots.vapour_g_l / REFERENCE_VAPOUR_G_L * temperature_factor(lots.chamber_temperature_c)
    moisture = sheet.moisture_excess_ppm(lots.h2o_ppm, lots.o2_ppm)
    sticking = np.exp(-moisture / p.moisture_scale_ppm)
    grown = relative_exposure(lots.exposure_s, p.lag_s, p.exposure_exponent)
    return np.asarray(p.m40_mg_cm2 * vapour * sticking * grown)


def _thickness(settings: ProcessSettings, lots: LotInputs, p: ProcessParameters) -> Floats:
    target = settings.thickness_um
    entry0 = max(settings.foil_thickness_um, target / (1.0 - _LEAST_DRAFT))
    force0 = rolling.line_force_n_mm(entry0, target)
    load = force0 * lots.rolling_pressure_mpa / settings.rolling_pressure_mpa
    aimed = rolling.thickness_under_force_um(entry0, load)
    modulus = p.mill_modulus_n_mm
    gap = aimed - load * p.stress_scale * 1000.0 * _STRIP_MM / modulus
    heated = p.roll_growth_um_k * (lots.roll_temperature_c - _ROLL_REFERENCE_C)
    strength = lots.flow_stress_factor * rolling.temperature_softening(lots.roll_temperature_c)
    return rolling.exit_thickness_um(
        entry0 * lots.foil_thickness_um / settings.foil_thickness_um,
        gap + lots.roll_gap_shift_um - heated,
        strength * p.stress_scale, modulus, _STRIP_MM,
    )


def _completion(
    settings: ProcessSettings, lots: LotInputs, p: ProcessParameters, strain: Floats
) -> Floats:
    if not settings.exposed:
        return np.ones_like(strain)
    tension = np.maximum(lots.winding_tension_n / _TENSION_N, 0.0) ** _TENSION_POWER
    contact = tension if settings.wound else np.ones_like(strain)
    return winding.completion(
        _turns(settings), strain, p.completion_rate * contact, p.completion_strain)


def _reference_completion(p: ProcessParameters) -> float:
    return float(winding.completion(
        _REFERENCE_TURNS, segregation.REFERENCE_STRAIN, p.completion_rate, p.completion_strain))


def _layers(
    settings: ProcessSettings, p: ProcessParameters,
    loading: Floats, product_um: Floats, strain: Floats,
) -> segregation.SurfaceLayers:
    constants = (p.segregation_strain, p.coarsening_strain)
    share = segregation.segregated_share(strain, *constants) / segregation.segregated_share(
        segregation.REFERENCE_STRAIN, *constants)
    if settings.process == "coarse_powder":
        share = np.zeros_like(share)
    return segregation.surface_layers(
        loading / p.m40_mg_cm2, product_um, share, p.enriched_reference_nm, p.pure_reference_nm)
