"""Puts the lots that are in a line now where they are, each in the phase that it is in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from process_models.errors import InputError
from twin.line import LineModel, StationModel
from twin.line_model.lot import Lot
from twin.line_model.server import Server
from twin.line_model.station import Station
from twin.line_model.streams import Streams

__all__ = ["LotInProcess", "WorkInProcess", "place_lots"]

LotPhase = Literal["queued", "in_service", "blocked"]
TRIES = 256


@dataclass(frozen=True, slots=True)
class LotInProcess:
    """Where one lot is, in which phase, and for how long it has been in that phase (seconds).

    `recipe` is the name of its recipe; by default the one that a mix gives to its number.

    Raises
    ------
    InputError
        When the phase is none of queued, in_service, blocked, or the time is negative.
    """

    lot_id: str
    station: str
    phase: LotPhase = "queued"
    since_s: float = 0.0
    recipe: str = ""

    def __post_init__(self) -> None:
        if self.phase not in get_args(LotPhase):
            words = ", ".join(get_args(LotPhase))
            raise InputError(f"lot {self.lot_id}: phase must be one of {words}, got {self.phase!r}")
        if not self.since_s >= 0:
            raise InputError(f"lot {self.lot_id}: since_s must be at least 0, got {self.since_s!r}")


WorkInProcess = Sequence[LotInProcess]


def place_lots(
    lots: WorkInProcess,
    stations: Sequence[Station],
    line: LineModel,
    streams: Streams,
    make: Callable[[str, Station, str], Lot],
) -> None:
    """Put each lot into its station: those longest in their phase first.

    A lot in service gets the rest of a service time that is longer than the time it has had, and
    keeps its operators. Lots of a batch that began together stay together. A lot that finds no free
    server waits at the head of the queue.
    """
    draws: dict[str, np.random.Generator] = {}
    batches: dict[tuple[int, str, float], Server] = {}
    blocked = []
    for known in sorted(lots, key=lambda one: -one.since_s):
        place = line.index(known.station)
        station = stations[place]
        lot = make(known.lot_id, station, known.recipe)
        began_s = lot.entered_s - known.since_s
        lot.entered_s = lot.arrived_s = lot.started_s = began_s
        together = (place, known.phase, known.since_s)
        server = batches.get(together)
        if server is not None and len(server.lots) < station.batch:
            server.lots.append(lot)
        elif known.phase == "queued" or not station.idle:
            station.queue.append(lot)
            continue
        else:
            server = batches[together] = _taken(station, lot)
            if known.phase == "in_service":
                name = station.model.name
                draws.setdefault(name, streams.generator(name, "initial"))
                now_s = station.env.now
                server.start([lot], _work_left(station.model, began_s, now_s, draws[name]))
                lot.started_s = began_s
                station.operators_at_work()
        if known.phase == "blocked":
            lot.finished_s = station.env.now
            blocked.append((station, server, lot))
    for station, server, lot in blocked:
        station.send(lot, server)


def _taken(station: Station, lot: Lot) -> Server:
    """A free server, now with a lot that has finished."""
    server = station.idle.popleft()
    station.free -= 1
    server.lots, server.phase = [lot], "blocked"
    return server


def _work_left(
    model: StationModel, began_s: float, now_s: float, generator: np.random.Generator
) -> float:
    """Rest of a service time, given that it is longer than the work done so far."""
    stopped = sum(
        min(end, now_s) - max(start, began_s)
        for start, end in model.planned_stops_between(began_s, now_s)
    )
    done = now_s - began_s - stopped
    drawn = model.service_s.sample(generator, TRIES)
    longer = drawn[drawn > done]
    return float(longer[0] - done) if len(longer) else float(drawn[0]) * 0.1
