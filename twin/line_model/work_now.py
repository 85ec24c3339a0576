"""What is in a running line, as the list that another line can start from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from twin.line_model.held import Held
from twin.line_model.initial import LotInProcess, LotPhase, ServerDown, WorkInProcess
from twin.line_model.lot import NEXT, Lot
from twin.line_model.server import Server
from twin.line_model.source import Source
from twin.line_model.station import Station
from twin.line_model.transit import Transit

if TYPE_CHECKING:
    from twin.simulation import LineSimulation

__all__ = ["work_now"]


def work_now(simulation: LineSimulation) -> WorkInProcess:
    """Lots by station and phase, lots between stations, then servers that are down.

    A lot that is being set up for is queued, and so is one that goes or waits to go back, at the
    station that it goes to. A server in repair is so since it went down.
    """
    return tuple(_Look(simulation).all())


class _Look:
    def __init__(self, simulation: LineSimulation) -> None:
        self._stations = simulation.stations
        self._now_s = simulation.now_s
        self._names = simulation.log.names
        self._mix = simulation.line.mix
        self._pending = sorted(simulation.env._queue, key=lambda entry: entry[:3])
        self._events = simulation.log.events

    def all(self) -> Iterator[LotInProcess | ServerDown]:
        """In the order of the line."""
        for station in self._stations:
            for server in station.servers:
                for lot in server.lots:
                    yield self._in_server(server, lot)
            for lot in station.queue:
                yield self._lot(lot, station, "queued", lot.arrived_s)
            for holder, lot in station.waiting:
                if isinstance(holder, Source):
                    yield self._lot(lot, station, "queued", lot.arrived_s)
                elif isinstance(holder, Station):
                    yield self._lot(lot, station, "queued", self._now_s)
        yield from self._between()
        for station in self._stations:
            for server in station.servers:
                if server.down:
                    yield self._down(station, server)

    def _in_server(self, server: Server, lot: Lot) -> LotInProcess:
        if server.phase == "blocked":
            return self._lot(lot, server.station, "blocked", lot.finished_s)
        if server.phase == "setup":
            return self._lot(lot, server.station, "queued", lot.arrived_s)
        return self._lot(lot, server.station, "in_service", lot.started_s)

    def _between(self) -> Iterator[LotInProcess]:
        for time_s, _, _, event in self._pending:
            for call in event.callbacks:
                owner = getattr(call, "__self__", None)
                if isinstance(owner, Transit):
                    yield self._carried(owner, time_s)
                elif isinstance(owner, Held):
                    began_s = self._since("hold", owner.station.index, -1, owner.lot.number)
                    yield self._lot(owner.lot, owner.station, "on_hold", began_s)

    def _carried(self, transit: Transit, arrives_s: float) -> LotInProcess:
        lot = transit.lot
        onward = self._stations if lot.route == NEXT else ()
        for station in onward:
            began_s = arrives_s - station.model.transfer_s
            if station.destination(lot) is transit.target and began_s <= self._now_s:
                return self._lot(lot, station, "in_transfer", began_s)
        return self._lot(lot, transit.target, "queued", self._now_s)

    def _down(self, station: Station, server: Server) -> ServerDown:
        began_s = self._since("down", station.index, server.index, -1)
        held = self._id(server.lots[0]) if server.lots else ""
        waits = station.crew is not None and any(
            granted == server.begin_repair for granted in station.crew.unserved()
        )
        return ServerDown(
            station.model.name, "down" if waits else "in_repair", self._now_s - began_s, held
        )

    def _since(self, event: str, station: int, server: int, lot: int) -> float:
        for one in reversed(self._events):
            if (one.event, one.station, one.server, one.lot) == (event, station, server, lot):
                return one.time_s
        return self._now_s

    def _lot(self, lot: Lot, station: Station, phase: LotPhase, since_s: float) -> LotInProcess:
        recipe = "" if self._mix is None else self._mix.names[lot.recipe]
        passed_s = max(0.0, self._now_s - since_s)
        return LotInProcess(self._id(lot), station.model.name, phase, passed_s, recipe)

    def _id(self, lot: Lot) -> str:
        return self._names.get(lot.number) or f"L{lot.number:05d}"
