"""Winding: how far the layers are drawn out, how close they lie, and how far the deposit reacts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["completion", "encapsulated_share", "plane_spacing_um", "total_strain"]

Number = NDArray[np.float64] | float
_UNWOUND_CONTACT = 0.1  # assumed: the outer face reacts only where the foil itself touches it


def total_strain(
    turns: Number, foil_thickness_um: Number, thickness_um: Number
) -> NDArray[np.float64]:
    """True strain ln(N t0 / tf) of `turns` layers rolled to `thickness_um`, not negative.

    Examples
    --------
    >>> round(float(total_strain(10, 100.0, 60.0)), 2)
    2.81
    """
    stack = np.asarray(turns, dtype=np.float64) * foil_thickness_um
    return np.asarray(np.maximum(np.log(stack / thickness_um), 0.0))


def plane_spacing_um(turns: Number, thickness_um: Number) -> NDArray[np.float64]:
    """Distance of the planes of product inside the sheet, tf / N."""
    return np.asarray(np.asarray(thickness_um, dtype=np.float64) / turns)


def encapsulated_share(turns: Number) -> NDArray[np.float64]:
    """Share of the coated faces that lie inside the roll: (N - 1)/N, at least 0.1 (assumed).

    Examples
    --------
    >>> float(encapsulated_share(10)), float(encapsulated_share(1))
    (0.9, 0.1)
    """
    count = np.asarray(turns, dtype=np.float64)
    return np.asarray(np.maximum((count - 1.0) / count, _UNWOUND_CONTACT))


def completion(turns: Number, strain: Number, rate: Number, strain0: Number) -> NDArray[np.float64]:
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
    contact = encapsulated_share(turns) * (np.asarray(strain, dtype=np.float64) + strain0)
    return np.asarray(-np.expm1(-rate * contact))
