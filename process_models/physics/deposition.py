"""How much AlCl3 an exposure leaves on the foil, and how warm the foil becomes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.materials import (
    LITHIUM_DENSITY_G_CM3,
    LITHIUM_HEAT_J_G_K,
    LITHIUM_MELTING_C,
    REACTION_HEAT_J_MG,
    REFERENCE_EXPOSURE_S,
)

__all__ = [
    "adiabatic_rise_k",
    "foil_heat_j_cm2_k",
    "foil_temperature_c",
    "interlock_margin_k",
    "relative_exposure",
]

Number = NDArray[np.float64] | float


def relative_exposure(time_s: Any, lag_s: Any, exponent: Any, xp: Any = np) -> Any:
    """Deposit after `time_s` over that after 40 s: ((t - lag)/(40 - lag))^n, 0 up to the lag.

    The absolute amount is uncertain by a factor of thirty; its growth with time is not.

    Parameters
    ----------
    time_s, lag_s, exponent : float or array
        Broadcast against each other.
    xp : module
        numpy or jax.numpy.

    Examples
    --------
    >>> [round(float(relative_exposure(t, 2.5, 0.75)), 2) for t in (0, 20, 40, 60)]
    [0.0, 0.56, 1.0, 1.38]
    """
    ratio = (xp.asarray(time_s) - lag_s) / (REFERENCE_EXPOSURE_S - lag_s)
    positive = xp.where(ratio > 0, ratio, 1.0)
    return xp.where(ratio > 0, positive**exponent, 0.0)


def foil_heat_j_cm2_k(foil_thickness_um: Number) -> NDArray[np.float64]:
    """Heat capacity of the foil, J/cm2/K; 0.0191 for 100 um.

    Examples
    --------
    >>> round(float(foil_heat_j_cm2_k(100.0)), 4)
    0.0191
    """
    thickness_cm = np.asarray(foil_thickness_um, dtype=np.float64) * 1e-4
    return np.asarray(thickness_cm * LITHIUM_DENSITY_G_CM3 * LITHIUM_HEAT_J_G_K)


def adiabatic_rise_k(loading_mg_cm2: Number, foil_thickness_um: Number) -> NDArray[np.float64]:
    """Rise if the whole deposit reacted at once and no heat left the foil.

    Examples
    --------
    0.012 mg/cm2 on 100 um takes the foil through the 2.5 K below its melting point.

    >>> round(float(adiabatic_rise_k(0.012, 100.0)), 2)
    2.45
    """
    heat = REACTION_HEAT_J_MG * np.asarray(loading_mg_cm2, dtype=np.float64)
    return np.asarray(heat / foil_heat_j_cm2_k(foil_thickness_um))


def foil_temperature_c(
    chamber_temperature_c: Number,
    loading_mg_cm2: Number,
    exposure_s: Number,
    foil_thickness_um: Number,
    in_chamber_share: float,
    heat_loss_w_cm2_k: float,
) -> NDArray[np.float64]:
    """Foil temperature at the end of the exposure, C.

    The share of the deposit that reacts in the chamber does so at an even rate; the foil's
    support takes the heat away in proportion to the rise (first-order, time constant heat
    capacity over loss). Both constants are assumed.
    """
    time = np.asarray(exposure_s, dtype=np.float64)
    safe = np.where(time > 0, time, 1.0)
    power = REACTION_HEAT_J_MG * in_chamber_share * np.asarray(loading_mg_cm2) / safe
    constant_s = foil_heat_j_cm2_k(foil_thickness_um) / heat_loss_w_cm2_k
    rise = power / heat_loss_w_cm2_k * -np.expm1(-safe / constant_s)
    return np.asarray(chamber_temperature_c + np.where(time > 0, rise, 0.0))


def interlock_margin_k(foil_temperature: Number) -> NDArray[np.float64]:
    """Kelvin left to the melting point of lithium; negative means the foil has melted.

    Examples
    --------
    >>> float(interlock_margin_k(178.0))
    2.5
    """
    return np.asarray(LITHIUM_MELTING_C - np.asarray(foil_temperature, dtype=np.float64))
