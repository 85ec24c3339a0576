"""When a station, or a group of people, is planned to be off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import count

__all__ = ["Calendar", "united_stops"]


@dataclass(frozen=True)
class Calendar:
    """Works `on_s`, stops `off_s`, over and over; `start_s` is when one working spell begins."""

    on_s: float
    off_s: float
    start_s: float = 0.0

    def stops(self, from_s: float) -> Iterator[tuple[float, float]]:
        """Every [start, end) stop that ends after `from_s`, in order, without end."""
        period = self.on_s + self.off_s
        first = int((from_s - self.start_s) // period) - 1
        for cycle in count(first):
            end = self.start_s + (cycle + 1) * period
            if end > from_s:
                yield self.start_s + cycle * period + self.on_s, end


def united_stops(
    first: Iterator[tuple[float, float]], second: Iterator[tuple[float, float]]
) -> Iterator[tuple[float, float]]:
    """The stops of both, each in order, as stops that neither overlap nor touch.

    Examples
    --------
    >>> list(united_stops(iter([(0, 2), (7, 8)]), iter([(1, 3), (3, 4)])))
    [(0, 4), (7, 8)]
    """
    pending: tuple[float, float] | None = None
    for start, end in merge(first, second):
        if pending is None:
            pending = (start, end)
        elif start <= pending[1]:
            pending = (pending[0], max(pending[1], end))
        else:
            yield pending
            pending = (start, end)
    if pending is not None:
        yield pending
