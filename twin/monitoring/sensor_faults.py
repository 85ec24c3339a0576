"""Sensors that are stuck or saturated, told from their newest readings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from twin.monitoring.planned import PlannedCharacteristic

__all__ = ["SATURATED_AFTER", "identical_needed", "is_saturated", "resolution_of"]

SATURATED_AFTER = 3
_LEAST = 6
_MOST = 60
_BY_CHANCE = 1e-6


def resolution_of(values: Sequence[float]) -> float:
    """The smallest step between different readings; 0 when all are the same.

    >>> round(resolution_of([2.1, 2.3, 2.2, 2.3]), 6)
    0.1
    """
    levels = sorted(set(values))
    steps = [high - low for low, high in pairwise(levels)]
    return min(steps, default=0.0)


def identical_needed(resolution: float, sigma: float) -> int:
    """How many identical readings in a row chance does not give.

    A normal reading falls into its middle step with the probability p = 2 Phi(r / 2 sigma) - 1,
    so n in a row come about with at most p^(n-1); n is the least for which that is under one in a
    million, 6 to 60.

    >>> identical_needed(0.0, 1.0), identical_needed(0.1, 0.2), identical_needed(1.0, 0.5)
    (6, 10, 38)
    """
    if not sigma > 0:
        return _MOST
    p = math.erf(resolution / (2 * math.sqrt(2) * sigma))
    if p <= 0:
        return _LEAST
    if p >= 1:
        return _MOST
    return min(_MOST, max(_LEAST, 1 + math.ceil(math.log(_BY_CHANCE) / math.log(p))))


def is_saturated(planned: PlannedCharacteristic, value: float) -> bool:
    """Whether a reading lies at an end of what the gauge shows.

    Without a `gauge_range` the plausible range counts, but for an end at 0: many things are none.
    """
    if planned.gauge_range is not None:
        low, high = planned.gauge_range
        return value <= low or value >= high
    return any(value == end for end in planned.plausible if end != 0 and math.isfinite(end))
