"""The full cell: capacity against rate and cycle, and its polarisation in a GITT."""

from __future__ import annotations

import math

import numpy as np

from process_models.errors import InputError
from process_models.physics.checked import Floats, Number, above_zero, not_negative, share
from process_models.physics.kinetics import tafel_overpotential_v
from process_models.physics.trace import SimulatedTrace

__all__ = [
    "ONE_C_MA_CM2",
    "areal_capacity_at_rate_mah_cm2",
    "cycle_hours",
    "gitt_polarisation_v",
    "gitt_trace",
    "rate_capacity_mah_g",
    "retention",
]

ONE_C_MA_CM2 = 1.07  # [paper] of the electrodes for rate and GITT
_FULL_V, _EMPTY_V = 4.25, 3.0  # [paper] upper limit; assumed end of the plateau region
_REST_S = 300.0  # assumed: how fast the voltage relaxes


def rate_capacity_mah_g(
    c_rate: Number, capacity_mah_g: Number, time_h: Number, exponent: Number
) -> Floats:
    """Specific capacity against rate, Q (1 - x (1 - exp(-1/x))), x = (rate time)^n.

    The form of Tian and others (2019); the constants are fitted to three of the paper's rates.

    Parameters
    ----------
    c_rate : float or array
        1/h, not 0.
    capacity_mah_g, time_h, exponent : float or array
        Capacity at no rate, time of the slowest transport, and how sharply it cuts.

    Examples
    --------
    >>> rates = np.array([0.1, 0.5, 2.0])
    >>> rate_capacity_mah_g(rates, 183.5, 0.238, 0.762).round().tolist()
    [173.0, 147.0, 97.0]
    """
    slow = above_zero("c_rate", c_rate) * above_zero("time_h", time_h)
    x = slow ** above_zero("exponent", exponent)
    return np.asarray(not_negative("capacity_mah_g", capacity_mah_g) * (1 + x * np.expm1(-1 / x)))


def areal_capacity_at_rate_mah_cm2(
    loading_mah_cm2: Number, rate_mah_g: Number, nominal_mah_g: Number
) -> Floats:
    """What a positive electrode of `loading_mah_cm2` gives at a rate.

    Parameters
    ----------
    loading_mah_cm2 : float or array
        By its capacity at the slowest rate.
    rate_mah_g, nominal_mah_g : float or array
        Specific capacity at the rate, and at the slowest one.

    Examples
    --------
    >>> round(float(areal_capacity_at_rate_mah_cm2(1.78, 147.5, 200.9)), 2)
    1.31
    """
    used = not_negative("rate_mah_g", rate_mah_g) / above_zero("nominal_mah_g", nominal_mah_g)
    return np.asarray(not_negative("loading_mah_cm2", loading_mah_cm2) * used)


def retention(cycle: Number, fade_in_300: Number, exponent: Number = 1.0) -> Floats:
    """Share of the first capacity left, 1 - fade (N/300)^p, not below 0.

    Parameters
    ----------
    cycle : float or array
    fade_in_300 : float or array
        Share lost in 300 cycles.
    exponent : float or array
        p, between 0.5 (a growing film) and 1 (the same loss each cycle); assumed.

    Examples
    --------
    >>> round(1.30 * float(retention(300, 0.0769)), 2)
    1.2
    """
    passed = not_negative("cycle", cycle) / 300.0
    lost = not_negative("fade_in_300", fade_in_300) * passed ** above_zero("exponent", exponent)
    return np.asarray(np.maximum(1.0 - lost, 0.0))


def cycle_hours(capacity_mah_cm2: Number, current_ma_cm2: Number) -> Floats:
    """Duration of a cycle, charge and discharge, h.

    Examples
    --------
    >>> float(cycle_hours(0.5, 0.5))
    2.0
    """
    capacity = above_zero("capacity_mah_cm2", capacity_mah_cm2)
    return np.asarray(2.0 * capacity / above_zero("current_ma_cm2", current_ma_cm2))


def gitt_polarisation_v(
    current_ma_cm2: Number,
    resistance_ohm_cm2: Number,
    exchange_ma_cm2: Number,
    temperature_c: Number = 30.0,
) -> Floats:
    """Voltage a pulse needs beyond equilibrium: ohmic drop and charge transfer at the lithium.

    Examples
    --------
    Lower with the exchange current of LACSS than with that of bare lithium.

    >>> lacss, bare = gitt_polarisation_v(0.0535, 30.0, np.array([1.11, 0.69]))
    >>> bool(lacss < bare)
    True
    """
    current = not_negative("current_ma_cm2", current_ma_cm2)
    ohmic = current * not_negative("resistance_ohm_cm2", resistance_ohm_cm2) / 1000.0
    return np.asarray(ohmic + tafel_overpotential_v(current, exchange_ma_cm2, temperature_c))


def gitt_trace(
    polarisation_v: float,
    rng: np.random.Generator,
    *,
    c_rate: float = 0.05,
    one_c_ma_cm2: float = ONE_C_MA_CM2,
    pulse_s: float = 300.0,
    rest_s: float = 1500.0,
    noise_v: float = 2e-4,
    sample_s: float = 30.0,
    depth: float = 1.0,
) -> SimulatedTrace:
    """A simulated discharge in pulses and rests, down a straight equilibrium line (assumed).

    Parameters
    ----------
    polarisation_v : float
        From `gitt_polarisation_v`.
    rng : Generator
        Of the noise.
    c_rate, one_c_ma_cm2, pulse_s, rest_s : float
        Protocol; 5 min at 0.05 C and 25 min of rest in the paper.
    noise_v, sample_s : float
        Of the cycler.
    depth : float
        Share of the capacity that is passed, 0 to 1.

    Raises
    ------
    InputError
        When a number is not possible, or nothing would be passed.
    """
    rate = float(above_zero("c_rate", c_rate))
    pulse, rest = float(above_zero("pulse_s", pulse_s)), float(above_zero("rest_s", rest_s))
    sample = float(above_zero("sample_s", sample_s))
    count = math.floor(float(share("depth", depth)) * 3600.0 / (rate * pulse) + 1e-9)
    if count < 1:
        raise InputError(f"depth must leave at least one pulse, got {depth:g}")
    each = max(2, math.floor((pulse + rest) / sample))
    inside = np.arange(1, each + 1) * ((pulse + rest) / each)
    on = inside <= pulse
    passed_s = np.arange(count)[:, None] * pulse + np.minimum(inside, pulse)
    equilibrium = _FULL_V - (_FULL_V - _EMPTY_V) * passed_s * rate / 3600.0
    left = np.where(on, 1.0, np.exp(-np.maximum(inside - pulse, 0.0) / _REST_S))
    voltage = equilibrium - float(not_negative("polarisation_v", polarisation_v)) * left
    noise = float(not_negative("noise_v", noise_v)) * rng.standard_normal(voltage.size)
    return SimulatedTrace(
        "gitt",
        (np.arange(count)[:, None] * (pulse + rest) + inside).ravel(),
        np.tile(np.where(on, -rate * one_c_ma_cm2, 0.0), count),
        voltage.ravel() + noise,
        np.ones(voltage.size, dtype=np.int64),
        None,
    )
