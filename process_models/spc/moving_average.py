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
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray

__all__ = ["KINDS", "trailing_sum"]


def trailing_sum(values: FloatArray, span: int) -> FloatArray:
    """Sum of each value and the `span` - 1 before it, fewer at the beginning.

    >>> trailing_sum(np.array([1.0, 2.0, 4.0, 8.0]), 3).tolist()
    [1.0, 3.0, 7.0, 14.0]
    """
    padded = np.concatenate([np.zeros(span - 1), values])
    windows = np.lib.stride_tricks.sliding_window_view(padded, span)
    return np.asarray(windows.sum(axis=1), dtype=np.float64)


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions) -> Drawing:
    location = Location.of(data)
    centre, sigma = limits.number("centre"), limits.number("sigma")
    averaged = np.minimum(np.arange(1, data.n + 1), options.span)
    points = centre + trailing_sum(location.means - centre, options.span) / averaged
    spread = sigma * np.sqrt(trailing_sum(1 / location.sizes, options.span)) / averaged
    drawn = shewhart_panel("ma", points, centre, spread, nsigma=options.nsigma, scope="limits")
    return Drawing((drawn,), sigma, {"span": options.span})


KINDS = (
    ChartKind(
        "ma",
        check_univariate,
        lambda data, options: fit_location("ma", data, options),
        _draw,
    ),
)
