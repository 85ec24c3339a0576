"""Puts what is in a line now where it is: each lot in its phase, servers that are down."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from twin.distributions import Distribution
from twin.line import LineModel
from twin.line_model.featured_station import FeaturedStation
from twin.line_model.held import Held
from twin.line_model.initial import LotInProcess, ServerDown, WorkInProcess
from twin.line_model.kept_server import KeptServer
from twin.line_model.lot import Lot
from twin.line_model.server import Server
from twin.line_model.station import Station
from twin.line_model.streams import Streams
from twin.line_model.transit import Transit
from twin.records import StationEvent

__all__ = ["place_work"]

TRIES = 256
Make = Callable[[str, Station, str], Lot]


def place_work(
    work: WorkInProcess,
    stations: Sequence[Station],
    line: LineModel,
    streams: Streams,
    make: Make,
) -> None:
    """Put each lot into its station, those longest in their phase first, then servers down.

    A lot in service gets the rest of a service time that is longer than the time it has had, and
    keeps its operators; a repair or a hold gets the rest in the same way. Lots of a batch that
    began together stay together. A lot that finds no free server waits at the head of the queue,
    a server that is down and is not there is left out: `twin.line_model.work_check` refuses both.
    """
    placing = _Placing(work, stations, line, streams, make)
    placing.lots()
    placing.servers()
    placing.blocked()


class _Placing:
    def __init__(
        self,
        work: WorkInProcess,
        stations: Sequence[Station],
        line: LineModel,
        streams: Streams,
        make: Make,
    ) -> None:
        oldest = sorted(work, key=lambda one: -one.since_s)
        self._lots = [one for one in oldest if isinstance(one, LotInProcess)]
        self._downs = [one for one in oldest if isinstance(one, ServerDown)]
        self._stations = {one.name: stations[at] for at, one in enumerate(line.stations)}
        self._log = stations[0].log
        self._line = line
        self._streams = streams
        self._make = make
        self._draws: dict[str, np.random.Generator] = {}
        self._batches: dict[tuple[str, str, float], Server] = {}
        self._holders: dict[str, Server] = {}
        self._blocked: list[tuple[Station, Server, Lot]] = []

    def lots(self) -> None:
        """Every lot where it is; those that are blocked stay so until all are there."""
        for known in self._lots:
            self._line.index(known.station)
            station = self._stations[known.station]
            lot = self._make(known.lot_id, station, known.recipe)
            began_s = lot.entered_s - known.since_s
            lot.entered_s = lot.arrived_s = lot.started_s = lot.finished_s = began_s
            if known.phase in ("in_transfer", "on_hold"):
                self._aside(known, station, lot)
            else:
                self._at(known, station, lot)

    def _at(self, known: LotInProcess, station: Station, lot: Lot) -> None:
        together = (known.station, known.phase, known.since_s)
        server = self._batches.get(together)
        if server is not None and len(server.lots) < station.batch:
            server.lots.append(lot)
        elif known.phase == "queued" or not station.idle:
            station.queue.append(lot)
            return
        else:
            server = self._batches[together] = _taken(station, lot)
            if known.phase == "in_service":
                began_s = lot.started_s
                server.start([lot], self._work_left(station, lot, known))
                lot.started_s = began_s
                station.operators_at_work()
        self._holders[known.lot_id] = server
        if known.phase == "blocked":
            lot.finished_s = station.env.now
            self._blocked.append((station, server, lot))

    def _aside(self, known: LotInProcess, station: Station, lot: Lot) -> None:
        env, target, hold = station.env, station.destination(lot), station.model.hold
        if known.phase == "on_hold" and hold is not None and isinstance(station, FeaturedStation):
            station.held += 1
            at_s = env.now - known.since_s
            station.log.events.append(StationEvent(at_s, "hold", station.index, -1, lot.number))
            rest_s = self._rest(known.station, hold.duration_s, known.since_s)
            env.call_at(env.now + rest_s, Held(lot, station).end)
        elif target is not None:
            target.coming += 1
            rest_s = max(0.0, station.model.transfer_s - known.since_s)
            env.call_at(env.now + rest_s, Transit(lot, target).arrive)
        else:
            station.queue.append(lot)

    def _work_left(self, station: Station, lot: Lot, known: LotInProcess) -> float:
        """Rest of a service time, given that it is longer than the work done so far."""
        now_s, began_s = station.env.now, lot.started_s
        stops = station.model.planned_stops_between(began_s, now_s)
        stopped = sum(min(end, now_s) - max(start, began_s) for start, end in stops)
        stopped += sum(
            min(one.since_s, known.since_s) for one in self._downs if one.lot_id == known.lot_id
        )
        mix = self._line.mix
        more_s = 0.0 if mix is None else station.model.longer_s(mix.recipes[lot.recipe])
        done_s = max(0.0, now_s - began_s - stopped)
        return self._rest(known.station, station.model.service_s, done_s, more_s)

    def _rest(
        self, name: str, duration_s: Distribution, done_s: float, more_s: float = 0.0
    ) -> float:
        if name not in self._draws:
            self._draws[name] = self._streams.generator(name, "initial")
        drawn = np.maximum(duration_s.sample(self._draws[name], TRIES) + more_s, 0.0)
        longer = drawn[drawn > done_s]
        return float(longer[0] - done_s) if len(longer) else float(drawn[0]) * 0.1

    def servers(self) -> None:
        """Servers that are down: those in repair keep their crew, the others ask for it."""
        for known in sorted(self._downs, key=lambda one: one.phase == "down"):
            station = self._stations[known.station]
            server = self._holders.get(known.lot_id)
            if server is None and station.idle:
                server = station.idle[0]
            failure = station.model.failure
            if failure is None or server is None or server.down:
                continue
            _take_down(station, server, known.since_s)
            if known.phase == "in_repair":
                if station.crew is not None:
                    station.crew.at_work(1)
                rest_s = self._rest(known.station, failure.time_to_repair_s, known.since_s)
                station.env.call_at(station.env.now + rest_s, server.repaired)
            elif station.crew is None:
                server.begin_repair()
            else:
                station.crew.ask(1, server.begin_repair)

    def blocked(self) -> None:
        """Lots that have finished go on, or wait for a place."""
        self._log.events.sort(key=lambda event: event.time_s)
        for station, server, lot in self._blocked:
            station.send(lot, server)


def _taken(station: Station, lot: Lot) -> Server:
    """A free server, now with a lot that has finished; it is set up for the lot's recipe."""
    server = station.idle.popleft()
    station.free -= 1
    server.lots, server.phase = [lot], "blocked"
    if isinstance(server, KeptServer):
        server.recipe = lot.recipe
    return server


def _take_down(station: Station, server: Server, since_s: float) -> None:
    """As `Server.fail`, some time ago; the failure that was drawn for later does not come."""
    for *_, event in station.env._queue:
        if event.callbacks == [server.fail]:
            event.callbacks.clear()
    if server.timer is not None and server.timer.callbacks is not None:
        server.timer.callbacks.clear()
    if server in station.idle:
        station.idle.remove(server)
    server.down = True
    at_s = station.env.now - since_s
    station.log.events.append(StationEvent(at_s, "down", station.index, server.index))
