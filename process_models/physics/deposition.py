"""How much AlCl3 an exposure leaves on the foil."""

from __future__ import annotations

from typing import Any

import numpy as np

from process_models.errors import InputError
from process_models.materials import REFERENCE_EXPOSURE_S, REFERENCE_VAPOUR_G_L
from process_models.physics.bounds import deposit_bounds
from process_models.physics.checked import Floats, Number, not_negative
from process_models.physics.vapour import temperature_factor

__all__ = ["deposit_mg_cm2", "relative_exposure"]


def relative_exposure(time_s: Any, lag_s: Any, exponent: Any, xp: Any = np) -> Any:
    """Deposit after `time_s` over that after 40 s: ((t - lag)/(40 - lag))^n, 0 up to the lag.

    The absolute amount is uncertain by a factor of thirty; its growth with time is not.

    Parameters
    ----------
    time_s, lag_s, exponent : float or array
        Broadcast against each other; not checked, as a sampler differentiates through it.
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


def deposit_mg_cm2(
    exposure_s: Number,
    m40_mg_cm2: Number,
    lag_s: Number,
    exponent: Number,
    vapour_g_l: Number = REFERENCE_VAPOUR_G_L,
    chamber_temperature_c: Number = 178.0,
    sticking: Number = 1.0,
) -> Floats:
    """AlCl3 on the foil: m40 ((t - lag)/(40 - lag))^n, never above what could have arrived.

    Parameters
    ----------
    exposure_s, m40_mg_cm2, lag_s, exponent : float or array
        Exposure law; m40 is the deposit after 40 s in the reference vapour.
    vapour_g_l, chamber_temperature_c : float or array
        Concentration as it would be at 178 C, and the temperature that multiplies it.
    sticking : float or array
        Multiplier, 1 for a clean surface.

    Raises
    ------
    InputError
        When a number is negative or not finite, or the lag is not below 40 s.

    Examples
    --------
    >>> round(float(deposit_mg_cm2(40.0, 0.25, 2.5, 0.75)), 3)
    0.25
    >>> round(float(deposit_mg_cm2(40.0, 30.0, 2.5, 0.75)), 1)  # the diffusion bound
    8.5
    """
    time, lag = not_negative("exposure_s", exposure_s), not_negative("lag_s", lag_s)
    if np.any(lag >= REFERENCE_EXPOSURE_S):
        raise InputError(
            f"lag_s must be below {REFERENCE_EXPOSURE_S:g}, got {float(np.max(lag)):g}"
        )
    warmer = temperature_factor(chamber_temperature_c)
    concentration = not_negative("vapour_g_l", vapour_g_l) * warmer
    law = (
        not_negative("m40_mg_cm2", m40_mg_cm2)
        * (concentration / REFERENCE_VAPOUR_G_L)
        * not_negative("sticking", sticking)
        * relative_exposure(time, lag, not_negative("exponent", exponent))
    )
    bounds = deposit_bounds(time, concentration, chamber_temperature_c)
    return np.asarray(np.minimum(law, bounds.least_mg_cm2))
