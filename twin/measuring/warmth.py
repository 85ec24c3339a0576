"""How warm the rolls are: work warms them, standing lets them cool."""

from __future__ import annotations

import math

__all__ = ["Warmth"]

_PAUSE_S = 1800.0  # passes further apart than this had a standstill between them


class Warmth:
    """Warmth from 0 (as the room) to 1 (as after long work), a first-order lag.

    Parameters
    ----------
    time_constant_s : float
        Above 0.

    Examples
    --------
    >>> rolls = Warmth(600.0)
    >>> [round(rolls.after_pass(t), 2) for t in (0.0, 600.0, 1200.0, 9000.0)]
    [0.0, 0.63, 0.86, 0.0]
    """

    def __init__(self, time_constant_s: float) -> None:
        self._time_constant_s = time_constant_s
        self._warmth = 0.0
        self._last_s: float | None = None

    def after_pass(self, time_s: float) -> float:
        """Warmth at the end of a pass."""
        if self._last_s is not None:
            passed_s = time_s - self._last_s
            kept = math.exp(-passed_s / self._time_constant_s)
            goal = 1.0 if passed_s <= _PAUSE_S else 0.0
            self._warmth = goal + (self._warmth - goal) * kept
        self._last_s = time_s
        return self._warmth
