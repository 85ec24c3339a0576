"""The mill: gaugemeter equation h = S + F/M, the gap that meets a target, wear and heat."""

from __future__ import annotations

import numpy as np

from process_models.physics.checked import Floats, Number, above_zero, finite, kelvin, not_negative
from process_models.physics.rolling import line_force_n_mm, pass_force_n_mm
from process_models.physics.root import falling_root

__all__ = ["copied_share", "exit_thickness_um", "gap_drift_um", "gap_for_thickness_um"]

_THINNEST, _THICKEST = 0.02, 1 - 1e-6
_STRIP_MM = 100.0


def exit_thickness_um(
    entry_um: Number,
    gap_um: Number,
    strength: Number,
    mill_modulus_n_mm: Number,
    width_mm: float = _STRIP_MM,
) -> Floats:
    """Thickness h that solves the gaugemeter equation h = S + F(h)/M, um.

    Parameters
    ----------
    entry_um, gap_um, strength : float or array
        Thickness that comes in; unloaded roll gap S, negative when the rolls are pressed
        together; multiplier of the flow stress.
    mill_modulus_n_mm : float or array
        Stiffness M of the whole mill, N/mm of stretch.
    width_mm : float
        Width of the strip.

    Examples
    --------
    >>> round(float(exit_thickness_um(100.0, gap_for_thickness_um(100.0, 60.0), 1.0, 1e5)), 6)
    60.0
    """
    entry = above_zero("entry_um", entry_um)
    stretch = _stretch_um(mill_modulus_n_mm, width_mm)
    return falling_root(
        _gauge_excess,
        entry * _THINNEST,
        entry * _THICKEST,
        entry,
        finite("gap_um", gap_um),
        not_negative("strength", strength),
        stretch,
    )


def _stretch_um(mill_modulus_n_mm: Number, width_mm: float) -> Floats:
    """Stretch of the mill for a force of 1 N/mm of strip, um."""
    width = above_zero("width_mm", width_mm)
    return np.asarray(1000.0 * width / above_zero("mill_modulus_n_mm", mill_modulus_n_mm))


def _gauge_excess(
    leaving: Floats, entry: Floats, gap: Floats, strength: Floats, stretch: Floats
) -> Floats:
    return np.asarray(gap + pass_force_n_mm(leaving, entry, strength) * stretch - leaving)


def gap_for_thickness_um(
    entry_um: Number,
    thickness_um: Number,
    strength: Number = 1.0,
    mill_modulus_n_mm: Number = 1e5,
    width_mm: float = _STRIP_MM,
) -> Floats:
    """Unloaded gap S = h - F/M that gives `thickness_um`; below 0 the rolls are pressed together.

    Examples
    --------
    >>> round(float(gap_for_thickness_um(100.0, 60.0)), 1)
    9.0
    """
    force = line_force_n_mm(entry_um, thickness_um, strength)
    return np.asarray(thickness_um - force * _stretch_um(mill_modulus_n_mm, width_mm))


def copied_share(
    entry_um: Number, thickness_um: Number, strength: Number = 1.0, mill_modulus_n_mm: Number = 1e5
) -> Floats:
    """Share of a small change of the incoming thickness that is found in the product.

    Examples
    --------
    >>> round(float(copied_share(100.0, 60.0)), 1)  # a soft mill
    0.4
    """
    entry = above_zero("entry_um", entry_um)
    gap = gap_for_thickness_um(entry, thickness_um, strength, mill_modulus_n_mm)
    step = 1e-4 * entry
    thicker, thinner = (
        exit_thickness_um(entry + change, gap, strength, mill_modulus_n_mm)
        for change in (step, -step)
    )
    return np.asarray((thicker - thinner) / (2.0 * step))


def gap_drift_um(
    passes: Number,
    wear_nm_per_pass: Number,
    roll_temperature_c: Number,
    growth_um_k: Number,
    reference_c: float = 25.0,
) -> Floats:
    """How far the unloaded gap has moved since the rolls were ground, um; positive opens.

    Wear opens it (0.1 to 1 nm a pass, assumed); warm rolls grow and close it.

    Examples
    --------
    >>> round(float(gap_drift_um(2000, 0.5, 27.0, 0.3)), 2)
    0.4
    """
    worn = not_negative("passes", passes) * not_negative("wear_nm_per_pass", wear_nm_per_pass)
    grown = not_negative("growth_um_k", growth_um_k) * (
        kelvin("roll_temperature_c", roll_temperature_c) - kelvin("reference_c", reference_c)
    )
    return np.asarray(worn / 1000.0 - grown)
