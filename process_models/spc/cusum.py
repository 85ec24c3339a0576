"""Tabular CUSUM (Page 1954; Montgomery chapter 9), in standardised deviations.

C+(i) = max(0, C+(i-1) + z(i) - k) and C-(i) = max(0, C-(i-1) - z(i) - k) with z the deviation of
a point from the centre in its standard errors; a head start sets both at the beginning
(Lucas and Crosier 1982). A sum above h signals. Shewhart limits beside it make the combined chart
of Lucas (1982).
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.spc.data import ChartData
from process_models.spc.family import ChartKind, Drawing, Drawn
from process_models.spc.limits import FrozenLimits
from process_models.spc.location import Location, check_univariate, fit_location
from process_models.spc.memory import Memory
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray, Panel

__all__ = ["KINDS", "standardise", "upper_sum"]


_SIDES = {"both": (0, 1), "upper": (0,), "lower": (1,)}


def upper_sum(
    z: FloatArray, k: float, head_start: float = 0.0, count: int = 0
) -> tuple[FloatArray, NDArray[np.int64]]:
    """The sum of what exceeds `k`, and how many points ago it was last zero.

    It starts at `head_start`, `count` points after it was zero.

    >>> total, since = upper_sum(np.array([1.0, -2.0, 1.5]), 0.5)
    >>> total.tolist(), since.tolist()
    ([0.5, 0.0, 1.0], [1, 0, 1])
    """
    sums, since = np.empty(len(z)), np.empty(len(z), dtype=np.int64)
    total = head_start
    for i, deviation in enumerate(z.tolist()):
        total = max(0.0, total + deviation - k)
        count = count + 1 if total > 0 else 0
        sums[i], since[i] = total, count
    return sums, since


def standardise(location: Location, centre: float, sigma: float, kind: str) -> FloatArray:
    """Deviations from `centre` in standard errors; all 0 where nothing deviates.

    Raises
    ------
    InputError
        When sigma is 0 and the points are not all on the centre.
    """
    away = location.means - centre
    if sigma == 0:
        if away.any():
            raise InputError(f"chart {kind} needs a sigma above 0: Phase I does not vary")
        return np.zeros_like(away)
    return np.asarray(away * np.sqrt(location.sizes) / sigma, dtype=np.float64)


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    centre, sigma = limits.number("centre"), limits.number("sigma")
    location = Location.of(data)
    z = standardise(location, centre, sigma, "cusum")
    panels, counts = [], []
    for name, side in (("cusum_high", 1), ("cusum_low", -1)):
        start, count = memory.recall(name, (options.head_start, 0))
        sums, since = upper_sum(side * z, options.k, start, count)
        memory.keep(name, (float(sums[-1]), int(since[-1])))
        says = partial(location.says, centre, sigma, side)
        panels.append(Drawn(Panel(name, sums, 0.0, 0.0, options.h), says=says))
        counts.append(since)
    extras = {
        "centre": centre,
        "k": options.k,
        "h": options.h,
        "head_start": options.head_start,
        "n_plus": counts[0],
        "n_minus": counts[1],
    }
    drawn = [panels[i] for i in _SIDES[options.side]]
    beside = location.shewhart(centre, sigma, options.shewhart)
    return Drawing((*drawn, *beside), sigma, extras)


KINDS = (
    ChartKind(
        "cusum",
        check_univariate,
        lambda data, options: fit_location("cusum", data, options),
        _draw,
    ),
)
