"""A server that is set up, maintained, worn and watched."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import simpy

from twin.line_model.job import Job, Retuning, job_of
from twin.line_model.lot import Lot
from twin.line_model.server import Server
from twin.line_model.streams import Stream, Streams
from twin.line_model.wear import Watch, Wear
from twin.records import StationEvent

if TYPE_CHECKING:
    from twin.line_model.station import Station

__all__ = ["KeptServer"]

NAN = math.nan


class KeptServer(Server):
    """A server with set-ups, maintenance, a condition and an alarm, whichever the station has.

    Attributes
    ----------
    recipe : int
        What it is set up for; -1 before its first lots, which need no set-up.
    service_s : float
        Work of the service that it has begun, or will begin after the set-up.
    up_kept_s : float
        Time to failure that the operation clock keeps during a set-up.
    setups : dict of (int, int) to Stream
        Durations by recipe before and recipe after, where those differ.
    jobs : list of Job
        In the order in which they are done when several are due; the alarm's last.
    """

    __slots__ = ("jobs", "recipe", "recipes", "service_s", "setups", "up_kept_s", "watch", "wear")

    def __init__(
        self,
        station: Station,
        index: int,
        failures: Stream | None,
        repairs: Stream | None,
        streams: Streams,
        recipes: tuple[str, ...],
    ) -> None:
        super().__init__(station, index, failures, repairs)
        model, name = station.model, station.model.name
        self.recipes = recipes
        self.recipe = -1
        self.service_s = self.up_kept_s = 0.0
        self.setups = self._setups(streams)
        self.jobs: list[Job] = [
            job_of(
                self,
                one,
                streams.of(f"{name}: {one.name}", "maintenance", one.duration_s, index),
            )
            for one in model.maintenance
        ]
        self.wear = None
        if model.condition is not None:
            growth = streams.of(name, "wear", model.condition.per_lot, index)
            self.wear = Wear(model.condition, growth, station.env.now)
        self.watch = None
        if model.alarm is not None:
            self.watch = Watch(model.alarm, streams.normal(name, "gauge", index))
            stops = streams.of(f"{name}: alarm", "maintenance", model.alarm.stop_s, index)
            self.jobs.append(Retuning(self, stops))

    def _setups(self, streams: Streams) -> dict[tuple[int, int], Stream]:
        model, recipes = self.station.model, self.recipes
        if model.setup is None:
            return {}
        places = range(len(recipes))
        return {
            (before, after): streams.of(
                f"{model.name}: {recipes[before]} > {recipes[after]}",
                "setup",
                model.setup.between(recipes[before], recipes[after]),
                self.index,
            )
            for before in places
            for after in places
            if before != after
        }

    # --- set-up ------------------------------------------------------------------------------

    def start(self, lots: list[Lot], work_s: float) -> None:
        """Set up for the first of the lots where that is needed, then begin the service."""
        self.service_s = work_s
        before, after = self.recipe, lots[0].recipe
        self.recipe = after
        stream = self.setups.get((before, after)) if self.setups else None
        setup_s = 0.0 if stream is None else stream.draw()
        if not setup_s:
            super().start(lots, work_s)
            return
        self.lots = lots
        self.phase = "setup"
        self.work_s = setup_s
        self._log("setup_start", f"{self.recipes[before]} > {self.recipes[after]}")
        if self.station.operation_clock:  # a set-up does not age the server
            self.up_kept_s, self.up_left_s = self.up_left_s, math.inf
        if self.station.interruptible:
            self.resume()
        else:
            self.timer = self.station.env.call_at(self.station.env.now + setup_s, self.finish)

    def finish(self, event: simpy.Event) -> None:
        """The set-up or the service ends."""
        if self.phase == "setup":
            if self.station.operation_clock:
                self.up_left_s = self.up_kept_s
            self._log("setup_end", "")
            super().start(self.lots, self.service_s)
            return
        self._account()
        super().finish(event)

    def _log(self, word: str, detail: str) -> None:
        station = self.station
        station.log.events.append(
            StationEvent(station.env.now, word, station.index, self.index, detail=detail)
        )

    # --- wear and maintenance ----------------------------------------------------------------

    def _account(self) -> None:
        """What the service that ends has used up; its lots have seen the condition before that."""
        lots, wear = self.lots, self.wear
        if wear is not None:
            now: float = self.station.env.now
            level, measured, signal = wear.level(now), NAN, False
            if self.watch is not None:
                measured = self.watch.measured(level)
                signal = self.watch.look(measured)
            for lot in lots:
                self.station.log.conditions.extend((
                    lot.number, self.station.index, self.index, now, level, measured, signal,
                ))  # fmt: skip
            wear.use(len(lots))
        for job in self.jobs:
            job.used(len(lots), self.service_s)

    def next_job(self) -> Job | None:
        """What is to be done before the next lots."""
        return next((job for job in self.jobs if job.due()), None)

    def level(self) -> float:
        """The condition now."""
        return NAN if self.wear is None else self.wear.level(self.station.env.now)

    def alarmed(self) -> bool:
        """Whether the chart has signalled since it was restarted."""
        return self.watch is not None and self.watch.signalled

    def restore(self) -> None:
        """The condition is as at the start, and the chart begins anew."""
        if self.wear is not None:
            self.wear.restore(self.station.env.now)
        if self.watch is not None:
            self.watch.restart()
