"""Indices of a characteristic that is not normal, by the percentile method of ISO 22514-2.

Six sigma becomes the distance between the 0.135 % and 99.865 % percentiles, the mean becomes the
median: Pp = (usl - lsl) / (X99.865 - X0.135), Ppl = (X50 - lsl) / (X50 - X0.135),
Ppu = (usl - X50) / (X99.865 - X50), Ppk the smaller. A normal distribution gives the usual
indices.

Intervals are basic bootstrap intervals on a scale on which the spread of an index hardly depends
on the index: its logarithm for Pp, and for the others asinh(3 index / sqrt(2)), which makes the
variance of Bissell (1990) constant.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from process_models.capability.bootstrap import Bootstrap
from process_models.capability.specification import Index, Specification

__all__ = ["SHARES", "percentile_indices"]

SHARES: NDArray[np.float64] = ndtr(np.array([-3.0, 0.0, 3.0]))
_NAMES = ("pp", "ppl", "ppu", "ppk")
_STEADY = 3 / math.sqrt(2)
_Scale = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def percentile_indices(
    spec: Specification, drawn: Bootstrap, confidence: float
) -> dict[str, Index]:
    """pp, ppl, ppu and ppk with their intervals.

    Parameters
    ----------
    spec : Specification
    drawn : Bootstrap
        Of the fitted distribution.
    confidence : float
    """
    found = _indices(spec, drawn.fit.quantile(SHARES)[None])
    draws = _indices(spec, drawn.quantiles(SHARES))
    return {
        name: _interval(name, found[name], draws[name], drawn.narrowing, confidence)
        for name in _NAMES
    }


def _indices(
    spec: Specification, quantiles: NDArray[np.float64]
) -> dict[str, NDArray[np.float64] | None]:
    low, middle, high = quantiles.T
    width = None if spec.width is None else spec.width / (high - low)
    below = None if spec.lower is None else (middle - spec.lower) / (middle - low)
    above = None if spec.upper is None else (spec.upper - middle) / (high - middle)
    sides = [side for side in (below, above) if side is not None]
    nearest = np.minimum(*sides) if len(sides) == 2 else sides[0]
    return dict(zip(_NAMES, (width, below, above, nearest), strict=True))


def _interval(
    name: str,
    found: NDArray[np.float64] | None,
    draws: NDArray[np.float64] | None,
    narrowing: float,
    confidence: float,
) -> Index:
    if found is None or draws is None or not np.isfinite(found[0]):
        return Index()
    scale, back = (np.log, np.exp) if name == "pp" else (_steady, _unsteady)
    with np.errstate(divide="ignore"):
        centre = scale(found)[0]
        moved = scale(draws[np.isfinite(draws)]) - centre
    tail = (1 - confidence) / 2
    reach = np.quantile(moved, [1 - tail, tail]) * narrowing
    low, high = (float(v) for v in back(centre - reach))
    return Index(float(found[0]), low, high)


def _steady(index: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.arcsinh(_STEADY * index))


def _unsteady(scaled: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sinh(scaled) / _STEADY)
