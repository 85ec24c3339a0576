"""Where lots come from: the five kinds of arrivals."""

from __future__ import annotations

import math
from collections.abc import Callable

import simpy

from twin.line import LineModel
from twin.line_model.lot import Lot
from twin.line_model.station import Station
from twin.line_model.streams import Streams

__all__ = ["Source"]


class Source:
    """Makes the lots, and holds those that wait outside for a place at the first station.

    Attributes
    ----------
    made, limit : int, float
        Lots made so far, and after how many to stop.
    """

    def __init__(
        self, line: LineModel, first: Station, streams: Streams, make: Callable[[], Lot]
    ) -> None:
        self.arrivals = line.arrivals
        self.first = first
        self.make = make
        self.made = 0
        self.limit: float = math.inf
        gap = line.arrivals.interarrival_s
        self._gaps = None if gap is None else streams.of("", "arrival", gap)
        self._scheduled = 0  # place of the next arrival of a schedule

    @property
    def exhausted(self) -> bool:
        """Whether no further lot will come."""
        return self.made >= self.limit

    @property
    def short(self) -> bool:
        """Whether no lot will come by itself: a saturated line may have too few for a batch."""
        first = self.first
        saturated = first.source is self
        return self.exhausted or (
            saturated and not self.offers(first.batch - len(first.queue))
        )

    def expect(self, lots: int) -> None:
        """So many lots come in all, or fewer where the line file says how many there are."""
        bounded = self.arrivals.kind == "schedule" or self.arrivals.lots is not None
        self.limit = min(self.limit, lots) if bounded else lots

    def begin(self, known: int = 0) -> None:
        """Start sending lots to the first station of a line that has `known` lots already."""
        kind, env = self.arrivals.kind, self.first.env
        if kind == "saturated":
            self.first.source = self
            self.first.work()
        elif kind in ("all_at_start", "conwip"):
            constant = (self.arrivals.wip or 0) - known
            many = constant if kind == "conwip" else min(self._at_start(), self.limit)
            for _ in range(int(many)):
                self.enter()
        else:
            self._expect(env.now)

    def _at_start(self) -> float:
        if self.arrivals.lots is None:
            return self.limit
        self.limit = min(self.limit, self.arrivals.lots)
        return self.limit

    def _expect(self, now_s: float) -> None:
        if self.exhausted:
            return
        if self._gaps is not None:
            self.first.env.call_at(now_s + self._gaps.draw(), self._arrival)
            return
        times = self.arrivals.times_s
        while self._scheduled < len(times) and times[self._scheduled] < now_s:
            self._scheduled += 1
        if self._scheduled == len(times):
            self.limit = self.made
            return
        self._scheduled += 1
        self.first.env.call_at(times[self._scheduled - 1], self._arrival)

    def _arrival(self, event: simpy.Event) -> None:
        del event
        self.enter()
        self._expect(self.first.env.now)

    def enter(self) -> None:
        """One lot comes to the line, if there is still one to come."""
        if self.exhausted:
            return
        self.made += 1
        lot = self.make()
        if self.first.waiting or not self.first.has_place():
            self.first.waiting.append((self, lot))
        else:
            self.release(lot)

    def release(self, lot: Lot) -> None:
        """A place at the first station: its wait counts from its arrival at the line."""
        self.first.queue.append(lot)
        self.first.work()

    def replace(self) -> None:
        """A lot has left: with a constant number of lots, the next one comes."""
        if self.arrivals.kind == "conwip":
            self.enter()

    def offers(self, lots: int) -> bool:
        """Whether a saturated line has so many lots at hand."""
        return self.made + lots <= self.limit

    def supply(self, lots: int) -> None:
        """Put so many lots before the first station, now."""
        for _ in range(lots):
            self.made += 1
            self.first.queue.append(self.make())
