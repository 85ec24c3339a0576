"""AlCl3 vapour: pressure over temperature, concentration, and what the foil takes out of it."""

from __future__ import annotations

import math

import numpy as np

from process_models.errors import InputError
from process_models.materials import (
    ALCL3_G_MOL,
    ATMOSPHERE_KPA,
    GAS_CONSTANT_J_MOL_K,
    REFERENCE_CHAMBER_C,
)
from process_models.physics.checked import Floats, Number, kelvin, not_negative, share

__all__ = [
    "depletion_sawtooth",
    "depletion_share",
    "ideal_gas_g_l",
    "temperature_factor",
    "temperature_sensitivity_k",
    "vapour_pressure_kpa",
]

_A, _B_K = 15.50, 6200.0  # Brunetti et al. 2009, extrapolated to 178 C


def vapour_pressure_kpa(temperature_c: Number) -> Floats:
    """Pressure over the solid, log10(p/kPa) = 15.50 - 6200/T (Brunetti 2009, extrapolated).

    Examples
    --------
    >>> round(float(vapour_pressure_kpa(178.0)), 1)
    57.2
    """
    return np.asarray(10.0 ** (_A - _B_K / kelvin("temperature_c", temperature_c)))


def temperature_factor(temperature_c: Number) -> Floats:
    """Vapour at `temperature_c` over that at 178 C; 7.2 % more a kelvin.

    Examples
    --------
    >>> round(float(temperature_factor(179.0)), 3)
    1.072
    """
    return vapour_pressure_kpa(temperature_c) / vapour_pressure_kpa(REFERENCE_CHAMBER_C)


def temperature_sensitivity_k(temperature_c: Number) -> Floats:
    """Relative growth of the vapour pressure a kelvin, d ln p/dT = B ln 10 / T^2.

    Examples
    --------
    >>> round(float(temperature_sensitivity_k(178.0)), 3)
    0.07
    """
    return np.asarray(_B_K * math.log(10.0) / kelvin("temperature_c", temperature_c) ** 2)


def ideal_gas_g_l(
    temperature_c: Number, pressure_kpa: Number = ATMOSPHERE_KPA, dimer_share: Number = 0.0
) -> Floats:
    """Mass of vapour in a litre by the ideal gas law, g/L.

    Parameters
    ----------
    temperature_c, pressure_kpa : float or array
    dimer_share : float or array
        Mole fraction of Al2Cl6 among the molecules, 0 to 1; near 1 in truth at 178 C, and 0 in
        the 3.6 g/L of the paper, which is why the concentration is unknown from 3.6 to 7.2.

    Examples
    --------
    >>> [round(float(ideal_gas_g_l(178.0, dimer_share=x)), 2) for x in (0.0, 1.0)]
    [3.6, 7.2]
    """
    mol_l = not_negative("pressure_kpa", pressure_kpa) / (
        GAS_CONSTANT_J_MOL_K * kelvin("temperature_c", temperature_c)
    )
    return np.asarray(mol_l * ALCL3_G_MOL * (1.0 + share("dimer_share", dimer_share)))


def depletion_share(
    loading_mg_cm2: Number, area_cm2: Number, vapour_g_l: Number = 3.6, volume_l: Number = 1.0
) -> Floats:
    """Share of the vapour in the chamber that a deposit takes, 0 to 1.

    Examples
    --------
    1 mg/cm2 on 100 cm2 takes 3 % of what one litre holds.

    >>> round(float(depletion_share(1.0, 100.0)), 3)
    0.028
    """
    loading = not_negative("loading_mg_cm2", loading_mg_cm2)
    taken_g = loading * not_negative("area_cm2", area_cm2) / 1000.0
    held_g = not_negative("vapour_g_l", vapour_g_l) * not_negative("volume_l", volume_l)
    safe = np.where(held_g > 0, held_g, 1.0)
    return np.asarray(np.where(held_g > 0, np.minimum(taken_g / safe, 1.0), 1.0))


def depletion_sawtooth(share_per_lot: Number, lots: int, lots_per_charge: int) -> Floats:
    """What is left of a charge when each lot comes, 0 to 1; shape (..., lots).

    A lot takes the same share of what is left, as its deposit follows the concentration.

    Parameters
    ----------
    share_per_lot : float or array
        `depletion_share` of one lot at the full charge.
    lots, lots_per_charge : int
        Lots in a row, and after how many of them the charge is renewed.

    Raises
    ------
    InputError
        When a count is not at least 1.

    Examples
    --------
    >>> depletion_sawtooth(0.1, 5, 3).round(3).tolist()
    [1.0, 0.9, 0.81, 1.0, 0.9]
    """
    for name, count in (("lots", lots), ("lots_per_charge", lots_per_charge)):
        if count < 1:
            raise InputError(f"{name} must be at least 1, got {count}")
    left = 1.0 - share("share_per_lot", share_per_lot)
    return np.asarray(left[..., None] ** (np.arange(lots) % lots_per_charge))
