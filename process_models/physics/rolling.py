"""Rolling: force and pressure against thickness, and how the mill answers to what comes in.

Flow of lithium after Narayan and Anand (2018); force by the slab method with a friction hill.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "exit_thickness_um",
    "line_force_n_mm",
    "mean_pressure_mpa",
    "temperature_softening",
    "thickness_under_force_um",
]

Floats = NDArray[np.float64]
Number = Floats | float

_RATE0_S, _RATE_EXPONENT = 0.05, 0.18
_S0_MPA, _S_LIMIT_MPA, _H0_MPA, _POWER = 2.0, 8.0, 40.0, 1.8
_RADIUS_MM, _SPEED_MM_S, _FRICTION = 50.0, 10.0, 0.1  # assumed laboratory mill
_CALIBRATION = 1.0886  # so that the reference pass, 100 to 60 um, needs 51 N/mm
_ACTIVATION_J_MOL = 37_000.0  # Narayan and Anand 2018
_STEPS = 50


def _mean_strength_mpa(strain: Floats) -> Floats:
    """Mean of S over 0 to `strain`; dS/de = H0 (1 - S/S*)^a in closed form."""
    start = (1 - _S0_MPA / _S_LIMIT_MPA) ** (1 - _POWER)
    slope = (_POWER - 1) * _H0_MPA / _S_LIMIT_MPA
    power = 1.0 / (_POWER - 1.0) - 1.0
    safe = np.maximum(strain, 1e-9)
    mean_u = (start**-power - (start + slope * safe) ** -power) / (slope * power * safe)
    return np.asarray(_S_LIMIT_MPA * (1.0 - mean_u))


def _contact_mm(draft_um: Floats) -> Floats:
    return np.asarray(np.sqrt(_RADIUS_MM * np.maximum(draft_um, 1e-9) / 1000.0))


def mean_pressure_mpa(entry_um: Number, exit_um: Number, strength: Number = 1.0) -> Floats:
    """Mean roll pressure of one pass from `entry_um` to `exit_um`, MPa.

    Parameters
    ----------
    entry_um, exit_um : float or array
        Thickness before and after; the exit may not exceed the entry.
    strength : float or array
        Multiplier of lithium's flow stress, by purity, scale and temperature.

    Examples
    --------
    >>> round(float(mean_pressure_mpa(100.0, 60.0)))
    36
    """
    entry = np.asarray(entry_um, dtype=np.float64)
    leaving = np.asarray(exit_um, dtype=np.float64)
    strain = np.log(entry / np.minimum(leaving, entry * (1 - 1e-9)))
    contact = _contact_mm(entry - leaving)
    rate = _SPEED_MM_S / contact * strain
    fast = (rate / _RATE0_S) ** _RATE_EXPONENT
    flow = _CALIBRATION * strength * _mean_strength_mpa(strain) * fast
    hill = _FRICTION * contact / ((entry + leaving) / 2000.0)
    return np.asarray(2.0 / np.sqrt(3.0) * flow * np.expm1(hill) / hill)


def line_force_n_mm(entry_um: Number, exit_um: Number, strength: Number = 1.0) -> Floats:
    """Roll force per millimetre of width, N/mm.

    Examples
    --------
    >>> round(float(line_force_n_mm(100.0, 60.0)))
    51
    """
    draft = np.asarray(entry_um, dtype=np.float64) - exit_um
    return np.asarray(mean_pressure_mpa(entry_um, exit_um, strength) * _contact_mm(draft))


def temperature_softening(roll_temperature_c: Number, reference_c: float = 25.0) -> Floats:
    """Multiplier of the flow stress; about -0.9 % a kelvin (37 kJ/mol over the rate exponent).

    Examples
    --------
    >>> round(float(temperature_softening(26.0)), 3)
    0.991
    """
    kelvin = np.asarray(roll_temperature_c, dtype=np.float64) + 273.15
    inverse = 1.0 / kelvin - 1.0 / (reference_c + 273.15)
    return np.asarray(np.exp(_RATE_EXPONENT * _ACTIVATION_J_MOL / 8.314462618 * inverse))


def _bisect(excess: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Root of a function that falls from low to high; arrays, fixed number of halvings."""
    low, high = low.copy(), high.copy()
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        above = excess(middle) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray((low + high) / 2.0)


def thickness_under_force_um(
    entry_um: Number, force_n_mm: Number, strength: Number = 1.0
) -> Floats:
    """Exit thickness at which one pass needs `force_n_mm`, um.

    Examples
    --------
    >>> [round(float(thickness_under_force_um(100.0, f))) for f in (10.0, 40.0)]
    [87, 65]
    """
    entry, force, _ = np.broadcast_arrays(
        np.asarray(entry_um, dtype=np.float64), np.asarray(force_n_mm, dtype=np.float64), strength
    )
    return _bisect(
        lambda leaving: line_force_n_mm(entry, leaving, strength) - force,
        entry * 0.02, entry * (1 - 1e-6),
    )


def exit_thickness_um(
    entry_um: Number,
    gap_um: Number,
    strength: Number,
    mill_modulus_n_mm: Number,
    width_mm: float = 100.0,
) -> Floats:
    """Thickness h that solves the gaugemeter equation h = S + F(h)/M, um.

    Parameters
    ----------
    entry_um, gap_um, strength : float or array
        Thickness that comes in, unloaded roll gap S, multiplier of the flow stress.
    mill_modulus_n_mm : float or array
        Stiffness M of the whole mill, N/mm of stretch.
    width_mm : float
        Width of the strip.
    """
    entry, gap, _, modulus = np.broadcast_arrays(
        np.asarray(entry_um, dtype=np.float64), np.asarray(gap_um, dtype=np.float64),
        strength, np.asarray(mill_modulus_n_mm, dtype=np.float64),
    )
    stretch_um = 1000.0 * width_mm / modulus

    def excess(leaving: Floats) -> Floats:
        loaded = gap + line_force_n_mm(entry, leaving, strength) * stretch_um
        return np.asarray(loaded - leaving)

    return _bisect(excess, entry * 0.02, entry * (1 - 1e-6))
