"""More AlCl3 than this cannot have landed: kinetic theory, and diffusion through still gas."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from process_models.materials import (
    ALCL3_G_MOL,
    GAS_CONSTANT_J_MOL_K,
    REFERENCE_CHAMBER_C,
)
from process_models.physics.checked import Floats, Number, kelvin, not_negative

__all__ = ["DepositBounds", "deposit_bounds"]

_DIFFUSION_CM2_S = 0.109  # assumed: Al2Cl6 in argon at 178 C; gives 6.0 mg/cm2 at 20 s
_DIMER_KG_MOL = 2.0 * ALCL3_G_MOL / 1000.0


@dataclass(frozen=True, slots=True)
class DepositBounds:
    """Upper bounds of a deposit, mg/cm2; arrays of the broadcast shape of the inputs.

    Attributes
    ----------
    hertz_knudsen_mg_cm2 : ndarray
        Every molecule that hits the foil stays.
    diffusion_mg_cm2 : ndarray
        Still gas of unlimited depth, and nothing left at the foil.
    """

    hertz_knudsen_mg_cm2: Floats
    diffusion_mg_cm2: Floats

    @property
    def least_mg_cm2(self) -> Floats:
        """The bound that binds."""
        return np.asarray(np.minimum(self.hertz_knudsen_mg_cm2, self.diffusion_mg_cm2))


def deposit_bounds(
    exposure_s: Number, vapour_g_l: Number, temperature_c: Number = REFERENCE_CHAMBER_C
) -> DepositBounds:
    """Bounds of the deposit after `exposure_s` in vapour of `vapour_g_l`.

    Hertz-Knudsen with the dimer Al2Cl6: c sqrt(R T / (2 pi M)) t. Semi-infinite diffusion:
    2 c sqrt(D t / pi) with an assumed D of 0.109 cm2/s.

    Examples
    --------
    >>> bounds = deposit_bounds(np.array([20.0, 40.0, 60.0]), 3.6)
    >>> bounds.diffusion_mg_cm2.round(1).tolist()
    [6.0, 8.5, 10.4]
    >>> round(float(deposit_bounds(1.0, 3.6).hertz_knudsen_mg_cm2), -3)
    17000.0
    """
    time = not_negative("exposure_s", exposure_s)
    mg_cm3 = not_negative("vapour_g_l", vapour_g_l)
    energy_j_mol = GAS_CONSTANT_J_MOL_K * kelvin("temperature_c", temperature_c)
    speed_m_s = np.sqrt(energy_j_mol / (2.0 * math.pi * _DIMER_KG_MOL))
    struck = mg_cm3 * 100.0 * speed_m_s * time
    diffused = 2.0 * mg_cm3 * np.sqrt(_DIFFUSION_CM2_S * time / math.pi)
    return DepositBounds(np.asarray(struck), np.asarray(np.broadcast_to(diffused, struck.shape)))
