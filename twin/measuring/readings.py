"""What gauges show, and readings that are still to come."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

from twin.measuring.characteristics import UNITS
from twin.measuring.gauge import GAUGES
from twin.measuring.process_variation import ProcessVariation

__all__ = ["ComingReadings", "Reading"]

_CYCLER = "cycler-1"


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one gauge, `time_s` seconds from the start of the line.

    `censoring` is exact or right, `gauge` which one showed it.
    """

    time_s: float
    lot_id: str
    station: str
    characteristic: str
    value: float
    subgroup: str = ""
    position: int = 0
    censoring: str = "exact"
    gauge: str = ""

    @property
    def unit(self) -> str:
        """Unit of the value."""
        return UNITS[self.characteristic]


class ComingReadings:
    """Readings in order of time, some of which lie weeks ahead.

    Parameters
    ----------
    process : ProcessVariation
        Names the gauges.
    """

    def __init__(self, process: ProcessVariation) -> None:
        self._gauges = {name: process.gauge(name).name for name in GAUGES}
        self._order = 0
        self._heap: list[tuple[float, int, Reading]] = []
        self._withdrawn: set[int] = set()

    def add(
        self, time_s: float, lot_id: str, station: str, characteristic: str, value: float,
        **more: Any,
    ) -> int:
        """Plan a reading; the number that comes back can withdraw it."""
        self._order += 1
        gauge = self._gauges.get(characteristic, _CYCLER)
        reading = Reading(time_s, lot_id, station, characteristic, value, gauge=gauge, **more)
        heapq.heappush(self._heap, (time_s, self._order, reading))
        return self._order

    def withdraw(self, order: int) -> None:
        """The reading will not be made."""
        self._withdrawn.add(order)

    def until(self, time_s: float) -> list[Reading]:
        """Hand out what is read up to `time_s`, in order."""
        due: list[Reading] = []
        while self._heap and self._heap[0][0] <= time_s:
            _, order, reading = heapq.heappop(self._heap)
            if order in self._withdrawn:
                self._withdrawn.discard(order)
            else:
                due.append(reading)
        return due
