"""What the chamber does to every lot: the deposit, and the temperature of the foil."""

from __future__ import annotations

import numpy as np

from process_models.physics.checked import Floats
from process_models.physics.deposition import deposit_mg_cm2
from process_models.physics.draws import Constants
from process_models.physics.foil_heat import foil_temperature_c
from process_models.physics.interlock import FoilInterlock, foil_interlock
from process_models.physics.lot_inputs import LotInputs
from process_models.physics.recipe_parameters import ProcessSettings
from process_models.physics.sheet import moisture_excess_ppm

__all__ = ["interlock_of", "lot_foil_temperature_c", "lot_interlock", "lot_loading"]


def lot_interlock(
    settings: ProcessSettings, inputs: LotInputs, parameters: Constants
) -> FoilInterlock:
    """Which lots would melt in the chamber, and which without heat loss.

    Examples
    --------
    >>> from process_models.physics import ProcessParameters, ProcessSettings, nominal_inputs
    >>> recipe = ProcessSettings(foil_thickness_um=20.0, thickness_um=15.0)
    >>> seen = lot_interlock(recipe, nominal_inputs(recipe), ProcessParameters())
    >>> seen.melts.tolist(), seen.could_melt.tolist()
    ([False], [True])
    """
    return interlock_of(inputs, parameters, lot_loading(settings, inputs, parameters))


def lot_foil_temperature_c(lots: LotInputs, p: Constants, loading: Floats) -> Floats:
    """Foil temperature of every lot at the end of its exposure, as a gauge would read it."""
    return foil_temperature_c(
        lots.chamber_temperature_c,
        loading,
        np.maximum(lots.exposure_s, 0.0),
        lots.foil_thickness_um,
        np.minimum(p.in_chamber_share, 1.0),
        p.heat_loss_w_cm2_k,
    )


def interlock_of(lots: LotInputs, p: Constants, loading: Floats) -> FoilInterlock:
    """The interlock for a deposit that is already known."""
    return foil_interlock(
        lots.chamber_temperature_c,
        loading,
        np.maximum(lots.exposure_s, 0.0),
        lots.foil_thickness_um,
        np.minimum(p.in_chamber_share, 1.0),
        p.heat_loss_w_cm2_k,
        p.lag_s,
        p.exposure_exponent,
    )


def lot_loading(settings: ProcessSettings, lots: LotInputs, p: Constants) -> Floats:
    """AlCl3 on the foil of every lot, mg/cm2; never above what diffusion could have brought.

    Moisture beyond a dry glovebox lowers the sticking, exp(-excess/scale), assumed.

    Examples
    --------
    >>> from process_models.physics import ProcessParameters, ProcessSettings, nominal_inputs
    >>> recipe = ProcessSettings()
    >>> lot_loading(recipe, nominal_inputs(recipe), ProcessParameters()).tolist()
    [0.25]
    """
    if not settings.exposed:
        return np.zeros_like(lots.exposure_s)
    moisture = moisture_excess_ppm(lots.h2o_ppm, lots.o2_ppm)
    return deposit_mg_cm2(
        np.maximum(lots.exposure_s, 0.0),
        p.m40_mg_cm2,
        p.lag_s,
        p.exposure_exponent,
        np.maximum(lots.vapour_g_l, 0.0),
        lots.chamber_temperature_c,
        np.exp(-moisture / p.moisture_scale_ppm),
    )
