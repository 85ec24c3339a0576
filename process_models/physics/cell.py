"""From structure to critical current density (CCD) and life: the laws, without their uncertainty.

ln CCD = ln CCD0 + A (1 - exp(-X/Xc)) - B X^r + pressure and thickness effects. A thin layer leaves
bare lithium, a thick one cracks and resists; whether there is an optimum between depends on the
constants. Life follows one S-N law, T = T0 ((CCD/i)/2)^n, with a second limit competing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.materials import REFERENCE_PRESSURE_MPA, REFERENCE_THICKNESS_UM
from process_models.physics.draws import Constants, constants_of
from process_models.physics.lot import LotInputs, LotStructure
from process_models.physics.recipe_parameters import ProcessSettings
from process_models.physics.sheet import moisture_excess_ppm

__all__ = ["CellTests", "handling_effect", "ln_ccd", "ln_life_h", "lot_cells"]

_REFERENCE_CAPACITY_MAH_CM2 = 0.5
_CAP_SHARPNESS = 2.0


def handling_effect(ln_ratio: Any, slope: Any, curvature: Any) -> Any:
    """Effect on ln CCD of a pressure or thickness away from the reference; 0 at the reference."""
    return ln_ratio * (slope + curvature * ln_ratio)


def ln_ccd(
    exposure: Any,
    reacted: Any,
    ln_pressure: Any,
    ln_thickness: Any,
    constants: Mapping[str, Any],
    xp: Any = np,
) -> Any:
    """Natural logarithm of the median CCD, mA/cm2, of coated lithium.

    Parameters
    ----------
    exposure : float or array
        Deposit relative to the 40 s recipe; 0 gives bare lithium.
    reacted : float or array
        Reduction of the deposit relative to the wound reference, 0 to 1.
    ln_pressure, ln_thickness : float or array
        ln(p/36 MPa) and ln(h/60 um).
    constants : mapping
        The parameters of `ProcessParameters` named below, floats or arrays.
    xp : module
        numpy or jax.numpy.

    Examples
    --------
    >>> from process_models.physics import ProcessParameters
    >>> constants = constants_of(ProcessParameters())
    >>> round(float(np.exp(ln_ccd(1.0, 1.0, 0.0, 0.0, constants))), 2)
    2.58
    """
    layer = exposure * reacted
    coverage = constants["coverage_gain"] * -xp.expm1(-layer / constants["coverage_scale"])
    safe = xp.where(layer > 0, layer, 1.0)
    thick = xp.where(layer > 0, safe ** constants["resistance_power"], 0.0)
    loss = constants["resistance_loss"] * thick
    loose = constants["incomplete_loss"] * exposure * (1.0 - reacted)
    pressure = handling_effect(
        ln_pressure, constants["pressure_slope"], constants["pressure_curvature"]
    )
    thickness = handling_effect(
        ln_thickness, constants["thickness_slope"], constants["thickness_curvature"]
    )
    return xp.log(constants["ccd0_ma_cm2"]) + coverage - loss - loose + pressure + thickness


def ln_life_h(
    ln_ccd_median: Any,
    current_ma_cm2: Any,
    capacity_mah_cm2: Any,
    constants: Mapping[str, Any],
    xp: Any = np,
) -> Any:
    """Natural logarithm of the median life in hours of symmetric cycling.

    Parameters
    ----------
    ln_ccd_median : float or array
        From `ln_ccd`.
    current_ma_cm2, capacity_mah_cm2 : float or array
        Current, and capacity passed in a half-cycle.
    constants : mapping
        `life0_h`, `sn_exponent`, `life_cap_h`, `capacity_exponent`.
    xp : module
        numpy or jax.numpy.

    Examples
    --------
    Bare lithium of the paper at 0.5 mA/cm2.

    >>> from process_models.physics import ProcessParameters
    >>> constants = constants_of(ProcessParameters())
    >>> round(float(np.exp(ln_life_h(0.0, 0.5, 0.5, constants))))
    160
    """
    stress = ln_ccd_median - xp.log(current_ma_cm2) - np.log(2.0)
    fatigue = xp.log(constants["life0_h"]) + constants["sn_exponent"] * stress
    cap = xp.log(constants["life_cap_h"])
    both = -xp.logaddexp(-_CAP_SHARPNESS * fatigue, -_CAP_SHARPNESS * cap) / _CAP_SHARPNESS
    depth = xp.log(capacity_mah_cm2 / _REFERENCE_CAPACITY_MAH_CM2)
    return both - constants["capacity_exponent"] * depth


@dataclass(frozen=True, slots=True)
class CellTests:
    """One cell a lot, both tests: CCD (mA/cm2, before it is read in steps) and life (h).

    Arrays of shape (n,), or (draws, n) with draws of the constants.
    """

    ccd_ma_cm2: NDArray[np.float64]
    life_h: NDArray[np.float64]


def lot_cells(
    settings: ProcessSettings,
    inputs: LotInputs,
    structure: LotStructure,
    parameters: Constants,
    rng: np.random.Generator,
    current_ma_cm2: float = 0.5,
    capacity_mah_cm2: float = 0.5,
) -> CellTests:
    """What the cells of lots would show if `parameters` were true; for a reference plant.

    Excess moisture lowers ln CCD in proportion.

    Raises
    ------
    InputError
        When current or capacity is not above 0.
    """
    for name, value in (("current_ma_cm2", current_ma_cm2), ("capacity_mah_cm2", capacity_mah_cm2)):
        if not value > 0:
            raise InputError(f"{name} must be above 0, got {value:g}")
    constants = constants_of(parameters)
    exposed = settings.exposed and settings.process != "coarse_powder"
    exposure = structure.loading_mg_cm2 / parameters.m40_mg_cm2 if exposed else 0.0
    handled = 1.0 if settings.exposed else 0.0
    median = ln_ccd(
        np.asarray(exposure),
        np.minimum(structure.completion / structure.reference_completion, 1.0),
        handled * np.log(inputs.rolling_pressure_mpa / REFERENCE_PRESSURE_MPA),
        handled * np.log(structure.thickness_um / REFERENCE_THICKNESS_UM),
        constants,
    )
    moisture = moisture_excess_ppm(inputs.h2o_ppm, inputs.o2_ppm)
    median = np.broadcast_to(
        median - moisture / parameters.moisture_scale_ppm, structure.thickness_um.shape
    )
    life = ln_life_h(median, current_ma_cm2, capacity_mah_cm2, constants)
    shape = median.shape
    return CellTests(
        np.exp(median + parameters.ccd_spread * rng.standard_normal(shape)),
        np.exp(life + parameters.life_spread * rng.standard_normal(shape)),
    )
