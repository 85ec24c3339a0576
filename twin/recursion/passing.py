"""The way of a lot through a plain station where nothing happens to it, compiled.

That is nearly every visit of a run without records: no planned stop, no failure, no scrap, wholly
within the window. It gives the times that the general functions would, with one look at each thing
that could happen.
"""

from __future__ import annotations

import numpy as np

from twin.recursion.compiled import inlined
from twin.recursion.state import World
from twin.recursion.stations import add_idle, add_pending

__all__ = ["leave_at_once", "pass_through", "start_at_once"]


@inlined
def pass_through(world: World, place: int, lot: int, arrive_s: float, opens_s: float) -> float:
    """When the lot leaves; nan, and nothing has changed, where something may happen to it."""
    station, model, run = world.stations[place], world.models[place], world.run[0]
    at, route_at, left = station.service_at, station.route_at, station.left
    if at >= station.service_end or len(world.visits):
        return np.nan
    work_s, scraps = world.draws[at], model.scrap > 0.0
    if scraps and (route_at >= station.route_end or world.draws[route_at] < model.scrap):
        return np.nan
    start_s = max(arrive_s, station.ready_s)
    finish_s = start_s + work_s
    leave_s = max(finish_s, opens_s)
    came_s = start_s if arrive_s == -np.inf else arrive_s
    if leave_s > world.stops[station.stop, 0] or leave_s > run.end_s or came_s <= run.start_s:
        return np.nan
    if model.failing:
        server = world.servers[model.first_server]
        up_left_s = server.up_left_s
        if up_left_s < work_s:
            return np.nan
        server.up_left_s = max(0.0, up_left_s - max(0.0, finish_s - start_s))
    if arrive_s == -np.inf:
        world.lots[lot].enter_s = start_s
    queue_s, busy_s, blocked_s = station.queue_s, station.busy_s, station.blocked_s
    station.arrived, station.begun, station.left = station.arrived + 1, station.begun + 1, left + 1
    station.passed, station.service_at = station.passed + 1, at + 1
    station.route_at = route_at + scraps
    station.queue_s, station.busy_s = queue_s + (start_s - came_s), busy_s + (finish_s - start_s)
    station.blocked_s, station.ready_s = blocked_s + (leave_s - finish_s), leave_s
    station.waited_s += start_s - came_s
    world.leaves[place, left] = leave_s
    found: float = leave_s
    return found


@inlined
def start_at_once(world: World, place: int, arrive_s: float) -> bool:
    """Begin the only lot that waits for one of the servers; False: something may happen to it."""
    station, model, run = world.stations[place], world.models[place], world.run[0]
    at, lot = station.service_at, station.begun
    if at >= station.service_end or model.batch > 1 or model.failing:
        return False
    first = world.idle[station.idle_at]
    start_s = max(arrive_s, first.since_s)
    finish_s = start_s + world.draws[at]
    if finish_s > world.stops[station.stop, 0] or finish_s > run.end_s:
        return False
    if world.came_s[place, lot] <= run.start_s:
        return False
    wait_s = start_s - world.came_s[place, lot]
    server = first.server
    station.idle, station.idle_at = station.idle - 1, station.idle_at + 1
    station.begun, station.service_at, station.waits = lot + 1, at + 1, station.waits + 1
    station.queue_s, station.waited_s = station.queue_s + wait_s, station.waited_s + wait_s
    station.busy_s += finish_s - start_s
    world.servers[server].out_s = -np.inf
    add_pending(world, place, finish_s, start_s, lot, server, False)
    return True


@inlined
def leave_at_once(world: World, place: int, server: int, finish_s: float, leave_s: float) -> bool:
    """Let the only lot of a service go on; False: something may happen before `leave_s`."""
    station, run = world.stations[place], world.run[0]
    if world.models[place].batch > 1 or len(world.visits):
        return False
    if finish_s <= run.start_s or leave_s > run.end_s:
        return False
    if leave_s > world.stops[station.stop_left, 0]:
        return False
    station.done, station.good = station.done + 1, station.good + 1
    station.blocked_s += leave_s - finish_s
    add_idle(world, place, server, leave_s)
    station.left += 1
    return True
