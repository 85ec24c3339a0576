"""Indices of a characteristic that is not normal, by the percentile method of ISO 22514-2.

Six sigma becomes the distance between the 0.135 % and 99.865 % percentiles, the mean becomes the
median: Pp = (usl - lsl) / (X99.865 - X0.135), Ppl = (X50 - lsl) / (X50 - X0.135),
Ppu = (usl - X50) / (X99.865 - X50), Ppk the smaller. A normal distribution gives the usual
indices.

Intervals are parametric bootstrap-t (Efron and Tibshirani 1993, chapter 12) with standard errors
by the delta method, on a scale on which the spread of an index hardly depends on the index: its
logarithm for Pp, and for the others asinh(3 index / sqrt(2)), which makes the variance of
Bissell (1990) constant. The bounds of Ppk are the smaller of those of Ppl and Ppu, since the
smaller of two estimates of unlike spread has no pivot of its own.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from process_models.capability.bootstrap import Bootstrap
from process_models.capability.delta import standard_errors, steps_of
from process_models.capability.specification import Index, Specification

__all__ = ["SHARES", "percentile_indices"]

SHARES: NDArray[np.float64] = ndtr(np.array([-3.0, 0.0, 3.0]))
_NAMES = ("pp", "ppl", "ppu")
_STEADY = 3 / math.sqrt(2)
_Floats = NDArray[np.float64]


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
    fit = drawn.fit
    at = fit.parameters[None]

    def steady(parameters: _Floats) -> _Floats:
        shares = np.broadcast_to(SHARES, (len(parameters), 3))
        quantiles = fit.family.quantile(shares, parameters) + fit.threshold
        return _steady(_indices(spec, quantiles))

    steps = steps_of(drawn.parameters)
    errors = standard_errors(fit.family, drawn.parameters, steady, drawn.size, steps)
    error = standard_errors(fit.family, at, steady, fit.n, steps)[0]
    centre = steady(at)[0]
    pivots = (steady(drawn.parameters) - centre) / errors
    tail = (1 - confidence) / 2
    found = _indices(spec, fit.quantile(SHARES)[None])[0]
    indices = {
        name: _interval(i, found[i], centre[i], error[i], pivots[:, i], tail)
        for i, name in enumerate(_NAMES)
    }
    return {**indices, "ppk": _smaller(indices["ppl"], indices["ppu"])}


def _indices(spec: Specification, quantiles: _Floats) -> _Floats:
    """pp, ppl, ppu (b, 3) of percentiles (b, 3); nan where there is no such limit."""
    low, middle, high = quantiles.T
    lower = math.nan if spec.lower is None else spec.lower
    upper = math.nan if spec.upper is None else spec.upper
    columns = (
        (upper - lower) / (high - low),
        (middle - lower) / (middle - low),
        (upper - middle) / (high - middle),
    )
    return np.stack(columns, axis=1)


def _steady(indices: _Floats) -> _Floats:
    with np.errstate(divide="ignore"):
        width = np.log(indices[:, :1])
    return np.hstack([width, np.arcsinh(_STEADY * indices[:, 1:])])


def _interval(
    at: int, value: float, centre: float, error: float, pivots: _Floats, tail: float
) -> Index:
    kept = pivots[np.isfinite(pivots)]
    if not (math.isfinite(value) and math.isfinite(error) and kept.size):
        return Index() if not math.isfinite(value) else Index(float(value))
    bounds = centre - np.quantile(kept, [1 - tail, tail]) * error
    low, high = np.exp(bounds) if at == 0 else np.sinh(bounds) / _STEADY
    return Index(float(value), float(low), float(high))


def _smaller(one: Index, other: Index) -> Index:
    if one.value is None or other.value is None:
        return other if one.value is None else one
    lows = [index.low for index in (one, other) if index.low is not None]
    highs = [index.high for index in (one, other) if index.high is not None]
    return Index(min(one.value, other.value), min(lows, default=None), min(highs, default=None))
