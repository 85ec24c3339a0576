"""Multivariate CUSUM of Crosier (1988).

C(i) is the Mahalanobis length of S(i-1) + x(i) - mean; S shrinks by k / C, to 0 where C is at most
k; the length of S above h signals.
"""

from __future__ import annotations

import math

import numpy as np

from process_models.spc.change_point import Evidence
from process_models.spc.data import ChartData
from process_models.spc.family import ChartKind, Drawing, Drawn
from process_models.spc.hotelling import fit_observations
from process_models.spc.limits import FrozenLimits
from process_models.spc.memory import Memory
from process_models.spc.multivariate import Estimates, check_observations, whiten
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray, Panel

__all__ = ["KINDS", "shrunken_sums"]


def shrunken_sums(
    white: FloatArray, k: float, total: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Lengths of the shrunken sums of (n, p) deviations with unit covariance, and the last sum.

    `total` is the sum before the first.

    >>> shrunken_sums(np.array([[3.0, 4.0], [0.0, 0.0]]), 0.5)[0].tolist()
    [4.5, 4.0]
    """
    lengths = np.empty(len(white))
    total = np.zeros(white.shape[1]) if total is None else total
    for i, step in enumerate(white):
        total = total + step
        length = math.sqrt(float(total @ total))
        total = total * (1 - k / length) if length > k else np.zeros_like(total)
        lengths[i] = max(0.0, length - k)
    return lengths, total


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    estimates = Estimates.of(limits)
    white = whiten(data.values - estimates.mean, estimates.covariance)
    lengths, total = shrunken_sums(white, options.k, memory.recall("total", None))
    memory.keep("total", total)
    panel = Panel("mcusum", lengths, 0.0, 0.0, options.h)
    drawn = Drawn(panel, says=lambda: Evidence.normal(white))
    return Drawing((drawn,), None, {"k": options.k, "h": options.h})


KINDS = (
    ChartKind(
        "mcusum",
        check_observations,
        lambda data, options: fit_observations("mcusum", data, options),
        _draw,
        multivariate=True,
    ),
)
