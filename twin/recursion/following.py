"""Follows lots down the line, compiled: each as far as what is known decides its way.

A lot runs through plain stations at once, since whoever came before it has left or is known to.
At a station with parallel servers, or one that gathers batches, lots overtake: there a lot waits in
`pending` until whether it is the next to finish no longer depends on lots that are still to come.
When a server or a place is needed that a pending lot holds, that lot goes on first; the other one
waits in the stack of frames. Frames below the top are at the same station or further up.
"""

from __future__ import annotations

import numpy as np

from twin.recursion.compiled import compiled, inlined
from twin.recursion.passing import leave_at_once, pass_through, start_at_once
from twin.recursion.service import begin, overlap, serve
from twin.recursion.state import World
from twin.recursion.stations import (
    depart,
    free,
    is_scrap,
    may_begin,
    note_start,
    opens,
    start,
    take_first,
)

__all__ = ["finish_all", "follow"]

ARRIVE, BEGIN, FINISH, GO = 0, 1, 2, 3
FINISHED, SCRAPPED = 1, 2


@inlined
def follow(world: World, place: int, lot: int, arrive_s: float) -> None:
    """Let a lot come to a station at `arrive_s`; -inf: when a server is free for it."""
    _enter(world, place, lot, arrive_s)
    _run_stack(world)


@compiled
def finish_all(world: World, first: int, last: int, coupons: bool) -> None:
    """Let every pending lot of stations `first` to `last` go on to the end, after all coupons."""
    number, place = 0, first
    while True:
        if coupons and number < world.run[0].coupons:
            coupon = world.coupons[number]
            _enter(world, int(coupon[2]), len(world.lots) + number, coupon[0])
            number += 1
        else:
            while place <= last and not world.stations[place].pending:
                place += 1
            if place > last:
                return
            _take_pending(world, 0, place)
        _run_stack(world)


@inlined
def _enter(world: World, place: int, lot: int, arrive_s: float) -> None:
    frame = world.frames[0]
    frame.stage, frame.station, frame.lot, frame.time_s = ARRIVE, place, lot, arrive_s


@inlined
def _run_stack(world: World) -> None:
    """In the order in which one stage leads to the next."""
    depth = 1
    while depth:
        if world.frames[depth - 1].stage == FINISH:
            depth = _finish(world, depth)
        if depth and world.frames[depth - 1].stage == GO:
            depth = _go(world, depth)
        if depth and world.frames[depth - 1].stage == ARRIVE:
            depth = _arrive(world, depth)
        if depth and world.frames[depth - 1].stage == BEGIN:
            depth = _begin(world, depth)


@inlined
def _take_pending(world: World, depth: int, place: int) -> int:
    """Put the service of a station that finishes first on the stack."""
    frame = world.frames[depth]
    batch, server, start_s, finish_s = take_first(world, place)
    frame.stage, frame.station, frame.batch, frame.server = FINISH, place, batch, server
    frame.member, frame.start_s, frame.time_s = 0, start_s, finish_s
    return depth + 1


@inlined
def _arrive(world: World, depth: int) -> int:
    frame = world.frames[depth - 1]
    place, lot, time_s = frame.station, frame.lot, frame.time_s
    while world.models[place].plain:
        model = world.models[place]
        opens_s = -np.inf
        if model.next >= 0:
            opens_s = opens(world, model.next)
            if np.isnan(opens_s):
                frame.station, frame.time_s = place, time_s
                return _take_pending(world, depth, model.next)
        leave_s, outcome = pass_through(world, place, lot, time_s, opens_s), FINISHED
        if np.isnan(leave_s):
            leave_s, outcome = _visit(world, place, lot, time_s, opens_s)
        if outcome == SCRAPPED or model.next < 0:
            _leave(world, lot, leave_s, outcome)
            return depth - 1
        time_s, place = leave_s + model.transfer_s, model.next
    return _gather(world, depth, place, lot, time_s)


@inlined
def _visit(
    world: World, place: int, lot: int, arrive_s: float, opens_s: float
) -> tuple[float, int]:
    """When a lot leaves a plain station, and whether as scrap."""
    station, model = world.stations[place], world.models[place]
    station.arrived += 1
    start_s = begin(world, place, max(arrive_s, station.ready_s))
    if arrive_s == -np.inf:
        arrive_s = world.lots[lot].enter_s = start_s
    note_start(world, place, arrive_s, start_s)
    finish_s = serve(world, place, model.first_server, start_s)
    scrapped = is_scrap(world, place)
    leave_s = finish_s if scrapped else max(finish_s, opens_s)
    depart(world, place, lot, model.first_server, (arrive_s, start_s, finish_s, leave_s), scrapped)
    free(world, place, model.first_server, finish_s, leave_s)
    return leave_s, SCRAPPED if scrapped else FINISHED


