"""A server: one lot (or batch) at a time, pre-emptive resume around failures and planned stops."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import simpy

from twin.line_model.deadlock import refuse_stuck_people
from twin.line_model.lot import Lot
from twin.line_model.streams import Stream
from twin.records import StationEvent

if TYPE_CHECKING:
    from twin.line_model.crew import Crew
    from twin.line_model.station import Station

__all__ = ["Server"]

Phase = Literal["idle", "busy", "blocked", "setup", "maintenance"]
WORKING = ("busy", "setup")


class Server:
    """State of one server.

    Attributes
    ----------
    phase : str
        idle; busy from the start of a service to its finish, interruptions included; blocked while
        a finished lot waits for a place; setup before a service, with its lots; maintenance while
        it is empty. `down` may go with each.
    work_s : float
        Work left in the service at `resumed_s`, the last time it began or went on.
    up_left_s : float
        Time to failure left; of processing with an operation clock.
    timer : simpy.Event or None
        The end of what the server is doing now, at an absolute time.
    """

    __slots__ = (
        "down", "failures", "index", "lots", "phase", "repairs", "resumed_s", "station", "timer",
        "up_left_s", "work_s",
    )  # fmt: skip

    def __init__(
        self, station: Station, index: int, failures: Stream | None, repairs: Stream | None
    ) -> None:
        self.station = station
        self.index = index
        self.lots: list[Lot] = []
        self.phase: Phase = "idle"
        self.down = False
        self.work_s = 0.0
        self.resumed_s = 0.0
        self.timer: simpy.Event | None = None
        self.failures = failures
        self.repairs = repairs
        self.up_left_s = math.inf if failures is None else failures.draw()
        if failures is not None and station.time_clock:
            station.env.call_at(station.env.now + self.up_left_s, self.fail)

    def start(self, lots: list[Lot], work_s: float) -> None:
        """Begin a service that takes `work_s` of work."""
        now = self.station.env._now
        for lot in lots:
            lot.started_s = now
        self.lots = lots
        self.phase = "busy"
        self.work_s = work_s
        if self.station.interruptible:
            self.resume()
        else:
            self.timer = self.station.env.call_at(now + work_s, self.finish)

    def resume(self, event: simpy.Event | None = None) -> None:
        """Go on with the service until it ends or the next interruption."""
        del event
        if self.down:
            return
        station = self.station
        now = self.resumed_s = station.env.now
        opens = station.closed_until(now)
        if opens > now:
            self.timer = station.env.call_at(opens, self.resume)
            self.resumed_s = opens
            return
        end, then = now + self.work_s, self.finish
        if self.up_left_s < self.work_s and not station.time_clock:
            end, then = now + self.up_left_s, self.fail
        if station.stops is not None and station.stops.start_s < end:
            end, then = station.stops.start_s, self.pause
        self.timer = station.env.call_at(end, then)

    def pause(self, event: simpy.Event | None = None) -> None:
        """A planned stop begins: keep the work that is left."""
        self._book_work()
        self.resume(event)

    def _book_work(self) -> None:
        """Take what was worked since `resumed_s` off the work and off the operation clock."""
        worked = max(0.0, self.station.env.now - self.resumed_s)
        self.work_s = max(0.0, self.work_s - worked)
        if not self.station.time_clock:
            self.up_left_s = max(0.0, self.up_left_s - worked)

    def fail(self, event: simpy.Event) -> None:
        """Break down, in whatever phase, and ask for repair."""
        del event
        station = self.station
        if self.phase in WORKING:
            if self.timer is not None and self.timer.callbacks is not None:
                self.timer.callbacks.clear()
            self._book_work()
        elif self.phase == "idle":
            station.idle.remove(self)
        self.down = True
        station.log.events.append(StationEvent(station.env.now, "down", station.index, self.index))
        if station.crew is None:
            self.begin_repair()
        else:
            station.crew.ask(1, self.begin_repair)
            if station.crew is station.pool:
                refuse_stuck_people(station)

    def begin_repair(self) -> None:
        """The repair takes its time by the clock, planned stops included."""
        repairs, env = self.repairs, self.station.env
        if repairs is not None:
            env.call_at(env.now + repairs.draw(), self.repaired)

    def repaired(self, event: simpy.Event) -> None:
        """Up again, with a new time to failure."""
        station = self.station
        self.down = False
        station.log.events.append(StationEvent(station.env.now, "up", station.index, self.index))
        if self.failures is not None:
            self.up_left_s = self.failures.draw()
        if station.time_clock:
            station.env.call_at(station.env.now + self.up_left_s, self.fail)
        crew: Crew | None = station.crew
        if crew is not None:
            crew.give_back(1)
        if self.phase in WORKING:
            self.resume(event)
        elif self.phase == "idle":
            station.ready(self)

    def operators_held(self) -> int:
        """People that the service keeps, interruptions included."""
        operators = self.station.model.operators
        return operators.needed if operators is not None and self.phase in WORKING else 0

    def finish(self, event: simpy.Event) -> None:
        """The service ends: send each lot on, or keep it until there is a place for it."""
        del event
        station = self.station
        now = station.env._now
        if station.operation_clock:
            self._book_work()
        self.timer = None
        self.phase = "blocked"
        station.return_operators()
        for lot in self.lots if len(self.lots) == 1 else tuple(self.lots):
            lot.finished_s = now
            station.send(lot, self)
        if self.phase == "blocked" and self.lots:
            station.check_deadlock()

    def release(self, lot: Lot) -> None:
        """A place has come free for a blocked lot."""
        self.station.pass_on(lot, self)
