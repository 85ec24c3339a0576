"""Zone chart: a cumulative score of how far points are from the centre (Jaehn 1987).

A point scores 0, 2, 4 or 8 within one, two, three or beyond three standard errors (a point on a
boundary is within); scores of one side add up, start anew on the other side, and signal from 8.
"""

from __future__ import annotations

import numpy as np

from process_models.spc.cusum import standardise
from process_models.spc.data import ChartData
from process_models.spc.family import ChartKind, Drawing, Drawn
from process_models.spc.limits import FrozenLimits
from process_models.spc.location import Location, check_univariate, fit_location
from process_models.spc.memory import Memory
from process_models.spc.options import ChartOptions
from process_models.spc.result import FloatArray, Panel

__all__ = ["KINDS", "zone_scores"]

_SCORES = np.array([0.0, 2.0, 4.0, 8.0])
_SIGNAL_AT = 8.0


def zone_scores(z: FloatArray, total: float = 0.0, side: float = 0.0) -> FloatArray:
    """Cumulative scores of deviations in standard errors, after a `total` on one `side`.

    >>> zone_scores(np.array([1.5, 2.5, 1.2, -0.5, -3.2])).tolist()
    [2.0, 6.0, 8.0, 0.0, 8.0]
    """
    away = np.abs(z)
    weights = _SCORES[(away > 1).astype(np.int64) + (away > 2) + (away > 3)]
    scores = np.empty(len(z))
    for i, (deviation, weight) in enumerate(zip(z.tolist(), weights.tolist(), strict=True)):
        now = float(np.sign(deviation))
        total = total + weight if now == side else weight
        side, scores[i] = now, total
    return scores


def _draw(limits: FrozenLimits, data: ChartData, options: ChartOptions, memory: Memory) -> Drawing:
    del options  # a zone chart has nothing to choose
    centre, sigma = limits.number("centre"), limits.number("sigma")
    location = Location.of(data)
    z = standardise(location, centre, sigma, "zone")
    scores = zone_scores(z, *memory.recall("zone", (0.0, 0.0)))
    memory.keep("zone", (float(scores[-1]), float(np.sign(z[-1]))))
    drawn = Drawn(
        Panel("zone", scores, 0.0, 0.0, _SIGNAL_AT),
        beyond=scores >= _SIGNAL_AT,
        says=lambda: location.says(centre, sigma),
    )
    return Drawing((drawn,), sigma, {"centre": centre})


KINDS = (
    ChartKind(
        "zone",
        check_univariate,
        lambda data, options: fit_location("zone", data, options),
        _draw,
    ),
)
