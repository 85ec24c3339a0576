"""How lithium flows: strength over strain, rate and temperature (Narayan and Anand 2018)."""

from __future__ import annotations

import numpy as np

from process_models.materials import GAS_CONSTANT_J_MOL_K, ZERO_C_K
from process_models.physics.checked import Floats, Number, kelvin, not_negative

__all__ = [
    "flow_stress_mpa",
    "mean_strength_mpa",
    "rate_factor",
    "strength_mpa",
    "temperature_softening",
]

_RATE0_S, _RATE_EXPONENT = 0.05, 0.18
_S0_MPA, _S_LIMIT_MPA, _H0_MPA, _POWER = 2.0, 8.0, 40.0, 1.8
_ACTIVATION_J_MOL = 37_000.0
_START = (1 - _S0_MPA / _S_LIMIT_MPA) ** (1 - _POWER)
_SLOPE = (_POWER - 1) * _H0_MPA / _S_LIMIT_MPA


def strength_mpa(strain: Number) -> Floats:
    """Strength S after `strain`: dS/de = H0 (1 - S/S*)^a from S0 2 to S* 8 MPa, in closed form.

    Examples
    --------
    >>> float(strength_mpa(0.0)), round(float(strength_mpa(1.0)), 2)
    (2.0, 7.0)
    """
    left = (_START + _SLOPE * not_negative("strain", strain)) ** (-1.0 / (_POWER - 1.0))
    return np.asarray(_S_LIMIT_MPA * (1.0 - left))


def mean_strength_mpa(strain: Floats) -> Floats:
    """Mean of S over 0 to `strain`, not checked: it stands in the inner loop of rolling."""
    power = 1.0 / (_POWER - 1.0) - 1.0  # a quarter, so two square roots are the power
    safe = np.maximum(strain, 1e-9)
    falls = 1.0 / np.sqrt(np.sqrt(_START + _SLOPE * safe))
    mean_u = (_START**-power - falls) / (_SLOPE * power * safe)
    return np.asarray(_S_LIMIT_MPA * (1.0 - mean_u))


def rate_factor(rate_s: Floats) -> Floats:
    """Stress over strength at a strain rate, (rate/e0)^m with e0 0.05 /s and m 0.18."""
    return np.asarray((rate_s / _RATE0_S) ** _RATE_EXPONENT)


def flow_stress_mpa(strain: Number, rate_s: Number, strength: Number = 1.0) -> Floats:
    """Stress at which lithium flows, S (rate/e0)^m, MPa.

    Parameters
    ----------
    strain, rate_s : float or array
        True strain so far, and its rate.
    strength : float or array
        Multiplier; reported strengths differ five- to tenfold.

    Examples
    --------
    >>> round(float(flow_stress_mpa(0.0, 0.05)), 2)
    2.0
    """
    rate = not_negative("rate_s", rate_s)
    return np.asarray(not_negative("strength", strength) * strength_mpa(strain) * rate_factor(rate))


def temperature_softening(roll_temperature_c: Number, reference_c: float = 25.0) -> Floats:
    """Multiplier of the flow stress; about -0.9 % a kelvin (37 kJ/mol over the rate exponent).

    Examples
    --------
    >>> round(float(temperature_softening(26.0)), 3)
    0.991
    """
    warm, usual = kelvin("roll_temperature_c", roll_temperature_c), reference_c + ZERO_C_K
    activation_k = _ACTIVATION_J_MOL / GAS_CONSTANT_J_MOL_K
    return np.asarray(np.exp(_RATE_EXPONENT * activation_k * (1.0 / warm - 1.0 / usual)))
