"""The compiled pass over points and rules; imported only when a series is long enough.

All that a rule remembers is in `up`, `down` and `last`, so a series may come in pieces.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from process_models.spc.arrays import FloatArray

__all__ = ["ALTERNATE", "BLOCK", "INSIDE", "OPPOSITE", "OUTSIDE", "RUN", "TREND", "ZONE", "advance"]

TREND = 0
ALTERNATE = 1
INSIDE = 2
OUTSIDE = 3
RUN = 4
OPPOSITE = 5
ZONE = 6
BLOCK = 4096

_Words = NDArray[np.uint64]
_Ints = NDArray[np.int64]


def _jit(function: Any) -> Any:
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # the installation is read-only, so nothing can be cached beside it
        return numba.njit(nogil=True, error_model="numpy")(function)


def _zone(
    z: FloatArray, up: _Words, down: _Words, r: int, zone: float, count: int, window: int,
    mask: _Words,
) -> None:  # fmt: skip
    """Remember in bits which of the last points were in the zone, and count them."""
    one = np.uint64(1)
    keep, flag = (one << np.uint64(window)) - one, one << np.uint64(r)
    highs, lows = up[r], down[r]
    for i in range(len(z)):
        high, low = z[i] > zone, z[i] < -zone
        highs = ((highs << one) | np.uint64(high)) & keep
        lows = ((lows << one) | np.uint64(low)) & keep
        if high or low:
            bits = highs if high else lows
            seen = 0
            while bits > 0:
                bits &= bits - one
                seen += 1
            if seen >= count:
                mask[i] |= flag
    up[r], down[r] = highs, lows


def _sides(v: FloatArray, up: _Words, down: _Words, r: int, needed: int, mask: _Words) -> None:
    """Count how long values have been above, or below, 0."""
    flag = np.uint64(1) << np.uint64(r)
    above = int(np.int64(up[r]))
    below = int(np.int64(down[r]))
    for i in range(len(v)):
        above = above + 1 if v[i] > 0 else 0
        below = below + 1 if v[i] < 0 else 0
        if above >= needed or below >= needed:
            mask[i] |= flag
    up[r], down[r] = above, below


def _band(
    z: FloatArray, up: _Words, r: int, zone: float, inside: bool, needed: int, mask: _Words
) -> None:
    """Count how long points have been within, or outside, a band about the centre line."""
    flag = np.uint64(1) << np.uint64(r)
    length = int(np.int64(up[r]))
    for i in range(len(z)):
        met = abs(z[i]) < zone if inside else abs(z[i]) > zone
        length = length + 1 if met else 0
        if length >= needed:
            mask[i] |= flag
    up[r] = length


def _turns(steps: FloatArray, last: float, up: _Words, r: int, needed: int, mask: _Words) -> None:
    """Count how long steps have gone up and down in turn."""
    flag = np.uint64(1) << np.uint64(r)
    length = int(np.int64(up[r]))
    for i in range(len(steps)):
        length = length + 1 if steps[i] * last < 0 else 0
        if length >= needed:
            mask[i] |= flag
        last = steps[i]
    up[r] = length


def _opposites(z: FloatArray, last: float, r: int, zone: float, mask: _Words) -> None:
    flag = np.uint64(1) << np.uint64(r)
    for i in range(len(z)):
        if (z[i] > zone and last < -zone) or (z[i] < -zone and last > zone):
            mask[i] |= flag
        last = z[i]


_zone = _jit(_zone)
_sides = _jit(_sides)
_band = _jit(_band)
_turns = _jit(_turns)
_opposites = _jit(_opposites)


def _standardise(source: FloatArray, centre: float, spread: float, z: FloatArray) -> None:
    """Distances in standard errors, 0 on the centre line even without spread."""
    for i in range(len(source)):
        away = source[i] - centre
        z[i] = away / spread if away != 0 else 0.0


def _steps(x: FloatArray, previous: float, steps: FloatArray) -> None:
    for i in range(len(x)):
        steps[i] = 1.0 if x[i] > previous else (-1.0 if x[i] < previous else 0.0)
        previous = x[i]


def _collect(
    mask: _Words, start: int, hits: _Ints, masks: _Words, found: int
) -> tuple[_Ints, _Words, int]:
    """Append the points of a block that break a rule."""
    if found + len(mask) > len(hits):
        more_hits = np.empty(2 * len(hits), dtype=np.int64)
        more_masks = np.empty(2 * len(hits), dtype=np.uint64)
        more_hits[:found], more_masks[:found] = hits[:found], masks[:found]
        hits, masks = more_hits, more_masks
    for i in range(len(mask)):
        hits[found], masks[found] = start + i, mask[i]
        found += mask[i] > 0
    return hits, masks, found


_standardise = _jit(_standardise)
_steps = _jit(_steps)
_collect = _jit(_collect)


def _advance(
    points: FloatArray, source: FloatArray, centre: float, spread: float,
    codes: _Ints, counts: _Ints, windows: _Ints, zones: FloatArray,
    up: _Words, down: _Words, last: FloatArray,
) -> tuple[_Ints, _Words]:  # fmt: skip
    """Indices of the points that break a rule, and one bit a rule for each of them.

    Distances are (source - centre) / spread. `last` holds the point, step and distance before the
    first. Every rule goes over a block before the next does, while the block is in the cache.
    """
    size, found = min(len(points), BLOCK), 0
    steps, z, mask = np.empty(size), np.empty(size), np.empty(size, dtype=np.uint64)
    hits, masks = np.empty(2 * BLOCK, dtype=np.int64), np.empty(2 * BLOCK, dtype=np.uint64)
    for start in range(0, len(points), BLOCK):
        x = points[start : start + BLOCK]
        d, s, m = z[: len(x)], steps[: len(x)], mask[: len(x)]
        _standardise(source[start : start + BLOCK], centre, spread, d)
        _steps(x, last[0], s)
        m[:] = 0
        for r in range(len(codes)):
            code, count, zone = codes[r], counts[r], zones[r]
            if code == ZONE:
                _zone(d, up, down, r, zone, count, windows[r], m)
            elif code == RUN:
                _sides(d, up, down, r, count, m)
            elif code == TREND:
                _sides(s, up, down, r, count - 1, m)
            elif code == ALTERNATE:
                _turns(s, last[1], up, r, count - 2, m)
            elif code == OPPOSITE:
                _opposites(d, last[2], r, zone, m)
            else:
                _band(d, up, r, zone, code == INSIDE, count, m)
        last[0], last[1], last[2] = x[-1], s[-1], d[-1]
        hits, masks, found = _collect(m, start, hits, masks, found)
    return hits[:found], masks[:found]


advance = _jit(_advance)
