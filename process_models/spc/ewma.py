"""Exponentially weighted moving average (Roberts 1959; Montgomery chapter 9).

z(i) = lambda x(i) + (1 - lambda) z(i-1), z(0) the centre; limits L standard errors of z(i), which
grow towards sigma sqrt(lambda / (2 - lambda)): exact at every point, or asymptotic. With Shewhart
limits beside it, a combined chart (Lucas and Saccucci 1990).
"""

from __future__ import annotations

import numpy as np

from process_models.spc.data import ChartData
from process_models.spc.family import ChartKind, Drawing, shewhart_panel
from process_models.spc.limits import FrozenLimits
from process_models.spc.location import Location, check_univariate, fit_location
from process_models.spc.memory import Memory
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray

__all__ = ["KINDS", "smooth"]


def smooth(inputs: FloatArray, lam: float, start: float) -> FloatArray:
    """z(i) = lam inputs(i) + (1 - lam) z(i - 1), from z(0) = `start`.

    >>> smooth(np.array([52.0, 47.0]), 0.3, 50.0)
    array([50.6 , 49.52])
    """
    smoothed = np.empty(len(inputs))
    z = start
    for i, value in enumerate(inputs.tolist()):
        z += lam * (value - z)
        smoothed[i] = z
    return smoothed


def _variance_factor(sizes: FloatArray, lam: float, exact: bool, before: float) -> FloatArray:
    """Variance of z over sigma squared; `before` is that of the point before the first."""
    if not exact:
        return lam / (2 - lam) / sizes
    factor = np.empty(len(sizes))
    total, kept, added = before, (1 - lam) ** 2, lam * lam
    for i, size in enumerate(sizes.tolist()):
        total = kept * total + added / size
        factor[i] = total
    return factor


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    location = Location.of(data)
    centre, sigma = limits.number("centre"), limits.number("sigma")
    points = smooth(location.means, options.lam, memory.recall("z", centre))
    exact, before = options.limits == "exact", memory.recall("factor", 0.0)
    factor = _variance_factor(location.sizes, options.lam, exact, before)
    memory.keep("z", float(points[-1]))
    memory.keep("factor", float(factor[-1]))
    width = options.nsigma if options.width is None else options.width
    drawn = shewhart_panel(
        "ewma", points, centre, sigma * np.sqrt(factor), nsigma=width, scope="limits",
        says=lambda: location.says(centre, sigma),
    )  # fmt: skip
    extras = {"lambda": options.lam, "width": width, "limits": options.limits}
    beside = location.shewhart(centre, sigma, options.shewhart)
    return Drawing((drawn, *beside), sigma, extras)


KINDS = (
    ChartKind(
        "ewma",
        check_univariate,
        lambda data, options: fit_location("ewma", data, options),
        _draw,
    ),
)
