"""Winding: how far the layers are drawn out, how close they lie, and how far the deposit reacts."""

from __future__ import annotations

import numpy as np

from process_models.errors import InputError
from process_models.physics.checked import Floats, Number, above_zero, finite, not_negative

__all__ = [
    "completion",
    "encapsulated_share",
    "loading_in_sheet_mg_cm2",
    "plane_spacing_um",
    "total_strain",
]

_UNWOUND_CONTACT = 0.1  # assumed: the outer face reacts only where the foil itself touches it


def total_strain(turns: Number, foil_thickness_um: Number, thickness_um: Number) -> Floats:
    """True strain ln(N t0 / tf) of `turns` layers rolled to `thickness_um`, not negative.

    Examples
    --------
    >>> round(float(total_strain(10, 100.0, 60.0)), 2)
    2.81
    """
    stack = _turns(turns) * above_zero("foil_thickness_um", foil_thickness_um)
    strain = np.log(stack / above_zero("thickness_um", thickness_um))
    return np.asarray(np.maximum(strain, 0.0))


def plane_spacing_um(turns: Number, thickness_um: Number) -> Floats:
    """Distance of the planes of product inside the sheet, tf / N.

    Examples
    --------
    >>> float(plane_spacing_um(10, 60.0))
    6.0
    """
    return np.asarray(above_zero("thickness_um", thickness_um) / _turns(turns))


def loading_in_sheet_mg_cm2(
    loading_mg_cm2: Number, foil_thickness_um: Number, thickness_um: Number
) -> Floats:
    """AlCl3 in the rolled sheet, m0 tf/t0: the sheet has grown in area as it thinned.

    Examples
    --------
    >>> float(loading_in_sheet_mg_cm2(0.25, 100.0, 60.0))
    0.15
    """
    thinner = above_zero("thickness_um", thickness_um) / above_zero(
        "foil_thickness_um", foil_thickness_um
    )
    return np.asarray(not_negative("loading_mg_cm2", loading_mg_cm2) * np.minimum(thinner, 1.0))


def encapsulated_share(turns: Number) -> Floats:
    """Share of the coated faces that lie inside the roll: (N - 1)/N, at least 0.1 (assumed).

    Examples
    --------
    >>> float(encapsulated_share(10)), float(encapsulated_share(1))
    (0.9, 0.1)
    """
    count = _turns(turns)
    return np.asarray(np.maximum((count - 1.0) / count, _UNWOUND_CONTACT))


def completion(turns: Number, strain: Number, rate: Number, strain0: Number) -> Floats:
    """Share of AlCl3 reduced, 1 - exp(-k (N_encapsulated/N)(strain + strain0)); assumed form.

    Parameters
    ----------
    turns, strain : float or array
        Turns wound, and true strain of rolling.
    rate, strain0 : float or array
        k, and the strain that winding itself is worth.

    Examples
    --------
    Wound and rolled, the reaction is complete but for a few per cent; not wound, it is not.

    >>> round(float(completion(10, 2.81, 1.2, 0.5)), 2)
    0.97
    >>> round(float(completion(1, 0.51, 1.2, 0.5)), 2)
    0.11
    """
    drawn = not_negative("strain", strain) + not_negative("strain0", strain0)
    return np.asarray(-np.expm1(-not_negative("rate", rate) * encapsulated_share(turns) * drawn))


def _turns(turns: Number) -> Floats:
    count = finite("turns", turns)
    if np.any(count < 1):
        raise InputError(f"turns must be at least 1, got {float(np.min(count)):g}")
    return count
