"""The rolled sheet as an electrode: areal capacity and area-specific resistance."""

from __future__ import annotations

import numpy as np

from process_models.materials import (
    LITHIUM_MAH_CM2_UM,
    PELLET_CONDUCTIVITY_S_CM,
    PELLET_THICKNESS_CM,
)
from process_models.physics.checked import Floats, Number, above_zero, not_negative

__all__ = [
    "area_specific_resistance_ohm_cm2",
    "areal_capacity_mah_cm2",
    "moisture_excess_ppm",
    "n_p_ratio",
]

_DRY_PPM = 0.1


def areal_capacity_mah_cm2(thickness_um: Number, product_um: Number) -> Floats:
    """Capacity of the lithium metal left in a sheet that holds `product_um` of product.

    Examples
    --------
    Pure lithium of 60 um, and the 0.93 mg/cm2 that explains the paper's 11 mAh/cm2.

    >>> round(float(areal_capacity_mah_cm2(60.0, 0.0)), 2)
    12.37
    >>> round(float(areal_capacity_mah_cm2(60.0, 6.6)), 1)
    11.0
    """
    metal = not_negative("thickness_um", thickness_um) - not_negative("product_um", product_um)
    return np.asarray(np.maximum(metal, 0.0) * LITHIUM_MAH_CM2_UM)


def n_p_ratio(areal_capacity: Number, positive_mah_cm2: Number) -> Floats:
    """Capacity of the negative over that of the positive electrode.

    Examples
    --------
    >>> round(float(n_p_ratio(11.0, 1.78)), 2)
    6.18
    """
    positive = above_zero("positive_mah_cm2", positive_mah_cm2)
    return np.asarray(not_negative("areal_capacity_mah_cm2", areal_capacity) / positive)


def moisture_excess_ppm(h2o_ppm: Number, o2_ppm: Number) -> Floats:
    """H2O plus half the O2 beyond the 0.1 ppm of a dry glovebox, ppm (assumed weights)."""
    water = np.maximum(not_negative("h2o_ppm", h2o_ppm) - _DRY_PPM, 0.0)
    oxygen = np.maximum(not_negative("o2_ppm", o2_ppm) - _DRY_PPM, 0.0)
    return np.asarray(water + 0.5 * oxygen)


def area_specific_resistance_ohm_cm2(
    layer_um: Number,
    unreacted_share: Number,
    relative_moisture: Number,
    interface_ohm_cm2: Number,
    layer_ohm_cm2_um: Number,
    unreacted_ohm_cm2: Number,
) -> Floats:
    """Resistance of a symmetric cell: pellet, two interfaces, two layers, unreacted deposit.

    Parameters
    ----------
    layer_um : float or array
        Enriched layer, one face.
    unreacted_share : float or array
        Share of the deposit that has not been reduced.
    relative_moisture : float or array
        Excess moisture over the scale at which it doubles the interface resistance.
    interface_ohm_cm2, layer_ohm_cm2_um, unreacted_ohm_cm2 : float or array
        Constants, assumed.
    """
    pellet = PELLET_THICKNESS_CM / PELLET_CONDUCTIVITY_S_CM
    interface = interface_ohm_cm2 * (1.0 + not_negative("relative_moisture", relative_moisture))
    unreacted = not_negative("unreacted_share", unreacted_share)
    layer = layer_ohm_cm2_um * not_negative("layer_um", layer_um)
    return np.asarray(pellet + 2.0 * (interface + layer) + unreacted_ohm_cm2 * unreacted)
