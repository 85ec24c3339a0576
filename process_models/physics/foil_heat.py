"""How warm the foil becomes in the sublimation chamber."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from process_models.materials import (
    LITHIUM_DENSITY_G_CM3,
    LITHIUM_HEAT_J_G_K,
    LITHIUM_MELTING_C,
    REACTION_HEAT_J_MG,
)
from process_models.physics.checked import (
    Floats,
    Number,
    above_zero,
    finite,
    kelvin,
    not_negative,
    share,
)

__all__ = [
    "adiabatic_rise_k",
    "foil_heat_j_cm2_k",
    "foil_temperature_c",
    "interlock_margin_k",
    "peak_foil_temperature_c",
]

_HEAT_STEPS = 64


def foil_heat_j_cm2_k(foil_thickness_um: Number) -> Floats:
    """Heat capacity of the foil, J/cm2/K; 0.0191 for 100 um.

    Examples
    --------
    >>> round(float(foil_heat_j_cm2_k(100.0)), 4)
    0.0191
    """
    thickness_cm = above_zero("foil_thickness_um", foil_thickness_um) * 1e-4
    return np.asarray(thickness_cm * LITHIUM_DENSITY_G_CM3 * LITHIUM_HEAT_J_G_K)


def adiabatic_rise_k(loading_mg_cm2: Number, foil_thickness_um: Number) -> Floats:
    """Rise if the whole deposit reacted at once and no heat left the foil.

    Examples
    --------
    0.012 mg/cm2 on 100 um takes the foil through the 2.5 K below its melting point.

    >>> round(float(adiabatic_rise_k(0.012, 100.0)), 2)
    2.45
    """
    heat = REACTION_HEAT_J_MG * not_negative("loading_mg_cm2", loading_mg_cm2)
    return np.asarray(heat / foil_heat_j_cm2_k(foil_thickness_um))


def foil_temperature_c(
    chamber_temperature_c: Number,
    loading_mg_cm2: Number,
    exposure_s: Number,
    foil_thickness_um: Number,
    in_chamber_share: Number,
    heat_loss_w_cm2_k: Number,
) -> Floats:
    """Foil temperature at the end of the exposure, C.

    The share of the deposit that reacts in the chamber does so at an even rate; the foil's
    support takes the heat away in proportion to the rise (first-order, time constant heat
    capacity over loss). Both constants are assumed.
    """
    time = not_negative("exposure_s", exposure_s)
    loss = above_zero("heat_loss_w_cm2_k", heat_loss_w_cm2_k)
    passed = time * loss / foil_heat_j_cm2_k(foil_thickness_um)  # time constants
    kept = np.where(passed > 0, -np.expm1(-passed) / np.where(passed > 0, passed, 1.0), 1.0)
    reacted = share("in_chamber_share", in_chamber_share) * not_negative(
        "loading_mg_cm2", loading_mg_cm2
    )
    rise = adiabatic_rise_k(reacted, foil_thickness_um) * kept
    kelvin("chamber_temperature_c", chamber_temperature_c)
    return np.asarray(chamber_temperature_c + np.where(time > 0, rise, 0.0))


def interlock_margin_k(foil_temperature: Number) -> Floats:
    """Kelvin left to the melting point of lithium; negative means the foil has melted.

    Examples
    --------
    >>> float(interlock_margin_k(178.0))
    2.5
    """
    return np.asarray(LITHIUM_MELTING_C - finite("foil_temperature_c", foil_temperature))


def peak_foil_temperature_c(
    chamber_temperature_c: Number,
    loading_mg_cm2: Number,
    exposure_s: Number,
    foil_thickness_um: Number,
    in_chamber_share: Number,
    heat_loss_w_cm2_k: Number,
    lag_s: Number = 0.0,
    exponent: Number = 1.0,
) -> Floats:
    """Warmest that the foil becomes, C: the deposit comes as its law says, mostly at the start.

    The balance of `foil_temperature_c` step by step, each exact for an even rate, on times that
    are dense where the deposit is fastest.

    Parameters
    ----------
    chamber_temperature_c, loading_mg_cm2, exposure_s, foil_thickness_um : float or array
    in_chamber_share, heat_loss_w_cm2_k : float or array
        As for `foil_temperature_c`.
    lag_s, exponent : float or array
        Of the exposure law.

    Examples
    --------
    With an even rate the end is the warmest.

    >>> foil = (178.0, 0.25, 40.0, 100.0, 0.2, 0.01)
    >>> round(float(foil_temperature_c(*foil)), 2), round(float(peak_foil_temperature_c(*foil)), 2)
    (178.49, 178.49)
    >>> round(float(peak_foil_temperature_c(*foil, 2.5, 0.75)), 2)
    178.7
    """
    end = foil_temperature_c(
        chamber_temperature_c,
        loading_mg_cm2,
        exposure_s,
        foil_thickness_um,
        in_chamber_share,
        heat_loss_w_cm2_k,
    )
    power = above_zero("exponent", exponent)
    active_s = np.maximum(np.asarray(exposure_s) - not_negative("lag_s", lag_s), 0.0)
    constants = active_s * heat_loss_w_cm2_k / foil_heat_j_cm2_k(foil_thickness_um)
    whole = adiabatic_rise_k(np.asarray(loading_mg_cm2) * in_chamber_share, foil_thickness_um)
    rise = np.zeros(np.broadcast_shapes(whole.shape, constants.shape, power.shape))
    warmest, ticks = rise, np.linspace(0.0, 1.0, _HEAT_STEPS + 1) ** 2
    for start, stop in pairwise(ticks):
        step = constants * (stop - start)
        kept = np.where(step > 0, -np.expm1(-step) / np.where(step > 0, step, 1.0), 1.0)
        rise = rise * np.exp(-step) + whole * (stop**power - start**power) * kept
        warmest = np.maximum(warmest, rise)
    return np.asarray(np.maximum(end, np.where(active_s > 0, chamber_temperature_c + warmest, end)))
