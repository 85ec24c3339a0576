"""Gauss-Legendre nodes, cached, and the normal density."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from process_models.run_length.law import FloatArray

__all__ = ["legendre", "legendre_between", "normal_density"]


@lru_cache(maxsize=256)
def legendre(count: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights on [-1, 1], each (count,) and read-only."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    nodes.flags.writeable = weights.flags.writeable = False
    return nodes, weights


def legendre_between(low: float, high: float, count: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights on [low, high], each (count,)."""
    nodes, weights = legendre(count)
    half = (high - low) / 2
    return low + half * (nodes + 1), half * weights


def normal_density(z: ArrayLike) -> FloatArray:
    """Density of the standard normal distribution."""
    square = np.square(np.asarray(z, dtype=np.float64))
    return np.asarray(np.exp(-0.5 * square) / math.sqrt(2 * math.pi), dtype=np.float64)
