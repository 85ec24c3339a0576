"""The line in time: builds the SimPy model of a line, runs it and gives its records."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from process_models.errors import InputError
from twin.line import LineModel
from twin.line_model.assembly import build_stations, goes_on_alone
from twin.line_model.environment import LineEnvironment
from twin.line_model.initial import LotInProcess, ServerDown, WorkInProcess
from twin.line_model.lot import SCRAP, Lot
from twin.line_model.open_visits import open_visits
from twin.line_model.placing import place_work
from twin.line_model.recipe_draw import RecipeDraw
from twin.line_model.source import Source
from twin.line_model.station import Station
from twin.line_model.streams import Streams
from twin.records import COUPONS, OTHERS, OUTCOMES, LineRecords, Log, StationEvent

__all__ = ["LineSimulation", "LotInProcess", "ServerDown", "WorkInProcess"]


class LineSimulation:
    """One replication of a line; may be run on and on.

    Parameters
    ----------
    line : LineModel
    seed, replication : int
        Together they fix every random number.
    initial : sequence of LotInProcess and ServerDown, optional
        Lots that are in the line at the start, and servers that are down.
    start_s : float
        Time at the start; calendars and down windows count from 0.
    first_number : int, optional
        Number of the first new lot; by default after those in `initial`.
    finished_before : int
        Lots that the line has finished so far, for the rhythm of the coupons.

    Examples
    --------
    >>> from twin.distributions import Deterministic
    >>> from twin.line import Arrivals, StationModel
    >>> line = LineModel("one", Arrivals("saturated"), (StationModel("roll", Deterministic(7)),))
    >>> simulation = LineSimulation(line, seed=1)
    >>> simulation.run(until_s=30)
    >>> simulation.finished
    4
    """

    def __init__(
        self,
        line: LineModel,
        *,
        seed: int,
        replication: int = 0,
        initial: WorkInProcess | None = None,
        start_s: float = 0.0,
        first_number: int | None = None,
        finished_before: int = 0,
    ) -> None:
        self.line = line
        self.start_s = start_s
        self.finished = self.scrapped = 0
        self.inside: dict[int, Lot] = {}
        self.log = Log()
        self.env = LineEnvironment(start_s)
        self._streams = Streams(seed, replication)
        self.stations = build_stations(line, self.env, self._streams, self.log, self._leave)
        self._samplers = [one for one in self.stations if one.model.samples]
        self._path = [one for one in self.stations if not one.model.samples]
        self.source = Source(line, self._path[0], self._streams, self._make_lot)
        self._sampled = finished_before
        self._next_number = first_number or 1
        self._begun = self._until_empty = False
        self._known_lots = 0
        self._initial = tuple(initial or ())
        if first_number is None and self._initial:
            self._next_number = 1 + max(_number(lot.lot_id) or 0 for lot in self._initial)
        self.recipes: RecipeDraw | None = None
        if line.mix is not None:
            self.recipes = RecipeDraw(line.mix, self._streams, self._next_number)

    def _make_lot(self) -> Lot:
        lot = Lot(self._next_number, self.env.now)
        self._next_number += 1
        self.inside[lot.number] = lot
        if self.recipes is not None:
            lot.recipe = self.log.recipes[lot.number] = self.recipes.coming(lot.number)
        strips = self.line.strips_per_roll
        if strips > 1:
            roll = f"FR{(lot.number - 1) // strips + 1:05d}"
            self.log.events.append(StationEvent(self.env.now, "split", 0, -1, lot.number, roll))
        return lot

    def _leave(self, lot: Lot, station: Station) -> None:
        outcome = "scrapped" if lot.route == SCRAP else "tested" if lot.coupon else "finished"
        row = (lot.number, lot.entered_s, self.env.now, OUTCOMES.index(outcome), lot.reworked)
        self.log.lots.extend(row)
        del self.inside[lot.number]
        if lot.coupon:
            return
        if outcome == "finished":
            self.finished += 1
            if self._samplers:
                self._sample(lot, station)
        else:
            self.scrapped += 1
        self.source.replace()
        if self._until_empty and self.source.exhausted and not self._lots_inside:
            self.env.stopped = True

    @property
    def _lots_inside(self) -> int:
        return self.source.made + self._known_lots - self.finished - self.scrapped

    def _sample(self, lot: Lot, station: Station) -> None:
        self._sampled += 1
        for place, sampler in enumerate(self._samplers):
            since = self._sampled - sampler.model.first_sample
            if since < 0 or since % sampler.model.sample_every:
                continue
            parent = self.log.names.get(lot.number) or f"L{lot.number:05d}"
            number = self.log.name(f"{parent}-T{place + 1}", COUPONS)
            coupon = Lot(number, self.env.now, coupon=True)
            if self.recipes is not None:
                coupon.recipe = self.log.recipes[number] = lot.recipe
            self.log.events.append(
                StationEvent(self.env.now, "split", station.index, -1, coupon.number, parent)
            )
            self.inside[coupon.number] = coupon
            sampler.receive(coupon)

    def _begin(self) -> None:
        self._begun = True
        place_work(self._initial, self.stations, self.line, self._streams, self._known_lot)
        self.source.begin(self._known_lots)
        for station in self.stations:
            station.work()

    def _known_lot(self, lot_id: str, station: Station, recipe: str = "") -> Lot:
        coupon, number = station.model.samples, _number(lot_id)
        made = 0 if self.recipes is None else self.recipes.known(number, recipe)
        if coupon or number is None or number in self.inside:
            number = self.log.name(lot_id, COUPONS if coupon else OTHERS)
        lot = Lot(number, self.start_s, coupon=coupon)
        if self.recipes is not None:
            lot.recipe = self.log.recipes[number] = made
        self.inside[number] = lot
        self._known_lots += not coupon
        return lot

    def run(self, until_s: float | None = None, lots: int | None = None) -> None:
        """Go on until a time, or until `lots` lots have come and all have left, or either.

        Raises
        ------
        InputError
            When neither is given, or when lots can never leave (a deadlock).
        """
        self.env.stopped = False
        self._until_empty = lots is not None or until_s is None
        if lots is not None:
            self.source.expect(lots)
        elif self.line.arrivals.lots is None and (until_s is None or self._needs_lots):
            raise InputError(
                "a run needs until_s or lots"
                if self.line.arrivals.kind != "all_at_start"
                else "arrivals: a run with kind all_at_start needs lots, here or of the run"
            )
        if not self._begun:
            self._begin()
        self._path[0].work()
        end_s = math.inf if until_s is None else until_s
        done = False
        while not done:
            done = self.env.run_to(end_s, self._look_after)
            done &= not self._complete_batches()
            if self._until_empty and self.source.exhausted and not self._lots_inside:
                self.env.stopped = done = True
        if self.env.stopped or end_s == math.inf:
            self._refuse_standstill()
        else:
            self.env.advance_to(end_s)

    @property
    def _needs_lots(self) -> bool:
        return self.line.arrivals.kind == "all_at_start" and not self._begun

    @property
    def _look_after(self) -> int | None:
        """Events after which to look for an end, where failures or tests go on without any lot."""
        if self.source.limit == math.inf and self.line.arrivals.kind != "schedule":
            return None
        if any(station.batch > 1 for station in self._path):
            return 1  # the last batch starts as soon as nobody can complete it
        return 10_000 if goes_on_alone(self.line) else None

    def _complete_batches(self) -> bool:
        """When no lot can move any more, start a batch that nobody will complete."""
        if self.env.stopped or not (self.env.idle() or self._quiet()):
            return False
        return self._start_incomplete()

    def _quiet(self) -> bool:
        return self.source.short and not any(
            one.coming or one.opening or one.held or one.free < len(one.servers)
            for one in self._path
        )

    def _start_incomplete(self) -> bool:
        first = self._path[0]
        if first.source is not None and first.idle and not self.source.exhausted:
            missing = first.batch - 1 - len(first.queue)
            self.source.supply(min(missing, int(self.source.limit) - self.source.made))
        return any(station.start_incomplete() for station in self.stations)

    def _refuse_standstill(self) -> None:
        if self.env.stopped or not self.inside or not self.source.exhausted:
            return
        held = [one.model.name for one in self.stations if one.queue or one.free < len(one.servers)]
        raise InputError(
            f"the line stands still at {self.env.now:g} s with {len(self.inside)} lots in it,"
            f" held at {', '.join(held)}"
        )

    @property
    def now_s(self) -> float:
        """How far it has run."""
        return float(self.env.now)

    @property
    def records(self) -> LineRecords:
        """What has happened so far; a copy, the run may go on."""
        visit_rows = np.array(self.log.visits, dtype=np.float64).reshape(-1, 8)
        lot_rows = np.array(self.log.lots, dtype=np.float64).reshape(-1, 5)
        going_on = [row for station in self.stations for row in open_visits(station)]
        open_lots = [
            (lot.number, lot.entered_s, math.nan, 0, lot.reworked) for lot in self.inside.values()
        ]
        return LineRecords(
            stations=tuple(one.model.name for one in self.stations),
            start_s=self.start_s,
            end_s=self.now_s,
            visit_rows=_joined(visit_rows, going_on, 8),
            condition_rows=np.array(self.log.conditions, dtype=np.float64).reshape(-1, 7),
            flags=tuple(self.log.flags),
            lot_recipes=dict(self.log.recipes),
            recipes=(self.line.recipe,) if self.line.mix is None else self.line.mix.names,
            lot_rows=_joined(lot_rows, open_lots, 5),
            station_events=tuple(self.log.events),
            names=dict(self.log.names),
        )


def _number(lot_id: str) -> int | None:
    """The number that an id is made from; ids with numbers that no line comes to are names."""
    match = re.fullmatch(r"L(\d{5,7})", lot_id, re.ASCII)
    number = int(match[1]) if match else 0
    return number if number and f"L{number:05d}" == lot_id else None


def _joined(rows: np.ndarray, more: Sequence[tuple[float, ...]], width: int) -> np.ndarray:
    return np.concatenate([rows, np.array(more, dtype=np.float64).reshape(-1, width)])
