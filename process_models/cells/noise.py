"""The noise of single points of a trace, blind to its slope."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["FLOOR_V", "point_noise_v"]

FLOOR_V = 1e-4
"""Noise below the resolution of a cycler is not looked at, in V."""

_MAD_TO_SD = 1.4826
_SECOND_DIFFERENCE = np.sqrt(6.0)


def point_noise_v(voltage_v: NDArray[np.float64]) -> float:
    """Standard deviation of single points, from the median of their second differences.

    Parameters
    ----------
    voltage_v : (n,) numbers, in V

    Returns
    -------
    float
        At least `FLOOR_V`; `FLOOR_V` for fewer than five points. A second difference of
        independent noise has a variance of six times that of a point (1 + 4 + 1), a steady slope
        has none; the median is not moved by a few jumps (MAD, Hampel 1974).

    Examples
    --------
    >>> point_noise_v(np.linspace(0.1, 0.9, 50))
    0.0001
    """
    if len(voltage_v) < 5:
        return FLOOR_V
    second = np.diff(voltage_v, n=2)
    return max(FLOOR_V, float(_MAD_TO_SD * np.median(np.abs(second)) / _SECOND_DIFFERENCE))
