"""Runs replications one after the other, compiled, without holding Python's lock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.recursion.checkpoint import keep, take_back
from twin.recursion.compiled import compiled
from twin.recursion.crews import settle_crews
from twin.recursion.following import finish_all, follow
from twin.recursion.service import overlap
from twin.recursion.state import (
    CONWIP,
    NUMBERS_SHORT,
    ORDER_UNKNOWN,
    PASS_IN_VAIN,
    RENEWAL,
    SATURATED,
    SCHEDULE,
    World,
)

__all__ = ["SUMS", "reset", "run_rows"]

SUMS = ("queue_s", "waited_s", "busy_s", "blocked_s", "down_s", "waits", "done", "good")
PASSES = 20_000


@compiled
def run_rows(
    world: World, fresh: World, arrivals: tuple[int, int, bool], width: int,
    rows: int, totals: NDArray[np.float64], sums: NDArray[np.float64],
) -> int:  # fmt: skip
    """Run replications whose numbers stand in rows of `world.draws`, `width` apart.

    Parameters
    ----------
    fresh : World
        State at the start, pointers into the first row.
    arrivals : tuple
        Kind, lots in the line (conwip), whether the run ends when the last lot has left.
    totals : ndarray (rows, 7)
        Status, end, lots that left, good ones, their flow times, time inside, finished.
    sums : ndarray (rows, J, 9)
        Of each station, `SUMS` and planned stops within the window.

    Returns
    -------
    int
        0, or `NUMBERS_SHORT`: more numbers, or stops, are needed for these rows.
    """
    for row in range(rows):
        world.forced_s[:] = np.nan
        reset(world, fresh, row * width)
        lot, time_s = 0, 0.0
        for attempt in range(PASSES):
            if attempt:
                lot, time_s = take_back(world, arrivals[0] == SATURATED)
            _replicate(world, arrivals, lot, time_s)
            if world.run[0].status == NUMBERS_SHORT:
                return NUMBERS_SHORT
            if world.run[0].status == PASS_IN_VAIN and attempt < PASSES - 1:
                continue
            settled, together = settle_crews(world)
            if together or attempt == PASSES - 1:
                world.run[0].status = ORDER_UNKNOWN
            if settled:
                break
        _sum_up(world, totals[row], sums[row])
    return 0


@compiled
def reset(world: World, fresh: World, offset: int) -> None:
    """Put everything as it is in `fresh`, its numbers `offset` further on."""
    for place in range(len(world.stations)):
        world.stations[place] = fresh.stations[place]
        station, model = world.stations[place], world.models[place]
        station.service_at += offset
        station.service_end += offset
        station.route_at += offset
        station.route_end += offset
        if not model.plain:
            for spot in range(model.servers):
                one = world.idle[station.idle_at + spot]
                one.since_s, one.server = 0.0, model.first_server + spot
        if model.failing:
            for server in range(model.first_server, model.first_server + model.servers):
                _reset_server(world, fresh, server, offset)
    world.crew_counts[:] = 0
    world.crew_wrong[:] = world.crew_repairs.shape[1]
    world.run[0] = fresh.run[0]
    world.run[0].gap_at += offset
    world.run[0].gap_end += offset


@compiled
def _reset_server(world: World, fresh: World, server: int, offset: int) -> None:
    state, first = world.servers[server], fresh.servers[server]
    state.up_left_s = world.draws[first.failure_at + offset]
    state.failures = 0
    state.failure_at, state.failure_end = first.failure_at + offset + 1, first.failure_end + offset
    state.repair_at, state.repair_end = first.repair_at + offset, first.repair_end + offset


@compiled
def _replicate(world: World, arrivals: tuple[int, int, bool], lot: int, time_s: float) -> None:
    run = world.run[0]
    made = run.made = _feed(world, arrivals, lot, time_s)
    if run.status in (NUMBERS_SHORT, PASS_IN_VAIN):
        return
    finish_all(world, 0, run.path - 1, False)
    _close_batches(world)
    if arrivals[2]:
        run.end_s = 0.0
        for lot in range(made):
            run.end_s = max(run.end_s, world.lots[lot].leave_s)
    finish_all(world, run.path, len(world.models) - 1, True)
    if run.end_s > run.covered_s:
        run.status = NUMBERS_SHORT


@compiled
def _close_batches(world: World) -> None:
    """Lots that wait for a batch which is not complete at the end never leave."""
    for place in range(world.run[0].path):
        station, model = world.stations[place], world.models[place]
        if model.batch == 1:
            continue
        for spot in range(station.begun * model.batch, station.arrived):
            one = world.lots[world.order[place, spot]]
            one.leave_s = np.inf
            if world.came_s[place, spot] == -np.inf:
                one.enter_s = np.inf
                continue
            station.queue_s += overlap(world, world.came_s[place, spot], np.inf)
            world.run[0].inside_s += overlap(world, one.enter_s, np.inf)


@compiled
def _feed(world: World, arrivals: tuple[int, int, bool], first: int, time_s: float) -> int:
    """Let lots enter until the end, or until there are no more; gives how many did."""
    run, kind = world.run[0], arrivals[0]
    for lot in range(first, len(world.lots)):
        if lot % run.every == 0:
            keep(world, lot, time_s)
        if kind == RENEWAL:
            if run.gap_at >= run.gap_end:
                run.status = NUMBERS_SHORT
                return lot
            time_s += world.draws[run.gap_at]
            run.gap_at += 1
        elif kind == SCHEDULE:
            time_s = world.times_s[lot]
        elif kind == CONWIP and lot >= arrivals[1]:
            time_s = world.lots[lot - arrivals[1]].leave_s
        if time_s > run.end_s:
            return lot
        world.lots[lot].enter_s = time_s
        follow(world, 0, lot, -np.inf if kind == SATURATED else time_s)
        if run.status in (NUMBERS_SHORT, PASS_IN_VAIN):
            return lot
        if kind == SATURATED and world.lots[lot].enter_s > run.end_s:
            return lot
    if not arrivals[2] and kind != SCHEDULE:
        run.status = NUMBERS_SHORT
    return len(world.lots)


@compiled
def _sum_up(world: World, total: NDArray[np.float64], sums: NDArray[np.float64]) -> None:
    run = world.run[0]
    total[0], total[1], total[2], total[3] = run.status, run.end_s, run.left, run.good
    total[4], total[5], total[6] = run.flow_s, run.inside_s, run.finished
    for place in range(len(world.stations)):
        station, sum_ = world.stations[place], sums[place]
        sum_[0], sum_[1], sum_[2] = station.queue_s, station.waited_s, station.busy_s
        sum_[3], sum_[4], sum_[5] = (
            station.blocked_s,
            station.down_s,
            station.waits + station.passed,
        )
        sum_[6], sum_[7] = station.done + station.passed, station.good + station.passed
        planned_s, stop = 0.0, world.models[place].stops
        while world.stops[stop, 0] < run.end_s:
            until_s = min(run.end_s, world.stops[stop, 1])
            planned_s += max(0.0, until_s - max(run.start_s, world.stops[stop, 0]))
            stop += 1
        sum_[8] = planned_s
