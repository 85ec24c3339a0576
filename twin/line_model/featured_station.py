"""A station with features that cost time: care of servers, recipes, holds, limits on waiting."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import simpy

from twin.line import StationModel
from twin.line_model.environment import LineEnvironment
from twin.line_model.held import Held
from twin.line_model.kept_server import KeptServer
from twin.line_model.lot import HELD, NEXT, SCRAP, SENT_BACK, Lot
from twin.line_model.server import Server
from twin.line_model.station import Station
from twin.line_model.streams import Streams
from twin.line_model.transit import Transit
from twin.records import ROUTES, Log, StationEvent

if TYPE_CHECKING:
    from twin.line_mix import Mix

__all__ = ["FeaturedStation"]

REWORKED = ROUTES.index("rework")


class FeaturedStation(Station):
    """A station that does more than the plain one, wherever its model asks for it.

    It is also the holder of the lots that wait aside, without a place, until a station further on
    or back has one.

    Attributes
    ----------
    onward : list of Station or None
        Where lots go next, by recipe; empty without a mix.
    longer_s : list of float
        What each recipe's exposure adds to a service; empty where that is nothing.
    held : int
        Lots on hold.
    waited_to : Station or None
        Where lots go back to that have waited too long.
    batch_at_s, limit_at_s : float
        When it will next look at batches, and at lots that wait too long; inf for not.
    """

    def __init__(
        self,
        model: StationModel,
        index: int,
        env: LineEnvironment,
        streams: Streams,
        log: Log,
        mix: Mix | None,
    ) -> None:
        self.recipes = () if mix is None else mix.names
        super().__init__(model, index, env, streams, log)
        self.onward: list[Station | None] = []
        added = [] if mix is None else [model.longer_s(recipe) for recipe in mix.recipes]
        self.longer_s = added if any(added) else []
        self.waited_to: Station | None = None
        self.batch_at_s = self.limit_at_s = math.inf
        self.holds = self.hold_times = None
        if model.hold is not None:
            self.routing = True
            self.holds = streams.unit(model.name, "hold")
            self.hold_times = streams.of(model.name, "hold_time", model.hold.duration_s)

    def _server(self, place: int, streams: Streams) -> Server:
        model = self.model
        cared = (model.setup, model.condition, model.alarm)
        if not model.maintenance and all(one is None for one in cared):
            return super()._server(place, streams)
        return KeptServer(self, place, *self._failures(place, streams), streams, self.recipes)

    # --- service -----------------------------------------------------------------------------

    def work(self) -> None:
        """Start whatever can start now, and look again when a lot has waited too long."""
        super().work()
        if self.queue:
            if self.model.batch_timeout_s is not None:
                self._look_at_batch()
            if self.model.max_wait is not None:
                self._look_at_limits()

    def _lots_ready(self) -> bool:
        return super()._lots_ready() or self._batch_overdue()

    def _start(self, lots: int = 0) -> None:
        queue = self.queue
        if not lots and not super()._lots_ready():
            lots = len(queue)  # the batch is overdue
        if self.source is not None and not lots:
            self.source.supply(self.batch - len(queue))
        server = self.idle.popleft()
        self.free -= 1
        taken = [queue.popleft() for _ in range(lots or self.batch)]
        work_s = self.service.draw()
        if self.longer_s:
            work_s = max(work_s + max(self.longer_s[lot.recipe] for lot in taken), 0.0)
        server.start(taken, work_s)

    def ready(self, server: Server) -> None:
        """A server is empty and up again: what is due comes first."""
        job = server.next_job() if isinstance(server, KeptServer) else None
        if job is None:
            self.idle.append(server)
        else:
            job.begin()
        self.work()

    def _freed(self, server: Server) -> None:
        server.phase = "idle"
        self.free += 1
        if server.down:
            self.work()
        else:
            self.ready(server)

    # --- batches that do not wait for ever -----------------------------------------------------

    def _batch_overdue(self) -> bool:
        limit_s = self.model.batch_timeout_s
        if limit_s is None or not self.queue:
            return False
        return self.queue[0].arrived_s + limit_s <= float(self.env.now)

    def _look_at_batch(self) -> None:
        at_s = self.queue[0].arrived_s + (self.model.batch_timeout_s or 0.0)
        if self.env.now < at_s < self.batch_at_s:
            self.batch_at_s = at_s
            self.env.call_at(at_s, self.start_batch)

    def start_batch(self, event: simpy.Event) -> None:
        """The first lot has waited for the others long enough."""
        del event
        if self.batch_at_s <= self.env.now:
            self.batch_at_s = math.inf
        self.work()

    def start_incomplete(self) -> bool:
        """Start with fewer lots than a batch when no more can come, unless the clock does that."""
        if self.model.batch_timeout_s is None:
            return super().start_incomplete()
        looks_at_s = self.batch_at_s
        if self.queue:
            self._look_at_batch()  # lots of an endless supply came without any notice
        return self.batch_at_s != looks_at_s

    # --- lots that wait too long ---------------------------------------------------------------

    def receive(self, lot: Lot) -> None:
        """A lot arrives; one that has waited too long on its way does not come into the queue."""
        limit = self.model.max_wait
        lot.arrived_s = self.env.now
        if limit is not None and self._limit_s(lot) < lot.arrived_s:
            self._overstay(lot)
            if limit.action != "flag":
                self.work()
                return
        super().receive(lot)

    def _limit_s(self, lot: Lot) -> float:
        """Until when it may wait; for ever once it was flagged."""
        limit = self.model.max_wait
        if limit is None or lot.flagged == self.index:
            return math.inf
        return (lot.arrived_s if limit.since == "arrival" else lot.finished_s) + limit.limit_s

    def _look_at_limits(self) -> None:
        overdue_s = min(self._limit_s(lot) for lot in self.queue)
        at_s = max(overdue_s, self.env.now)  # work in process may have waited too long before
        if at_s < self.limit_at_s:
            self.limit_at_s = at_s
            self.env.call_at(at_s, self.end_waits)

    def end_waits(self, event: simpy.Event) -> None:
        """Lots have waited as long as they may."""
        del event
        now: float = self.env.now
        if self.limit_at_s <= now:
            self.limit_at_s = math.inf
        over = [lot for lot in self.queue if self._limit_s(lot) <= now]
        if self.model.max_wait is not None and self.model.max_wait.action != "flag":
            for lot in over:
                self.queue.remove(lot)
        for lot in over:
            self._overstay(lot)
        self.work()

    def _overstay(self, lot: Lot) -> None:
        limit = self.model.max_wait
        if limit is None or limit.action == "flag":
            lot.flagged = self.index
            self.log.flags.append((lot.number, self.index, float(self.env.now)))
            return
        lot.route = SCRAP if limit.action == "scrap" else SENT_BACK
        lot.reworked |= lot.route == SENT_BACK
        self._record(lot, -1, math.nan, math.nan)
        self._move_on(lot)

    # --- lots go -------------------------------------------------------------------------------

    def drawn_route(self) -> int:
        """Scrap, rework, on, or on hold before it goes on."""
        route, hold = super().drawn_route(), self.model.hold
        if hold is None or self.holds is None or route != NEXT:
            return route
        return HELD if self.holds.draw() < hold.probability else NEXT

    def pass_on(self, lot: Lot, server: Server) -> None:
        """Hand the lot over, or put it aside."""
        if lot.route == HELD:
            lot.route = NEXT
            self._put_aside(lot, server)
        else:
            super().pass_on(lot, server)

    def _put_aside(self, lot: Lot, server: Server) -> None:
        env, times = self.env, self.hold_times
        self._record(lot, server.index, lot.started_s, lot.finished_s)
        self._log_lot("hold", lot)
        self.held += 1
        env.call_at(env.now + (0.0 if times is None else times.draw()), Held(lot, self).end)
        server.lots.remove(lot)
        if not server.lots:
            self._freed(server)

    def end_hold(self, lot: Lot) -> None:
        """A lot may go on from aside."""
        self.held -= 1
        self._log_lot("release", lot)
        if self.destination(lot) is None:
            self._log_lot("depart", lot)  # it leaves the line only now
        self._move_on(lot)

    def destination(self, lot: Lot) -> Station | None:
        """Where a lot goes; None out of the line, or aside."""
        if lot.route == HELD:
            return None
        if lot.route == SENT_BACK:
            return self.waited_to
        if self.onward and lot.route == NEXT:
            return self.onward[lot.recipe]
        return super().destination(lot)

    def _move_on(self, lot: Lot) -> None:
        """From aside to where it goes, now or when there is a place."""
        target = self.destination(lot)
        if target is None:
            if self.exit is not None:
                self.exit(lot, self)
        elif target.waiting or not target.has_place():
            target.waiting.append((self, lot))
        else:
            self.release(lot)

    def release(self, lot: Lot) -> None:
        """A place has come free for a lot that waits aside."""
        target = self.destination(lot)
        if target is None:
            return
        if self.model.transfer_s:
            target.coming += 1
            self.env.call_at(self.env.now + self.model.transfer_s, Transit(lot, target).arrive)
        else:
            target.receive(lot)

    def _record(self, lot: Lot, server: int, started_s: float, finished_s: float) -> None:
        self.log.visits.extend((
            lot.number, self.index, server, lot.arrived_s, started_s, finished_s, self.env.now,
            REWORKED if lot.route == SENT_BACK else lot.route,
        ))  # fmt: skip

    def _log_lot(self, word: str, lot: Lot) -> None:
        event = StationEvent(self.env.now, word, self.index, -1, lot.number)
        self.log.events.append(event)
