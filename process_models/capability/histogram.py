"""A histogram, and the fitted curves over it on the same scale of counts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.capability.result import CapabilityResult

__all__ = ["Histogram", "histogram_of"]

_FEWEST_BINS = 6
_MOST_BINS = 80
_POINTS = 161


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of values between edges, and curves to compare them with.

    Attributes
    ----------
    counts : (m,) array of int
    edges : (m + 1,) array
    x : (161,) array
        Where the curves are given.
    curves : mapping of str to (161,) array
        Expected count of a bin at x; `overall`, and `within` of a normal characteristic.
    """

    counts: NDArray[np.int64]
    edges: NDArray[np.float64]
    x: NDArray[np.float64]
    curves: Mapping[str, NDArray[np.float64]]


def histogram_of(values: NDArray[np.float64], result: CapabilityResult) -> Histogram:
    """Bins after Freedman and Diaconis (1981), and the curves of a study of the same values.

    Parameters
    ----------
    values : (n,) array
    result : CapabilityResult
    """
    edges = _edges(values)
    counts, _ = np.histogram(values, bins=edges)
    width = float(edges[1] - edges[0])
    low, high = float(edges[0]), float(edges[-1])
    margin = 0.15 * (high - low)
    x = np.linspace(low - margin, high + margin, _POINTS)
    area = len(values) * width
    if result.drawn is not None:
        return Histogram(counts, edges, x, {"overall": area * result.drawn.fit.density(x)})
    curves = {
        name: area * _normal((x - result.mean) / sigma) / sigma
        for name, sigma in (("overall", result.sigma_overall), ("within", result.sigma_within))
        if sigma > 0
    }
    return Histogram(counts, edges, x, curves)


def _normal(z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi))


def _edges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = float(values.min()), float(values.max())
    quarter, three = np.percentile(values, [25, 75])
    width = 2 * float(three - quarter) / len(values) ** (1 / 3)
    bins = _FEWEST_BINS if width <= 0 else math.ceil(min(_MOST_BINS, (high - low) / width))
    return np.linspace(low, high, max(_FEWEST_BINS, bins) + 1)