@inlined
def _gather(world: World, depth: int, place: int, lot: int, arrive_s: float) -> int:
    """A lot comes to a station with parallel servers or batches; the last of a batch begins it."""
    station, frame, batch = (
        world.stations[place],
        world.frames[depth - 1],
        world.models[place].batch,
    )
    world.order[place, station.arrived], world.came_s[place, station.arrived] = lot, arrive_s
    station.arrived += 1
    if batch > 1 and station.arrived % batch:
        return depth - 1
    frame.stage, frame.station, frame.time_s = BEGIN, place, arrive_s
    return depth


@inlined
def _begin(world: World, depth: int) -> int:
    frame = world.frames[depth - 1]
    if not may_begin(world, frame.station):
        return _take_pending(world, depth, frame.station)
    if not start_at_once(world, frame.station, frame.time_s):
        start(world, frame.station, frame.time_s)
    return depth - 1


@inlined
def _finish(world: World, depth: int) -> int:
    """A lot of a service that has finished: it is scrapped, or goes on."""
    frame = world.frames[depth - 1]
    place, model = frame.station, world.models[frame.station]
    member = frame.batch * model.batch + frame.member
    lot = frame.lot = world.order[place, member]
    frame.arrive_s = world.came_s[place, member]
    if not is_scrap(world, place):
        frame.stage = GO
        return depth
    times = (frame.arrive_s, frame.start_s, frame.time_s, frame.time_s)
    depart(world, place, lot, frame.server, times, True)
    _leave(world, lot, frame.time_s, SCRAPPED)
    return _next_member(world, depth, frame.time_s)


@inlined
def _next_member(world: World, depth: int, leave_s: float) -> int:
    """A lot has left its server: the next one of the batch, or the server is free."""
    frame = world.frames[depth - 1]
    place, finish_s, server = frame.station, frame.time_s, frame.server
    state = world.servers[server]
    state.out_s = max(state.out_s, leave_s)
    frame.member += 1
    if frame.member < world.models[place].batch:
        frame.stage = FINISH
        return depth
    free(world, place, server, finish_s, state.out_s)
    return depth - 1


@inlined
def _go(world: World, depth: int) -> int:
    """A finished lot goes on as soon as it is known when there is a place for it."""
    frame = world.frames[depth - 1]
    place, lot = frame.station, frame.lot
    further, leave_s = world.models[place].next, frame.time_s
    if further >= 0:
        opens_s = opens(world, further)
        if np.isnan(opens_s):
            return _take_pending(world, depth, further)
        leave_s = max(leave_s, opens_s)
    above = depth - 1
    if not leave_at_once(world, place, frame.server, frame.time_s, leave_s):
        times = (frame.arrive_s, frame.start_s, frame.time_s, leave_s)
        depart(world, place, lot, frame.server, times, False)
        above = _next_member(world, depth, leave_s)
    if further < 0:
        _leave(world, lot, leave_s, FINISHED)
        return above
    onward = world.frames[above]
    onward.stage, onward.station, onward.lot = ARRIVE, further, lot
    onward.time_s = leave_s + world.models[place].transfer_s
    return above + 1


@inlined
def _leave(world: World, lot: int, leave_s: float, outcome: int) -> None:
    """A lot, or a coupon, leaves the line; laboratories take their coupons."""
    run = world.run[0]
    if lot >= len(world.lots):
        return
    one = world.lots[lot]
    one.leave_s, one.outcome = leave_s, outcome
    run.inside_s += overlap(world, one.enter_s, leave_s)
    if run.start_s < leave_s <= run.end_s:
        run.left += 1
        if outcome == FINISHED:
            run.good += 1
            run.flow_s += leave_s - one.enter_s
    if outcome != FINISHED or leave_s > run.end_s:
        return
    run.finished += 1
    for place in range(run.path, len(world.models)):
        model = world.models[place]
        station = world.stations[place]
        if run.finished == station.due:
            station.due += model.sample_every
            coupon = world.coupons[run.coupons]
            coupon[0], coupon[1], coupon[2] = leave_s, lot, place
            run.coupons += 1
