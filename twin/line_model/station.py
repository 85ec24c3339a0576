"""A station: lots that wait, servers, and the lots elsewhere that wait for a place here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import simpy

from twin.line import StationModel
from twin.line_model.crew import Crew
from twin.line_model.deadlock import refuse_deadlock
from twin.line_model.environment import LineEnvironment
from twin.line_model.lot import NEXT, REWORK, SCRAP, Holder, Lot
from twin.line_model.server import Server
from twin.line_model.stops import Stops
from twin.line_model.streams import Stream, Streams
from twin.line_model.transit import Transit
from twin.records import Log

if TYPE_CHECKING:
    from twin.line_model.source import Source

__all__ = ["Station"]


class Station:
    """State of one station, and the rules by which lots come, wait, start and go.

    Attributes
    ----------
    queue : deque of Lot
        Lots that wait here, first come, first served.
    idle : deque of Server
        Servers that are up and empty, longest idle first.
    free : int
        Servers without a lot, up or down.
    coming : int
        Lots on their way here that have a place already.
    held : int
        Lots that finished here and are on hold.
    waiting : deque of (Holder, Lot)
        Lots elsewhere that wait for a place here, first blocked first.
    """

    def __init__(
        self, model: StationModel, index: int, env: LineEnvironment, streams: Streams, log: Log
    ) -> None:
        self.model = model
        self.index = index
        self.env = env
        self.log = log
        self.batch = model.batch
        self.limit: float = float("inf") if model.buffer is None else model.buffer
        self.next: Station | None = None
        self.rework_to: Station | None = None
        self.exit: Callable[[Lot, Station], None] | None = None
        self.source: Source | None = None
        self.crew: Crew | None = None
        self.pool: Crew | None = None
        self.can_lock = False
        self.service = streams.of(model.name, "service", model.service_s)
        self.route = streams.unit(model.name, "route")
        self.routing = bool(model.scrap_probability) or model.rework is not None
        self.time_clock = model.failure is not None and model.failure.clock == "time"
        self.operation_clock = model.failure is not None and not self.time_clock
        planned = bool(model.down_windows_s) or model.calendar is not None
        self.stops = Stops(model, env.now) if planned else None
        self.interruptible = planned or model.failure is not None
        self.queue: deque[Lot] = deque()
        self.waiting: deque[tuple[Holder, Lot]] = deque()
        self.coming = self.held = 0
        self.opening = self._asked = False
        self.servers = [self._server(place, streams) for place in range(model.servers)]
        self.idle = deque(self.servers)
        self.free = model.servers

    def _server(self, place: int, streams: Streams) -> Server:
        return Server(self, place, *self._failures(place, streams))

    def _failures(self, place: int, streams: Streams) -> tuple[Stream | None, Stream | None]:
        """Times to failure and to repair of one server."""
        failure, name = self.model.failure, self.model.name
        if failure is None:
            return None, None
        return (
            streams.of(name, "failure", failure.time_to_failure_s, place),
            streams.of(name, "repair", failure.time_to_repair_s, place),
        )

    def closed_until(self, now_s: float) -> float:
        """End of the planned stop at `now_s`, or `now_s` itself."""
        return now_s if self.stops is None else self.stops.closed_until(now_s)

    # --- lots come -------------------------------------------------------------------------

    def has_place(self) -> bool:
        """Whether one more lot may come; idle servers hold the lots of a batch that gathers."""
        return len(self.queue) + self.coming < self.limit + self.batch * self.free

    def receive(self, lot: Lot) -> None:
        """A lot arrives now, at a place that it was promised."""
        lot.arrived_s = self.env._now
        self.queue.append(lot)
        self.work()

    def admit(self) -> None:
        """Give places that came free to those who wait for them."""
        while self.waiting and self.has_place():
            holder, lot = self.waiting.popleft()
            holder.release(lot)

    # --- service ---------------------------------------------------------------------------

    def work(self) -> None:
        """Start whatever can start now."""
        while self.idle and self._lots_ready():
            if self.stops is not None and not self._open():
                break
            if self.pool is not None and not self._operators_come():
                break
            self._start()
        if self.waiting:
            self.admit()

    def _lots_ready(self) -> bool:
        missing = self.batch - len(self.queue)
        if missing <= 0:
            return True
        if self.source is None or self.waiting:  # lots that come back go before new ones
            return False
        places = self.limit + self.batch * self.free - len(self.queue) - self.coming
        return missing <= places and self.source.offers(missing)

    def _start(self, lots: int = 0) -> None:
        queue = self.queue
        if self.source is not None and not lots:
            self.source.supply(self.batch - len(queue))
        server = self.idle.popleft()
        self.free -= 1
        server.start([queue.popleft() for _ in range(lots or self.batch)], self.service.draw())

    def _open(self) -> bool:
        now: float = self.env.now
        opens = self.closed_until(now)
        if opens > now and not self.opening:
            self.opening = True
            self.env.call_at(opens, self._opened)
        return opens <= now

    def _opened(self, event: simpy.Event) -> None:
        del event
        self.opening = False
        self.work()

    def _operators_come(self) -> bool:
        operators = self.model.operators
        if self.pool is None or operators is None or self._asked:
            return False
        if self.pool.take(operators.needed, operators.skill):
            return True
        self._asked = True
        self.pool.ask(operators.needed, self._operators_granted, operators.skill)
        return False

    def _operators_granted(self) -> None:
        self._asked = False
        if self.idle and self._lots_ready() and self.closed_until(self.env.now) <= self.env.now:
            self._start()
        else:
            self.return_operators()
        self.work()

    def operators_at_work(self) -> None:
        """A service that goes on from before has its operators."""
        if self.pool is not None and self.model.operators is not None:
            self.pool.at_work(self.model.operators.needed, self.model.operators.skill)

    def return_operators(self) -> None:
        """The operators of one service are free again."""
        if self.pool is not None and self.model.operators is not None:
            self.pool.give_back(self.model.operators.needed, self.model.operators.skill)

    def start_incomplete(self) -> bool:
        """Start with fewer lots than a batch, when no more can come, or once the stop is over.

        False if none wait, or nobody is there to start them.
        """
        if not (self.idle and 0 < len(self.queue) < self.batch):
            return False
        if self.stops is not None and not self._open():
            return True
        if self.pool is not None and not self._operators_come():
            return False
        self._start(len(self.queue))
        return True

    # --- lots go ---------------------------------------------------------------------------

    def send(self, lot: Lot, server: Server) -> None:
        """Decide where a finished lot goes, and let it go or wait."""
        lot.route = self.drawn_route() if self.routing else NEXT
        target = self.destination(lot)
        if target is None or target is self or (not target.waiting and target.has_place()):
            self.pass_on(lot, server)
        else:
            target.waiting.append((server, lot))

    def drawn_route(self) -> int:
        """Scrap, rework or on: one number for each of the first two that the station has."""
        model = self.model
        if model.scrap_probability and self.route.draw() < model.scrap_probability:
            return SCRAP
        if model.rework is not None and self.route.draw() < model.rework.probability:
            return REWORK
        return NEXT

    def destination(self, lot: Lot) -> Station | None:
        """Where a finished lot goes; None out of the line."""
        if lot.route == NEXT:
            return self.next
        return self.rework_to if lot.route == REWORK else None

    def pass_on(self, lot: Lot, server: Server) -> None:
        """Record the visit, hand the lot over, and free the server once it is empty."""
        target, now, visit = self.destination(lot), self.env._now, self.log.visits
        visit.extend((
            lot.number, self.index, server.index,
            lot.arrived_s, lot.started_s, lot.finished_s, now, lot.route,
        ))  # fmt: skip
        server.lots.remove(lot)
        empty = not server.lots  # asked before others move, which may take its last lots too
        if lot.route == REWORK:
            lot.reworked = True
        if target is None:
            if self.exit is not None:
                self.exit(lot, self)
        elif self.model.transfer_s and lot.route != SCRAP:
            target.coming += 1
            self.env.call_at(now + self.model.transfer_s, Transit(lot, target).arrive)
        else:
            target.receive(lot)
        if empty:
            self._freed(server)

    def _freed(self, server: Server) -> None:
        server.phase = "idle"
        self.free += 1
        if not server.down:
            self.idle.append(server)
        self.work()

    def ready(self, server: Server) -> None:
        """A server is empty and up again."""
        self.idle.append(server)
        self.work()

    def check_deadlock(self) -> None:
        """A lot is blocked; where lots can come back to their station, that may be for ever."""
        if self.can_lock:
            refuse_deadlock(self)
