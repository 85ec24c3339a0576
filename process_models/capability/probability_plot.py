"""A probability plot: values against their normal scores, with the fitted line and its band.

Plotting positions are Benard's median ranks, (i - 0.3) / (n + 0.4). The line is the quantile
function of the fitted distribution, straight where that is normal. The band is pointwise: of a
normal characteristic mean + z s has the variance s² (1 / n + z² / (2 (n - 1))), of another it
comes from the bootstrap of the fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from process_models.capability.bootstrap import Bootstrap
from process_models.capability.result import CapabilityResult

__all__ = ["ProbabilityPlot", "probability_plot"]

_POINTS = 41


@dataclass(frozen=True, eq=False)
class ProbabilityPlot:
    """Points, line and band of a probability plot.

    Attributes
    ----------
    values, shares, scores : (n,) arrays
        Ordered values, their plotting positions 0 to 1, and the normal scores of these.
    line_scores, line_values, band_low, band_high : (41,) arrays
        Fitted quantiles at normal scores, and the confidence band of each.
    """

    values: NDArray[np.float64]
    shares: NDArray[np.float64]
    scores: NDArray[np.float64]
    line_scores: NDArray[np.float64]
    line_values: NDArray[np.float64]
    band_low: NDArray[np.float64]
    band_high: NDArray[np.float64]


def probability_plot(values: NDArray[np.float64], result: CapabilityResult) -> ProbabilityPlot:
    """The plot of the distribution that a study of the same values fitted.

    Parameters
    ----------
    values : (n,) array
    result : CapabilityResult
    """
    n = len(values)
    shares = np.asarray((np.arange(1, n + 1) - 0.3) / (n + 0.4), dtype=np.float64)
    scores = np.asarray(ndtri(shares))
    reach = max(3.0, float(scores[-1]))
    z = np.linspace(-reach, reach, _POINTS)
    if result.drawn is None:
        line, low, high = _normal_line(z, result)
    else:
        line, low, high = _fitted_line(z, result.drawn, result.confidence)
    return ProbabilityPlot(np.sort(values), shares, scores, z, line, low, high)


_Line = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def _normal_line(z: NDArray[np.float64], result: CapabilityResult) -> _Line:
    line = result.mean + z * result.sigma_overall
    spread = np.sqrt(1 / result.n + z * z / (2 * (result.n - 1)))
    half = float(ndtri((1 + result.confidence) / 2)) * result.sigma_overall * spread
    return line, line - half, line + half


def _fitted_line(z: NDArray[np.float64], drawn: Bootstrap, confidence: float) -> _Line:
    shares = np.asarray(ndtr(z))
    line = drawn.fit.quantile(shares)
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn.quantiles(shares), [tail, 1 - tail], axis=0)
    return line, line + (low - line) * drawn.narrowing, line + (high - line) * drawn.narrowing
