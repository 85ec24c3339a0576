"""How lots come to a station, find a place and leave it, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.recursion.compiled import inlined
from twin.recursion.service import begin, open_time, overlap, serve
from twin.recursion.state import NUMBERS_SHORT, ORDER_UNKNOWN, World

__all__ = [
    "add_idle", "add_pending", "depart", "free", "is_scrap", "may_begin", "note_start", "opens",
    "start", "take_first",
]  # fmt: skip

SCRAP = 1


@inlined
def note_start(world: World, place: int, arrive_s: float, start_s: float) -> None:
    """Add a wait that ends to the sums of the station."""
    station, run = world.stations[place], world.run[0]
    station.queue_s += overlap(world, arrive_s, start_s)
    if run.start_s < start_s <= run.end_s:
        station.waits += 1
        station.waited_s += start_s - arrive_s


@inlined
def is_scrap(world: World, place: int) -> bool:
    """Whether the lot that finishes next is scrapped."""
    scrap = world.models[place].scrap
    if scrap == 0.0:
        return False
    station = world.stations[place]
    if station.route_at >= station.route_end:
        world.run[0].status = NUMBERS_SHORT
        return False
    station.route_at += 1
    return bool(world.draws[station.route_at - 1] < scrap)


@inlined
def opens(world: World, place: int) -> float:
    """When there is a place for the next lot; nan while that depends on pending services."""
    model, station = world.models[place], world.stations[place]
    if model.buffer < 0:
        return -np.inf
    if model.plain:
        needed = station.arrived - model.buffer
        return world.leaves[place, needed - 1] if needed > 0 else -np.inf
    lots = station.arrived + 1 - model.buffer - model.batch * model.servers
    if lots <= 0:
        return -np.inf
    needed = lots if model.batch == 1 else (lots + model.batch - 1) // model.batch
    if station.left < needed:
        return np.nan
    found: float = world.leaves[place, needed - 1]
    if station.pending and world.pending[station.pending_at].finish_s < found:
        return np.nan
    return found


@inlined
def depart(
    world: World, place: int, lot: int, server: int, times: tuple[float, float, float, float],
    scrapped: bool,
) -> None:  # fmt: skip
    """Add a finished visit to the sums of the station, and to the records where they are kept."""
    station, run = world.stations[place], world.run[0]
    finish_s = times[2]
    if run.start_s < finish_s <= run.end_s:
        station.done += 1
        station.good += not scrapped
    if run.visits < len(world.visits):
        row = world.visits[run.visits]
        row[0], row[1], row[2] = lot + 1, place, server - world.models[place].first_server
        row[3], row[4], row[5], row[6] = times
        row[7] = scrapped
    run.visits += 1


@inlined
def may_begin(world: World, place: int) -> bool:
    """Whether it is known which server takes the next batch."""
    station = world.stations[place]
    if not station.idle:
        return False
    if not station.pending:
        return True
    first_s: float = world.pending[station.pending_at].finish_s
    return bool(first_s > world.idle[station.idle_at].since_s)


@inlined
def start(world: World, place: int, ready_s: float) -> float:
    """Begin the next batch on the server that has been idle longest; gives the start."""
    station, idle, model = world.stations[place], world.idle, world.models[place]
    server, since_s = idle[station.idle_at].server, idle[station.idle_at].since_s
    station.idle -= 1
    station.idle_at += 1
    batch = station.begun
    start_s = begin(world, place, max(ready_s, since_s))
    for lot in range(batch * model.batch, (batch + 1) * model.batch):
        came_s = world.came_s[place, lot]
        if came_s == -np.inf:
            came_s = world.came_s[place, lot] = start_s
            world.lots[world.order[place, lot]].enter_s = start_s
        note_start(world, place, came_s, start_s)
    finish_s = serve(world, place, server, start_s)
    struck = world.models[place].failing or world.stops[station.stop, 0] < finish_s
    world.servers[server].out_s = -np.inf
    add_pending(world, place, finish_s, start_s, batch, server, struck)
    return start_s


@inlined
def add_pending(
    world: World, place: int, finish_s: float, start_s: float, batch: int, server: int, struck: bool
) -> None:
    """Note a service that has begun, in order of finish."""
    station, pending = world.stations[place], world.pending
    first, model = station.pending_at, world.models[place]
    if first + station.pending == 2 * (model.first_server + model.servers):
        begin_at = station.pending_at = 2 * model.first_server
        for spot in range(station.pending):
            _copy_pending(pending[first + spot], pending[begin_at + spot])
        first = begin_at
    spot = first + station.pending
    while spot > first and pending[spot - 1].finish_s > finish_s:
        _copy_pending(pending[spot - 1], pending[spot])
        spot -= 1
    together = spot > first and pending[spot - 1].finish_s == finish_s
    if together and (struck or pending[spot - 1].struck):
        world.run[0].status = max(world.run[0].status, ORDER_UNKNOWN)
    one = pending[spot]
    one.finish_s, one.start_s, one.batch, one.server = finish_s, start_s, batch, server
    one.struck = struck
    station.pending += 1


@inlined
def take_first(world: World, place: int) -> tuple[int, int, float, float]:
    """Take out the pending service that finishes first: batch, server, start, finish."""
    station, pending = world.stations[place], world.pending
    first = pending[station.pending_at]
    station.pending -= 1
    station.pending_at += 1
    return first.batch, first.server, first.start_s, first.finish_s


@inlined
def _copy_pending(one: Any, other: Any) -> None:
    other.finish_s, other.start_s = one.finish_s, one.start_s
    other.batch, other.server, other.struck = one.batch, one.server, one.struck


@inlined
def free(world: World, place: int, server: int, finish_s: float, leave_s: float) -> None:
    """The last lot of a service leaves its server at `leave_s`."""
    station = world.stations[place]
    if leave_s > finish_s:
        while world.stops[station.stop_left, 1] <= finish_s:
            station.stop_left += 1
        station.blocked_s += open_time(world, station.stop_left, finish_s, leave_s)
    if world.models[place].plain:
        station.ready_s = leave_s
        world.leaves[place, station.left] = leave_s
    else:
        add_idle(world, place, server, leave_s)
    station.left += 1


@inlined
def add_idle(world: World, place: int, server: int, leave_s: float) -> None:
    """Note a server that is free, and a departure, both in order of time."""
    station, idle, leaves = world.stations[place], world.idle, world.leaves[place]
    spot = station.left
    while spot and leaves[spot - 1] > leave_s:
        leaves[spot] = leaves[spot - 1]
        spot -= 1
    leaves[spot] = leave_s
    first, model = station.idle_at, world.models[place]
    if first + station.idle == 2 * (model.first_server + model.servers):
        begin_at = station.idle_at = 2 * model.first_server
        for spot in range(station.idle):
            one, other = idle[first + spot], idle[begin_at + spot]
            other.since_s, other.server = one.since_s, one.server
        first = begin_at
    spot = first + station.idle
    while spot > first and idle[spot - 1].since_s > leave_s:
        idle[spot].since_s, idle[spot].server = idle[spot - 1].since_s, idle[spot - 1].server
        spot -= 1
    if spot > first and idle[spot - 1].since_s == leave_s and _order_matters(world, place):
        world.run[0].status = max(world.run[0].status, ORDER_UNKNOWN)
    idle[spot].since_s = leave_s
    idle[spot].server = server
    station.idle += 1


@inlined
def _order_matters(world: World, place: int) -> bool:
    """Whether it shows which of two servers is free first, and that depends on other stations.

    Scrap leaves past a blocked lot; several places for a batch that open at once are taken first
    by the lot that is asked last.
    """
    model = world.models[place]
    if not (world.run[0].identity or model.failing):
        return False
    return bool(model.scrap > 0.0) or bool(model.next >= 0 and world.models[model.next].batch > 1)
