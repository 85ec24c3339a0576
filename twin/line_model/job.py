"""Maintenance of a server: what has come together since it was last done, and doing it."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import simpy

from twin.line import Maintenance
from twin.line_model.streams import Stream
from twin.records import StationEvent

if TYPE_CHECKING:
    from twin.line_model.crew import Crew
    from twin.line_model.kept_server import KeptServer

__all__ = ["ClockJob", "Job", "LevelJob", "LotJob", "Retuning", "WorkJob", "job_of"]


class Job:
    """One kind of maintenance of one server; subclasses say when it is due.

    From when it begins (or begins to wait for its crew) to its end the server is in phase
    maintenance. It runs by the clock, through planned stops and failures.

    Attributes
    ----------
    lots, work_s : int, float
        Lots, and seconds of processing, that have finished since it last began.
    """

    __slots__ = ("crew", "durations", "lots", "name", "restores", "server", "work_s")

    def __init__(self, server: KeptServer, name: str, durations: Stream, restores: bool) -> None:
        self.server = server
        self.name = name
        self.durations = durations
        self.restores = restores
        self.crew: Crew | None = None
        self.lots = 0
        self.work_s = 0.0

    def due(self) -> bool:
        """Whether it is to be done before the next lots."""
        raise NotImplementedError

    def used(self, lots: int, work_s: float) -> None:
        """A service has finished."""
        self.lots += lots
        self.work_s += work_s

    def begin(self) -> None:
        """Take the server, which is empty and up, and ask for the crew."""
        self.server.phase = "maintenance"
        self.lots, self.work_s = 0, 0.0
        self._log("maintenance_start")
        if self.crew is None:
            self.granted()
        else:
            self.crew.ask(1, self.granted)

    def granted(self) -> None:
        """The crew is there."""
        env = self.server.station.env
        env.call_at(env.now + self.durations.draw(), self.done)

    def done(self, event: simpy.Event) -> None:
        """It is over: the crew goes, the server does what else is due, or waits for lots."""
        del event
        server = self.server
        self._log("maintenance_end")
        if self.restores:
            server.restore()
        server.phase = "idle"
        if self.crew is not None:
            self.crew.give_back(1)
        if not server.down:
            server.station.ready(server)

    def _log(self, word: str) -> None:
        station, server = self.server.station, self.server
        station.log.events.append(
            StationEvent(station.env.now, word, station.index, server.index, detail=self.name)
        )


class LotJob(Job):
    """Due after so many lots."""

    __slots__ = ("every_lots",)

    def __init__(self, server: KeptServer, model: Maintenance, durations: Stream) -> None:
        super().__init__(server, model.name, durations, model.restores)
        self.every_lots = model.every_lots or 0

    def due(self) -> bool:
        return self.lots >= self.every_lots


class WorkJob(Job):
    """Due after so much processing."""

    __slots__ = ("every_work_s",)

    def __init__(self, server: KeptServer, model: Maintenance, durations: Stream) -> None:
        super().__init__(server, model.name, durations, model.restores)
        self.every_work_s = model.every_work_s or 0.0

    def due(self) -> bool:
        return self.work_s >= self.every_work_s


class ClockJob(Job):
    """Due by the clock, at `first_s` and every `every_s` after it; what was missed is done once.

    Attributes
    ----------
    turn, next_s : int, float
        The next time is first_s + turn * every_s.
    """

    __slots__ = ("every_s", "first_s", "next_s", "turn")

    def __init__(self, server: KeptServer, model: Maintenance, durations: Stream) -> None:
        super().__init__(server, model.name, durations, model.restores)
        self.every_s = every_s = model.every_s or 0.0
        self.first_s = every_s if model.first_s is None else model.first_s
        env = server.station.env
        self.turn = max(0, ceil((env.now - self.first_s) / every_s))
        self.next_s = self.first_s + self.turn * every_s
        env.call_at(self.next_s, self.wake)

    def due(self) -> bool:
        return bool(self.next_s <= self.server.station.env.now)

    def wake(self, event: simpy.Event) -> None:
        """The time has come: an idle server begins; one that works does so once it is empty."""
        del event
        server = self.server
        if self.due() and server.phase == "idle" and not server.down:
            server.station.idle.remove(server)
            server.station.ready(server)

    def begin(self) -> None:
        env = self.server.station.env
        while self.next_s <= env.now:
            self.turn += 1
            self.next_s = self.first_s + self.turn * self.every_s
        env.call_at(self.next_s, self.wake)
        super().begin()


class LevelJob(Job):
    """Due when the condition of the server has come to a level."""

    __slots__ = ("above",)

    def __init__(self, server: KeptServer, model: Maintenance, durations: Stream) -> None:
        super().__init__(server, model.name, durations, model.restores)
        self.above = model.above or 0.0

    def due(self) -> bool:
        return self.server.level() >= self.above


class Retuning(Job):
    """Due when the chart of the server has signalled."""

    __slots__ = ()

    def __init__(self, server: KeptServer, durations: Stream) -> None:
        super().__init__(server, "alarm", durations, restores=True)

    def due(self) -> bool:
        return self.server.alarmed()


def job_of(server: KeptServer, model: Maintenance, durations: Stream) -> Job:
    """The job of the trigger that the model has."""
    if model.every_lots is not None:
        return LotJob(server, model, durations)
    if model.every_work_s is not None:
        return WorkJob(server, model, durations)
    if model.every_s is not None:
        return ClockJob(server, model, durations)
    return LevelJob(server, model, durations)
