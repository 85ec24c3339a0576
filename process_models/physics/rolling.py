"""One rolling pass: force and mean pressure against thickness, both ways.

Slab method with a friction hill; lithium's flow next door in `process_models.physics.flow`, the
mill that answers to the force in `process_models.physics.mill`.
"""

from __future__ import annotations

import numpy as np

from process_models.errors import InputError
from process_models.physics.checked import Floats, Number, above_zero, not_negative
from process_models.physics.flow import mean_strength_mpa, rate_factor
from process_models.physics.root import falling_root

__all__ = [
    "line_force_n_mm",
    "mean_pressure_mpa",
    "pass_force_n_mm",
    "strain_rate_s",
    "thickness_under_force_um",
    "thickness_under_pressure_um",
]

_RADIUS_MM, _SPEED_MM_S, _FRICTION = 50.0, 10.0, 0.1  # assumed laboratory mill
_CALIBRATION = 1.0886  # so that the reference pass, 100 to 60 um, needs 51 N/mm
_THINNEST, _THICKEST = 0.02, 1 - 1e-6  # of the entry: where a pass is looked for


def _contact_mm(draft_um: Floats) -> Floats:
    return np.asarray(np.sqrt(_RADIUS_MM * np.maximum(draft_um, 1e-9) / 1000.0))


def _rate_s(entry: Floats, leaving: Floats) -> Floats:
    strain = np.log(entry / np.minimum(leaving, entry * (1 - 1e-9)))
    return np.asarray(_SPEED_MM_S / _contact_mm(entry - leaving) * strain)


def _pressure_mpa(leaving: Floats, entry: Floats, strength: Floats) -> Floats:
    return _under(_contact_mm(entry - leaving), leaving, entry, strength)


def _under(contact: Floats, leaving: Floats, entry: Floats, strength: Floats) -> Floats:
    """Mean pressure over a contact of this length."""
    strain = np.log(entry / np.minimum(leaving, entry * (1 - 1e-9)))
    fast = rate_factor(_SPEED_MM_S / contact * strain)
    flow = _CALIBRATION * strength * mean_strength_mpa(strain) * fast
    hill = _FRICTION * contact / ((entry + leaving) / 2000.0)
    return np.asarray(2.0 / np.sqrt(3.0) * flow * np.expm1(hill) / hill)


def pass_force_n_mm(leaving: Floats, entry: Floats, strength: Floats) -> Floats:
    """Roll force of a pass, N/mm, not checked: what solvers call over and over."""
    contact = _contact_mm(entry - leaving)
    return np.asarray(_under(contact, leaving, entry, strength) * contact)


def _pass(entry_um: Number, exit_um: Number, strength: Number) -> tuple[Floats, Floats, Floats]:
    entry, leaving = above_zero("entry_um", entry_um), above_zero("exit_um", exit_um)
    if np.any(leaving > entry):
        entries, exits = np.broadcast_arrays(entry, leaving)
        at = int(np.flatnonzero(np.ravel(exits > entries))[0])
        raise InputError(
            f"exit_um must not exceed entry_um {np.ravel(entries)[at]:g},"
            f" got {np.ravel(exits)[at]:g}"
        )
    return entry, leaving, not_negative("strength", strength)


def strain_rate_s(entry_um: Number, exit_um: Number) -> Floats:
    """Mean true strain rate of a pass, roll speed over contact length times strain, 1/s.

    Examples
    --------
    >>> round(float(strain_rate_s(100.0, 60.0)), 1)
    3.6
    """
    entry, leaving, _ = _pass(entry_um, exit_um, 1.0)
    return _rate_s(entry, leaving)


def mean_pressure_mpa(entry_um: Number, exit_um: Number, strength: Number = 1.0) -> Floats:
    """Mean roll pressure of one pass from `entry_um` to `exit_um`, MPa.

    Parameters
    ----------
    entry_um, exit_um : float or array
        Thickness before and after; the exit may not exceed the entry.
    strength : float or array
        Multiplier of lithium's flow stress, by purity, scale and temperature.

    Raises
    ------
    InputError
        When a pass would thicken, or a number is impossible.

    Examples
    --------
    >>> round(float(mean_pressure_mpa(100.0, 60.0)))
    36
    """
    entry, leaving, scale = _pass(entry_um, exit_um, strength)
    return _pressure_mpa(leaving, entry, scale)


def line_force_n_mm(entry_um: Number, exit_um: Number, strength: Number = 1.0) -> Floats:
    """Roll force per millimetre of width, N/mm; arguments of `mean_pressure_mpa`.

    Examples
    --------
    >>> round(float(line_force_n_mm(100.0, 60.0)))
    51
    """
    entry, leaving, scale = _pass(entry_um, exit_um, strength)
    return pass_force_n_mm(leaving, entry, scale)


def _force_excess(leaving: Floats, entry: Floats, force: Floats, strength: Floats) -> Floats:
    return np.asarray(pass_force_n_mm(leaving, entry, strength) - force)


def _pressure_excess(leaving: Floats, entry: Floats, mpa: Floats, strength: Floats) -> Floats:
    return np.asarray(_pressure_mpa(leaving, entry, strength) - mpa)


def thickness_under_force_um(
    entry_um: Number, force_n_mm: Number, strength: Number = 1.0
) -> Floats:
    """Exit thickness at which one pass needs `force_n_mm`, um; not below 2 % of the entry.

    Examples
    --------
    >>> [round(float(thickness_under_force_um(100.0, f))) for f in (10.0, 40.0)]
    [87, 65]
    """
    entry, force = above_zero("entry_um", entry_um), not_negative("force_n_mm", force_n_mm)
    scale = not_negative("strength", strength)
    return falling_root(
        _force_excess, entry * _THINNEST, entry * _THICKEST, entry, force, scale)  # fmt: skip


def thickness_under_pressure_um(
    entry_um: Number, pressure_mpa: Number, strength: Number = 1.0
) -> Floats:
    """Exit thickness at which the mean roll pressure is `pressure_mpa`, um.

    Examples
    --------
    >>> round(float(thickness_under_pressure_um(100.0, mean_pressure_mpa(100.0, 60.0))), 6)
    60.0
    """
    entry = above_zero("entry_um", entry_um)
    pressure = not_negative("pressure_mpa", pressure_mpa)
    scale = not_negative("strength", strength)
    return falling_root(
        _pressure_excess, entry * _THINNEST, entry * _THICKEST, entry, pressure, scale)  # fmt: skip
