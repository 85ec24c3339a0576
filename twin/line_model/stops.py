"""Planned stops of a station as the clock passes over them."""

from __future__ import annotations

import math

from twin.line import StationModel

__all__ = ["Stops"]


class Stops:
    """The current or next planned stop; asked with times that never go back.

    Exact: only the start and end times of stops are compared, nothing is divided.
    """

    __slots__ = ("_coming", "end_s", "start_s")

    def __init__(self, station: StationModel, from_s: float) -> None:
        self._coming = station.planned_stops(from_s)
        self._next()

    def _next(self) -> None:
        self.start_s, self.end_s = next(self._coming, (math.inf, math.inf))

    def closed_until(self, now_s: float) -> float:
        """End of the stop in force at `now_s`; `now_s` itself when the station is open."""
        while self.end_s <= now_s:
            self._next()
        return self.end_s if self.start_s <= now_s else now_s
