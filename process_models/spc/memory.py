"""What a chart remembers of the points before, so that a series may come in pieces."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from process_models.spc.arrays import FloatArray

__all__ = ["Memory", "joined", "tail"]

T = TypeVar("T")


class Memory:
    """State of a chart between two pieces of its series; empty at the beginning.

    Attributes
    ----------
    points : int
        How many points have been drawn.
    """

    def __init__(self) -> None:
        self.points = 0
        self._kept: dict[str, Any] = {}

    def recall(self, name: str, otherwise: T) -> T:
        """What was kept under `name`, or `otherwise` at the beginning."""
        kept: T = self._kept.get(name, otherwise)
        return kept

    def keep(self, name: str, value: object) -> None:
        """Keep `value` for the next piece."""
        self._kept[name] = value


def joined(before: FloatArray, now: FloatArray) -> FloatArray:
    """`now` after `before`, without a copy when there is nothing before."""
    return np.concatenate([before, now]) if len(before) else now


def tail(values: FloatArray, count: int) -> FloatArray:
    """A copy of the last `count` rows, so that the whole can be forgotten."""
    return values[max(0, len(values) - count) :].copy()
