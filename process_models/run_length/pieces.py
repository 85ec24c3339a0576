"""The axis of values in pieces, and the passage from one value to the next between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import NDArray

from process_models.run_length.alphabet import FALL, FAR_FALL, FAR_RISE, RISE, Alphabet
from process_models.run_length.law import FloatArray
from process_models.run_length.quadrature import legendre, normal_density

__all__ = ["NODES", "NextValue", "Pieces", "cut_axis", "first_value", "moves"]

NODES = 7
_INNER_NODES = 20
_CLOSE = 1e-9

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pieces:
    """Intervals between which functions of the last value may bend, and their cells: (p,) each."""

    low: FloatArray
    high: FloatArray
    cell: Ints

    def nodes(self) -> FloatArray:
        """Gauss nodes of every piece, (p, NODES)."""
        half = (self.high - self.low)[:, None] / 2
        return np.asarray(self.low[:, None] + half * (legendre(NODES)[0] + 1), dtype=np.float64)


@dataclass(frozen=True)
class NextValue:
    """Law of the next value after x: normal, with mean `start + slope x`."""

    start: float
    slope: float
    sd: float


def cut_axis(alphabet: Alphabet, cells: Ints, ends: float, widest: float) -> Pieces:
    """The pieces of `cells`, none wider than `widest`, on an axis from -`ends` to `ends`."""
    bounds = np.concatenate([[-ends], alphabet.cuts, [ends]])
    bends = _bends(alphabet, ends)
    low: list[float] = []
    high: list[float] = []
    cell: list[int] = []
    for c in cells.tolist():
        left, right = float(bounds[c]), float(bounds[c + 1])
        inner = [bend for bend in bends if left + _CLOSE < bend < right - _CLOSE]
        for a, b in zip([left, *inner], [*inner, right], strict=True):
            parts = np.linspace(a, b, 1 + math.ceil((b - a) / widest - _CLOSE)).tolist()
            low += parts[:-1]
            high += parts[1:]
            cell += [c] * (len(parts) - 1)
    return Pieces(np.array(low), np.array(high), np.array(cell, dtype=np.int64))


def _bends(alphabet: Alphabet, ends: float) -> list[float]:
    """Where a function of the last value bends because a limit of its step meets a cut."""
    if not math.isfinite(alphabet.far):
        return []
    bends = found = set(alphabet.cuts.tolist())
    for _ in range(3):
        near = {round(b + s * alphabet.far, 12) for b in found for s in (-1, 1)}
        found = {b for b in near if abs(b) < ends} - bends
        bends = bends | found
    return sorted(bends)


def first_value(pieces: Pieces, value: NextValue) -> FloatArray:
    """Mass at the nodes of every piece, (p, NODES), of a value that has no predecessor."""
    return np.asarray(_passage(pieces, np.zeros(1), value, -math.inf, math.inf)[0])


def moves(pieces: Pieces, alphabet: Alphabet, value: NextValue) -> FloatArray:
    """Mass from every node to every node by the kind of step.

    Returns
    -------
    (steps, p, NODES, p, NODES) array
        `steps` as the alphabet tells them apart.
    """
    x = pieces.nodes().reshape(-1)
    count = len(pieces.cell)
    shape = (count, NODES, count, NODES)
    if not alphabet.ordered:
        return _passage(pieces, x, value, -math.inf, math.inf).reshape(1, *shape)
    far = alphabet.far
    blocks = np.zeros((alphabet.steps, *shape))
    blocks[FALL] = _passage(pieces, x, value, -far, 0.0).reshape(shape)
    blocks[RISE] = _passage(pieces, x, value, 0.0, far).reshape(shape)
    if math.isfinite(far):
        blocks[FAR_FALL] = _passage(pieces, x, value, -math.inf, -far).reshape(shape)
        blocks[FAR_RISE] = _passage(pieces, x, value, far, math.inf).reshape(shape)
    return blocks


def _passage(
    pieces: Pieces, x: FloatArray, value: NextValue, least: float, most: float
) -> FloatArray:
    """Mass at the nodes, (x, p, NODES), of next values with a step from `least` to `most`."""
    a = np.maximum(pieces.low, x[:, None] + least)
    b = np.minimum(pieces.high, x[:, None] + most)
    mass = np.zeros((len(x), len(pieces.cell), NODES))
    partly = b > a
    if value.slope == 0:
        whole = (a <= pieces.low) & (b >= pieces.high)
        every = np.arange(len(pieces.cell))
        alike = _integrals(pieces, every, pieces.low, pieces.high, value.start, value.sd)
        mass = np.where(whole[..., None], alike, mass)
        partly &= ~whole
    row, piece = np.nonzero(partly)
    mean = value.start + value.slope * x[row]
    mass[row, piece] = _integrals(pieces, piece, a[partly], b[partly], mean, value.sd)
    return mass


def _integrals(
    pieces: Pieces, piece: Ints, a: FloatArray, b: FloatArray, mean: FloatArray | float, sd: float
) -> FloatArray:
    """Integral from `a` to `b`, inside a piece, of the density times each polynomial, (n, NODES).

    The polynomials are 1 at one node of the piece and 0 at its others.
    """
    t, weight = legendre(_INNER_NODES)
    half = (b - a)[:, None] / 2
    y = a[:, None] + half * (t + 1)
    density = normal_density((y - np.reshape(mean, (-1, 1))) / sd) / sd * half * weight
    low, high = pieces.low[piece][:, None], pieces.high[piece][:, None]
    basis = legvander((2 * y - low - high) / (high - low), NODES - 1) @ _to_values()
    return np.asarray(np.einsum("ng,ngj->nj", density, basis), dtype=np.float64)


@lru_cache(maxsize=1)
def _to_values() -> FloatArray:
    """Legendre coefficients of the polynomials that are 1 at one node."""
    return np.asarray(np.linalg.inv(legvander(legendre(NODES)[0], NODES - 1)), dtype=np.float64)
