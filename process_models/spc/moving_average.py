"""Moving average of the last `span` points (Montgomery chapter 9).

The first points average what there is. Limits L sigma / (number averaged) times the root of the sum
of 1 / n over the averaged subgroups.
"""

from __future__ import annotations

import numpy as np

from process_models.spc.data import ChartData
from process_models.spc.family import ChartKind, Drawing, shewhart_panel
from process_models.spc.limits import FrozenLimits
from process_models.spc.location import Location, check_univariate, fit_location
from process_models.spc.memory import Memory, joined, tail
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray

__all__ = ["KINDS", "trailing_sum"]


def trailing_sum(values: FloatArray, span: int) -> FloatArray:
    """Sum of each value and the `span` - 1 before it, fewer at the beginning.

    >>> trailing_sum(np.array([1.0, 2.0, 4.0, 8.0]), 3).tolist()
    [1.0, 3.0, 7.0, 14.0]
    """
    total = np.zeros(len(values))
    for ago in range(min(span, len(values)) - 1, -1, -1):
        total[ago:] += values[: len(values) - ago]
    return total


def _windows(name: str, values: FloatArray, span: int, memory: Memory) -> FloatArray:
    before = memory.recall(name, values[:0])
    whole = joined(before, values)
    memory.keep(name, tail(whole, span - 1))
    return trailing_sum(whole, span)[len(before) :]


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    location = Location.of(data)
    centre, sigma = limits.number("centre"), limits.number("sigma")
    averaged = np.minimum(np.arange(1, data.n + 1) + memory.points, options.span)
    away = _windows("away", location.means - centre, options.span, memory)
    points = centre + away / averaged
    shares = _windows("shares", 1 / location.sizes, options.span, memory)
    spread = sigma * np.sqrt(shares) / averaged
    drawn = shewhart_panel(
        "ma", points, centre, spread, nsigma=options.nsigma, scope="limits",
        says=lambda: location.says(centre, sigma),
    )  # fmt: skip
    return Drawing((drawn,), sigma, {"span": options.span})


KINDS = (
    ChartKind(
        "ma",
        check_univariate,
        lambda data, options: fit_location("ma", data, options),
        _draw,
    ),
)
