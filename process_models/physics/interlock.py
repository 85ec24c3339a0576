"""How warm the foil becomes, and whether it melts: the interlock of the sublimation chamber."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    "FoilInterlock",
    "adiabatic_rise_k",
    "foil_heat_j_cm2_k",
    "foil_interlock",
    "foil_temperature_c",
    "interlock_margin_k",
]


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


@dataclass(frozen=True, slots=True)
class FoilInterlock:
    """What the interlock sees; arrays of one shape.

    Attributes
    ----------
    foil_temperature_c : ndarray
        At the end of the exposure, with the assumed heat loss.
    adiabatic_temperature_c : ndarray
        If what reacts in the chamber did so at once and no heat left the foil: the worst case.
    """

    foil_temperature_c: Floats
    adiabatic_temperature_c: Floats

    @property
    def melts(self) -> NDArray[np.bool_]:
        """Lots whose foil reaches the melting point."""
        return np.asarray(self.foil_temperature_c >= LITHIUM_MELTING_C)

    @property
    def could_melt(self) -> NDArray[np.bool_]:
        """Lots that would melt if the support took no heat away."""
        return np.asarray(self.adiabatic_temperature_c >= LITHIUM_MELTING_C)


def foil_interlock(
    chamber_temperature_c: Number,
    loading_mg_cm2: Number,
    exposure_s: Number,
    foil_thickness_um: Number,
    in_chamber_share: Number,
    heat_loss_w_cm2_k: Number,
) -> FoilInterlock:
    """Which lots melt, and which would without heat loss; arguments of `foil_temperature_c`.

    Examples
    --------
    >>> seen = foil_interlock(178.0, np.array([0.25, 1.5]), 40.0, 100.0, 0.2, 0.01)
    >>> seen.melts.tolist(), seen.could_melt.tolist()
    ([False, True], [True, True])
    """
    foil = foil_temperature_c(
        chamber_temperature_c,
        loading_mg_cm2,
        exposure_s,
        foil_thickness_um,
        in_chamber_share,
        heat_loss_w_cm2_k,
    )
    reacted = not_negative("loading_mg_cm2", loading_mg_cm2) * in_chamber_share
    adiabatic = chamber_temperature_c + adiabatic_rise_k(reacted, foil_thickness_um)
    return FoilInterlock(foil, np.asarray(np.broadcast_to(adiabatic, foil.shape)))
