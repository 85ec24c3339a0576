"""Impedance of a symmetric cell, a pellet and two interfaces, before and after cycling."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from process_models.materials import PELLET_CONDUCTIVITY_S_CM, PELLET_THICKNESS_CM
from process_models.physics.checked import (
    Floats,
    Number,
    above_zero,
    finite,
    not_negative,
    share,
)

__all__ = [
    "ImpedanceSpectrum",
    "aged_interface_ohm_cm2",
    "cycling_spectra",
    "impedance_spectrum",
    "pellet_ohm_cm2",
]


@dataclass(frozen=True, slots=True)
class ImpedanceSpectrum:
    """Points of a Nyquist plot; the imaginary part is negative where capacitive.

    Attributes
    ----------
    frequency_hz : ndarray, shape (k,)
    real_ohm_cm2, imaginary_ohm_cm2 : ndarray, shape (..., k)
    provenance : str
        Always "simulated".
    """

    frequency_hz: Floats
    real_ohm_cm2: Floats
    imaginary_ohm_cm2: Floats
    provenance: str = field(default="simulated", init=False)


def pellet_ohm_cm2() -> float:
    """Resistance of the electrolyte pellet, thickness over 7.9 mS/cm.

    Examples
    --------
    >>> round(pellet_ohm_cm2(), 1)
    13.4
    """
    return PELLET_THICKNESS_CM / PELLET_CONDUCTIVITY_S_CM


def impedance_spectrum(
    pellet: Number,
    interfaces_ohm_cm2: Number,
    frequency_hz: Floats | None = None,
    *,
    capacitance_f_cm2: Number = 1e-6,
    depression: Number = 0.85,
) -> ImpedanceSpectrum:
    """Z = R_pellet + R/(1 + (j w R C)^a), a depressed semicircle behind a resistor.

    Parameters
    ----------
    pellet, interfaces_ohm_cm2 : float or array
        Electrolyte, and both interfaces together.
    frequency_hz : array, shape (k,)
        By default 61 points from 1 MHz down to 0.1 Hz.
    capacitance_f_cm2, depression : float or array
        C and a, assumed.

    Examples
    --------
    >>> seen = impedance_spectrum(13.4, 16.0)
    >>> round(float(seen.real_ohm_cm2[-1]), 1)
    29.4
    """
    chosen = np.logspace(6, -1, 61) if frequency_hz is None else frequency_hz
    frequency = above_zero("frequency_hz", chosen)
    ohm = not_negative("pellet_ohm_cm2", pellet)[..., None]
    arc = not_negative("interfaces_ohm_cm2", interfaces_ohm_cm2)[..., None]
    farad = above_zero("capacitance_f_cm2", capacitance_f_cm2)[..., None]
    exponent = share("depression", depression)[..., None]
    turned = (1j * 2.0 * math.pi * frequency * arc * farad) ** exponent
    z = ohm + arc / (1.0 + turned)
    return ImpedanceSpectrum(frequency, np.asarray(z.real), np.asarray(z.imag))


def aged_interface_ohm_cm2(
    interfaces_ohm_cm2: Number, cycles: Number, growth: Number, covered: Number = 0.0
) -> Floats:
    """Interfaces after cycling: R (1 + growth (1 - covered) sqrt(cycles)), ohm cm2.

    The square root is that of a layer which grows by diffusion (assumed). Bare lithium is not
    covered at all; that its resistance grows more is what the paper saw.

    Parameters
    ----------
    interfaces_ohm_cm2, cycles, growth : float or array
        Before cycling; cycles passed; relative growth at one cycle of bare lithium.
    covered : float or array
        Share of the surface that the product protects, 0 to 1.

    Examples
    --------
    >>> round(float(aged_interface_ohm_cm2(10.0, 9, 0.1)), 1)
    13.0
    """
    bare = 1.0 - share("covered", covered)
    grown = finite("growth", not_negative("growth", growth)) * bare
    passed = np.sqrt(not_negative("cycles", cycles))
    return np.asarray(not_negative("interfaces_ohm_cm2", interfaces_ohm_cm2) * (1 + grown * passed))


def cycling_spectra(
    asr_ohm_cm2: Number, cycles: Number, growth: Number, covered: Number = 0.0
) -> tuple[ImpedanceSpectrum, ImpedanceSpectrum]:
    """Spectra of a cell before and after `cycles`; the pellet does not age.

    Parameters
    ----------
    asr_ohm_cm2 : float or array
        Of the whole cell before cycling, as in `LotStructure`; not below that of the pellet.
    cycles, growth, covered : float or array
        As for `aged_interface_ohm_cm2`.

    Examples
    --------
    >>> before, after = cycling_spectra(30.0, 10, 0.15)
    >>> bool(after.real_ohm_cm2[-1] > before.real_ohm_cm2[-1])
    True
    """
    pellet = pellet_ohm_cm2()
    fresh = not_negative(
        "asr_ohm_cm2 less that of the pellet", finite("asr_ohm_cm2", asr_ohm_cm2) - pellet
    )
    aged = aged_interface_ohm_cm2(fresh, cycles, growth, covered)
    return impedance_spectrum(pellet, fresh), impedance_spectrum(pellet, aged)
