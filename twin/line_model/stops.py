"""Planned stops of a station as the clock passes over them."""

from __future__ import annotations

import math
from itertools import islice

from twin.line import StationModel

__all__ = ["Stops"]


class Stops:
    """The current or next planned stop; asked with times that never go back.

    Exact: only the start and end times of stops are compared, nothing is divided.

    Attributes
    ----------
    from_s, passed : float, int
        Where the stops begin to count, and how many of them were reached since; they say which
        one is the current one, since an iterator cannot be saved.
    """

    __slots__ = ("_coming", "_station", "end_s", "from_s", "passed", "start_s")

    def __init__(self, station: StationModel, from_s: float) -> None:
        self._station = station
        self.from_s = from_s
        self.passed = 0
        self.restored()
        self._next()

    def restored(self) -> None:
        """Put the iterator where `from_s` and `passed` say."""
        self._coming = islice(self._station.planned_stops(self.from_s), self.passed, None)

    def _next(self) -> None:
        self.passed += 1
        self.start_s, self.end_s = next(self._coming, (math.inf, math.inf))

    def closed_until(self, now_s: float) -> float:
        """End of the stop in force at `now_s`; `now_s` itself when the station is open."""
        while self.end_s <= now_s:
            self._next()
        return self.end_s if self.start_s <= now_s else now_s
