"""The compiled pass over points and rules; imported only when a series is long enough.

All that a rule remembers is in `up`, `down` and `last`, so a series may come in pieces.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from process_models.spc.result import FloatArray

__all__ = ["ALTERNATE", "INSIDE", "OPPOSITE", "OUTSIDE", "RUN", "TREND", "ZONE", "advance"]

TREND = 0
ALTERNATE = 1
INSIDE = 2
OUTSIDE = 3
RUN = 4
OPPOSITE = 5
ZONE = 6

_Words = NDArray[np.uint64]
_Ints = NDArray[np.int64]


def _jit(function: Any) -> Any:
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # the installation is read-only, so nothing can be cached beside it
        return numba.njit(nogil=True)(function)


def _zone_hit(
    up: _Words, down: _Words, r: int, d: float, zone: float, count: int, window: int
) -> bool:
    """Remember in bits which of the last points were in the zone, and count them."""
    one = np.uint64(1)
    keep = (one << np.uint64(window)) - one
    high, low = d > zone, d < -zone
    up[r] = ((up[r] << one) | np.uint64(high)) & keep
    down[r] = ((down[r] << one) | np.uint64(low)) & keep
    if not (high or low):
        return False
    bits = up[r] if high else down[r]
    seen = 0
    while bits > 0:
        bits &= bits - one
        seen += 1
    return seen >= count


def _run_hit(up: _Words, down: _Words, r: int, high: bool, low: bool, needed: int) -> bool:
    """Count how long each condition has held."""
    up[r] = up[r] + np.uint64(1) if high else np.uint64(0)
    down[r] = down[r] + np.uint64(1) if low else np.uint64(0)
    return bool(up[r] >= needed or down[r] >= needed)


_zone_hit = _jit(_zone_hit)
_run_hit = _jit(_run_hit)


def _advance(
    points: FloatArray, z: FloatArray,
    codes: _Ints, counts: _Ints, windows: _Ints, zones: FloatArray,
    up: _Words, down: _Words, last: FloatArray,
) -> _Words:  # fmt: skip
    """One bit a rule for every point; `last` holds the point, step and z before the first."""
    mask = np.zeros(len(points), dtype=np.uint64)
    previous, last_step, last_z = last[0], last[1], last[2]
    for i in range(len(points)):
        x, d = points[i], z[i]
        step = 1.0 if x > previous else (-1.0 if x < previous else 0.0)
        found = np.uint64(0)
        for r in range(len(codes)):
            code, count, zone = codes[r], counts[r], zones[r]
            if code == ZONE:
                hit = _zone_hit(up, down, r, d, zone, count, windows[r])
            elif code == RUN:
                hit = _run_hit(up, down, r, d > 0, d < 0, count)
            elif code == TREND:
                hit = _run_hit(up, down, r, step > 0, step < 0, count - 1)
            elif code == ALTERNATE:
                hit = _run_hit(up, down, r, step * last_step < 0, False, count - 2)
            elif code == INSIDE:
                hit = _run_hit(up, down, r, abs(d) < zone, False, count)
            elif code == OUTSIDE:
                hit = _run_hit(up, down, r, abs(d) > zone, False, count)
            else:
                hit = (d > zone and last_z < -zone) or (d < -zone and last_z > zone)
            if hit:
                found |= np.uint64(1) << np.uint64(r)
        mask[i] = found
        previous, last_step, last_z = x, step, d
    last[0], last[1], last[2] = previous, last_step, last_z
    return mask


advance = _jit(_advance)
