"""Time covered by intervals, asked for many spans at once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Coverage", "united"]

Interval = tuple[float, float]


def united(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time as sorted intervals that neither overlap nor touch.

    Examples
    --------
    >>> united([(5, 7), (0, 2), (1, 3), (3, 4)])
    [(0, 4), (5, 7)]
    """
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


class Coverage:
    """How much of a span the intervals cover.

    Examples
    --------
    >>> Coverage([(10, 20), (30, 40)]).within([0, 15], [35, 18]).tolist()
    [15.0, 3.0]
    """

    def __init__(self, intervals: Iterable[Interval]) -> None:
        flat = np.array(united(intervals), dtype=np.float64).reshape(-1, 2)
        self._knots = flat.ravel()
        lengths = np.cumsum(flat[:, 1] - flat[:, 0])
        before = np.concatenate([[0.0], lengths[:-1]]) if len(lengths) else lengths
        self._covered = np.column_stack([before, lengths]).ravel()

    def within(self, start_s: ArrayLike, end_s: ArrayLike) -> NDArray[np.float64]:
        """Seconds covered in each [start_s, end_s]."""
        if not len(self._knots):
            return np.zeros(np.broadcast_shapes(np.shape(start_s), np.shape(end_s)))
        spans = np.broadcast_arrays(np.asarray(start_s, float), np.asarray(end_s, float))
        begin, until = (np.interp(times, self._knots, self._covered) for times in spans)
        return np.asarray(until - begin, dtype=np.float64)
