"""Charge transfer at the lithium interface: Butler-Volmer, and exchange current from a sweep."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from process_models.errors import InputError
from process_models.materials import FARADAY_C_MOL, GAS_CONSTANT_J_MOL_K
from process_models.physics.checked import Floats, Number, above_zero, finite, kelvin, not_negative

__all__ = [
    "LinearSweep",
    "butler_volmer_ma_cm2",
    "charge_transfer_ohm_cm2",
    "exchange_current_ma_cm2",
    "linear_sweep",
    "tafel_overpotential_v",
    "thermal_voltage_v",
]

_TRANSFER = 0.5  # assumed: symmetric barrier


def thermal_voltage_v(temperature_c: Number = 25.0) -> Floats:
    """R T/F, V; 25.7 mV at 25 C.

    Examples
    --------
    >>> round(float(thermal_voltage_v()), 5)
    0.02569
    """
    energy_j_mol = GAS_CONSTANT_J_MOL_K * kelvin("temperature_c", temperature_c)
    return np.asarray(energy_j_mol / FARADAY_C_MOL)


def butler_volmer_ma_cm2(
    overpotential_v: Number, exchange_ma_cm2: Number, temperature_c: Number = 25.0
) -> Floats:
    """Current i0 (exp(F eta/2RT) - exp(-F eta/2RT)) of a one-electron transfer, mA/cm2.

    Examples
    --------
    >>> round(float(butler_volmer_ma_cm2(0.02, 1.11)), 2)
    0.89
    """
    reduced = _TRANSFER * finite("overpotential_v", overpotential_v)
    i0 = above_zero("exchange_ma_cm2", exchange_ma_cm2)
    return np.asarray(2.0 * i0 * np.sinh(reduced / thermal_voltage_v(temperature_c)))


def tafel_overpotential_v(
    current_ma_cm2: Number, exchange_ma_cm2: Number, temperature_c: Number = 25.0
) -> Floats:
    """Overpotential that drives a current, the inverse of `butler_volmer_ma_cm2`, V.

    Examples
    --------
    >>> round(float(tafel_overpotential_v(0.89, 1.11)), 3)
    0.02
    """
    ratio = finite("current_ma_cm2", current_ma_cm2) / above_zero(
        "exchange_ma_cm2", exchange_ma_cm2
    )
    thermal = thermal_voltage_v(temperature_c)
    return np.asarray(thermal / _TRANSFER * np.arcsinh(ratio / 2.0))


def charge_transfer_ohm_cm2(exchange_ma_cm2: Number, temperature_c: Number = 25.0) -> Floats:
    """Resistance of one interface at small currents, R T/(F i0), ohm cm2.

    Examples
    --------
    >>> [round(float(charge_transfer_ohm_cm2(i0)), 1) for i0 in (1.11, 0.69)]
    [23.1, 37.2]
    """
    ampere = above_zero("exchange_ma_cm2", exchange_ma_cm2) / 1000.0
    return np.asarray(thermal_voltage_v(temperature_c) / ampere)


@dataclass(frozen=True, slots=True)
class LinearSweep:
    """A simulated linear sweep; arrays of one length.

    Attributes
    ----------
    time_s, overpotential_v, current_ma_cm2 : ndarray, shape (n,)
    provenance : str
        Always "simulated".
    """

    time_s: Floats
    overpotential_v: Floats
    current_ma_cm2: Floats
    provenance: str = field(default="simulated", init=False)


def linear_sweep(
    exchange_ma_cm2: float,
    rng: np.random.Generator,
    *,
    to_v: float = 0.1,
    rate_v_s: float = 0.001,
    noise_ma_cm2: float = 0.005,
    temperature_c: float = 25.0,
) -> LinearSweep:
    """A sweep from -`to_v` to `to_v`, one point a second, with noise of the current.

    Examples
    --------
    >>> swept = linear_sweep(1.11, np.random.default_rng(1))
    >>> round(exchange_current_ma_cm2(swept.overpotential_v, swept.current_ma_cm2), 2)
    1.11
    """
    end, rate = above_zero("to_v", to_v), above_zero("rate_v_s", rate_v_s)
    points = int(np.floor(2.0 * float(end) / float(rate) + 1e-9)) + 1
    if points < 3:
        raise InputError(f"rate_v_s must leave at least 3 points of the sweep, got {rate_v_s:g}")
    time = np.arange(points, dtype=np.float64)
    swept = -end + rate * time
    true = butler_volmer_ma_cm2(swept, exchange_ma_cm2, temperature_c)
    noise = float(not_negative("noise_ma_cm2", noise_ma_cm2))
    return LinearSweep(time, np.asarray(swept), true + noise * rng.standard_normal(points))


def exchange_current_ma_cm2(
    overpotential_v: Floats, current_ma_cm2: Floats, temperature_c: float = 25.0
) -> float:
    """Exchange current density of a sweep by least squares on the Butler-Volmer form, mA/cm2.

    The whole sweep counts, not a Tafel line picked by eye.

    Raises
    ------
    InputError
        When the arrays differ in length, or the sweep does not leave zero.
    """
    swept = finite("overpotential_v", overpotential_v)
    current = finite("current_ma_cm2", current_ma_cm2)
    if swept.shape != current.shape:
        raise InputError(
            f"current_ma_cm2 must have one value a point, {swept.shape}, got {current.shape}"
        )
    shape = butler_volmer_ma_cm2(swept, 1.0, temperature_c)
    power = float(np.sum(shape**2))
    if power == 0:
        raise InputError("overpotential_v must leave 0, got 0 everywhere")
    return float(np.sum(shape * current)) / power
