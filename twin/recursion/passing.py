"""The way of a lot through a plain station where nothing happens to it, compiled.

That is nearly every visit of a run without records: no planned stop, no failure, no scrap, wholly
within the window. It gives the times that the general functions would, with one look at each thing
that could happen.
"""

from __future__ import annotations

import numpy as np

from twin.recursion.compiled import inlined
from twin.recursion.state import World

__all__ = ["pass_through"]


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
