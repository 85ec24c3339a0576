"""Roots of many falling functions at once, each found on its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from process_models.physics.checked import Floats, Number

__all__ = ["falling_root"]

_BLOCK = 16_384  # elements worked on together: small enough to stay in the cache
_MOST_STEPS = 80
_TOLERANCE = 1e-12  # relative to the upper end


def falling_root(
    excess: Callable[..., Floats], low: Number, high: Number, *arguments: Number
) -> Floats:
    """Where `excess(x, *arguments)`, which falls with x, crosses 0 between `low` and `high`.

    An end is returned where there is no crossing. By the Illinois form of the false position; an
    element's answer does not depend on its neighbours, and memory beyond the result is bounded
    however many there are.

    Parameters
    ----------
    excess : callable
        Vectorised over one-dimensional arrays.
    low, high : float or array
        Ends of the search.
    *arguments : float or array
        Broadcast against the ends and handed to `excess` piece by piece.

    Returns
    -------
    ndarray
        Of the broadcast shape.

    Examples
    --------
    >>> falling_root(lambda x, c: c - x**2, 0.0, 10.0, np.array([4.0, 9.0])).round(9).tolist()
    [2.0, 3.0]
    """
    ends = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in (low, high, *arguments)))
    shape = ends[0].shape
    flat = [end.reshape(-1) for end in ends]
    found = np.empty(flat[0].size)
    for start in range(0, found.size, _BLOCK):
        piece = slice(start, start + _BLOCK)
        found[piece] = _roots(excess, *(values[piece] for values in flat))
    return found.reshape(shape)


def _roots(excess: Callable[..., Floats], low: Floats, high: Floats, *arguments: Floats) -> Floats:
    a, b = low.copy(), high.copy()
    at_a, at_b = excess(a, *arguments), excess(b, *arguments)
    root = np.where(at_a <= 0, a, b)
    live = np.flatnonzero((at_a > 0) & (at_b < 0))
    a, b, at_a, at_b = a[live], b[live], at_a[live], at_b[live]
    own = [values[live] for values in arguments]
    last = np.zeros(live.size)
    for step in range(_MOST_STEPS):
        if not live.size:
            break
        middle = b - at_b * (b - a) / (at_b - at_a)
        if step % 8 == 7:  # a halving now and then, against slow ends
            middle = (a + b) / 2.0
        middle = np.clip(middle, a, b)
        value = excess(middle, *own)
        side = np.sign(value)
        again = np.where(side == last, 0.5, 1.0)  # the end that stays too long counts half
        right = value > 0
        at_a, at_b = np.where(right, value, at_a * again), np.where(right, at_b * again, value)
        moved = np.where(right, middle - a, b - middle)
        a, b = np.where(right, middle, a), np.where(right, b, middle)
        root[live] = middle
        width = _TOLERANCE * b
        open_still = (value != 0) & (b - a > width) & (moved > width)
        live, last = live[open_still], side[open_still]
        a, b, at_a, at_b = (ends[open_still] for ends in (a, b, at_a, at_b))
        own = [values[open_still] for values in own]
    return root
