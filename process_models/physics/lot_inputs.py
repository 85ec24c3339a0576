"""What befell each lot, and the lot on which nothing did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.physics.checked import Floats, above_zero, finite, not_negative
from process_models.physics.recipe_parameters import ProcessSettings

__all__ = ["NOMINAL_TENSION_N", "ROLL_REFERENCE_C", "LotInputs", "nominal_inputs"]

ROLL_REFERENCE_C = 25.0
NOMINAL_TENSION_N = 2.0  # assumed winding tension
_RULES: Mapping[str, Callable[[str, Any], Floats]] = MappingProxyType({
    "foil_thickness_um": above_zero, "flow_stress_factor": above_zero,
    "rolling_pressure_mpa": not_negative, "h2o_ppm": not_negative, "o2_ppm": not_negative,
})  # fmt: skip


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

    Raises
    ------
    InputError
        When an array has another shape, a value is not finite, or one is below what nature
        allows. An exposure, vapour or tension that a line's noise pushed below 0 counts as 0.
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
            _RULES.get(field.name, finite)(field.name, getattr(self, field.name))


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
        winding_tension_n=same(NOMINAL_TENSION_N),
        flow_stress_factor=same(1.0),
        roll_gap_shift_um=same(0.0),
        rolling_pressure_mpa=same(settings.rolling_pressure_mpa),
        roll_temperature_c=same(ROLL_REFERENCE_C),
    )
