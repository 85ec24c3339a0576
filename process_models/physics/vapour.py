"""AlCl3 vapour: pressure over temperature, and what the foil takes out of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from process_models.materials import REFERENCE_CHAMBER_C, ZERO_C_K

__all__ = ["depletion_share", "temperature_factor", "vapour_pressure_kpa"]

_A, _B_K = 15.50, 6200.0  # Brunetti et al. 2009, extrapolated to 178 C


def vapour_pressure_kpa(temperature_c: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Pressure over the solid, log10(p/kPa) = 15.50 - 6200/T (Brunetti 2009, extrapolated).

    Examples
    --------
    >>> round(float(vapour_pressure_kpa(178.0)), 1)
    57.2
    """
    kelvin = np.asarray(temperature_c, dtype=np.float64) + ZERO_C_K
    return np.asarray(10.0 ** (_A - _B_K / kelvin))


def temperature_factor(temperature_c: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Vapour at `temperature_c` over that at 178 C; 7.2 % more a kelvin.

    Examples
    --------
    >>> round(float(temperature_factor(179.0)), 3)
    1.072
    """
    return vapour_pressure_kpa(temperature_c) / vapour_pressure_kpa(REFERENCE_CHAMBER_C)


def depletion_share(
    loading_mg_cm2: NDArray[np.float64] | float,
    area_cm2: float,
    vapour_g_l: float = 3.6,
    volume_l: float = 1.0,
) -> NDArray[np.float64]:
    """Share of the vapour in the chamber that a deposit takes, 0 to 1.

    Examples
    --------
    1 mg/cm2 on 100 cm2 takes 3 % of what one litre holds.

    >>> round(float(depletion_share(1.0, 100.0)), 3)
    0.028
    """
    taken_g = np.asarray(loading_mg_cm2, dtype=np.float64) * area_cm2 / 1000.0
    if vapour_g_l * volume_l <= 0:
        return np.ones_like(taken_g)
    return np.asarray(np.minimum(taken_g / (vapour_g_l * volume_l), 1.0))
