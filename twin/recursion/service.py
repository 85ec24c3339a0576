"""One service, compiled: from its start to its finish, through planned stops and failures."""

from __future__ import annotations

import numpy as np

from twin.recursion.compiled import compiled, inlined
from twin.recursion.crews import fitter_comes
from twin.recursion.state import NUMBERS_SHORT, World

__all__ = ["begin", "open_time", "overlap", "serve"]


@inlined
def overlap(world: World, start_s: float, end_s: float) -> float:
    """Length of a span within the window of the run."""
    run = world.run[0]
    found: float = max(0.0, min(end_s, run.end_s) - max(start_s, run.start_s))
    return found


@inlined
def open_time(world: World, stop: int, start_s: float, end_s: float) -> float:
    """Length of a span within the window and outside planned stops, of which `stop` is early."""
    found = overlap(world, start_s, end_s)
    while world.stops[stop, 0] < end_s:
        found -= overlap(
            world, max(start_s, world.stops[stop, 0]), min(end_s, world.stops[stop, 1])
        )
        stop += 1
    return found


@inlined
def begin(world: World, place: int, earliest_s: float) -> float:
    """When the next service of a station starts: at once, or when its planned stop ends."""
    station = world.stations[place]
    stop = station.stop
    while world.stops[stop, 1] <= earliest_s:
        stop += 1
    station.stop = stop
    return world.stops[stop, 1] if world.stops[stop, 0] <= earliest_s else earliest_s


@inlined
def serve(world: World, place: int, server: int, start_s: float) -> float:
    """Draw the work of a service that starts, and find when it finishes."""
    station = world.stations[place]
    station.begun += 1
    if station.service_at >= station.service_end:
        world.run[0].status = NUMBERS_SHORT
        return start_s
    work_s = world.draws[station.service_at]
    station.service_at += 1
    finish_s: float = start_s + work_s
    stop = station.stop
    if world.stops[stop, 1] <= start_s:
        stop += 1
    if world.models[place].failing:
        up_left_s = world.servers[server].up_left_s
        if up_left_s < work_s or world.stops[stop, 0] < finish_s:
            return _interrupted(world, place, server, start_s, work_s)
        world.servers[server].up_left_s = max(0.0, up_left_s - max(0.0, finish_s - start_s))
    elif world.stops[stop, 0] < finish_s:
        return _interrupted(world, place, server, start_s, work_s)
    station.busy_s += overlap(world, start_s, finish_s)
    return finish_s


@compiled
def _interrupted(world: World, place: int, server: int, now_s: float, work_s: float) -> float:
    """As the server of the line model goes on and pauses, the same sums in the same order."""
    station, state, stops = world.stations[place], world.servers[server], world.stops
    up_left_s = state.up_left_s if world.models[place].failing else np.inf
    stop = station.stop
    while True:
        while stops[stop, 1] <= now_s:
            stop += 1
        if stops[stop, 0] <= now_s:
            now_s = stops[stop, 1]
            continue
        end_s, fails = now_s + work_s, up_left_s < work_s
        if fails:
            end_s = now_s + up_left_s
        pauses = stops[stop, 0] < end_s
        if pauses:
            end_s = stops[stop, 0]
        station.busy_s += overlap(world, now_s, end_s)
        worked_s = max(0.0, end_s - now_s)
        work_s = max(0.0, work_s - worked_s)
        up_left_s = max(0.0, up_left_s - worked_s)
        now_s = end_s
        if fails and not pauses:
            now_s = _repaired(world, place, server, stop, end_s)
            up_left_s = state.up_left_s
        elif not pauses:
            state.up_left_s = up_left_s
            return end_s


@compiled
def _repaired(world: World, place: int, server: int, stop: int, fail_s: float) -> float:
    """A breakdown: when the server is up again; it has a new time to failure then."""
    state, run = world.servers[server], world.run[0]
    if fail_s > run.end_s:
        state.up_left_s = np.inf
        return fail_s
    if state.failure_at >= state.failure_end:
        run.status = NUMBERS_SHORT
        state.up_left_s = np.inf
        return fail_s
    repair_s = world.draws[state.repair_at]
    begin_s, crew = fail_s, world.models[place].crew
    if crew >= 0:
        begin_s = fitter_comes(world, crew, server, fail_s, repair_s)
    up_s: float = begin_s + repair_s
    state.up_left_s = world.draws[state.failure_at]
    state.failure_at += 1
    state.repair_at += 1
    state.failures += 1
    world.stations[place].down_s += open_time(world, stop, fail_s, up_s)
    if run.downs < len(world.downs):
        row = world.downs[run.downs]
        row[0], row[1], row[2] = place, server - world.models[place].first_server, fail_s
        row[3] = up_s
    run.downs += 1
    return up_s
