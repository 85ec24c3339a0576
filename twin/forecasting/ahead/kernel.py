"""The recursion from work in process, compiled: lots of the start first, then those that enter.

A lot of the start is followed from where it is. Lots that are furthest come first, so that at every
station lots come in the order in which they are numbered, as in a run from an empty line.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.recursion.checkpoint import keep, take_back
from twin.recursion.compiled import compiled
from twin.recursion.crews import settle_crews
from twin.recursion.following import finish_all, follow
from twin.recursion.running import PASSES, reset
from twin.recursion.state import (
    NUMBERS_SHORT,
    ORDER_UNKNOWN,
    PASS_IN_VAIN,
    RENEWAL,
    SATURATED,
    SCHEDULE,
    World,
)

__all__ = ["Start", "run_from_work"]


class Start(NamedTuple):
    """What the futures begin with: W lots, K repairs.

    Attributes
    ----------
    places, came_s : ndarray (W,)
        Station of each lot, and when it comes there.
    repair_places, repair_crews : ndarray (K,)
        Station and crew (-1: none) of each repair, in the order in which they were asked for.
    repairs_s : ndarray (rows, K)
        What is left of each.
    """

    places: NDArray[np.int64]
    came_s: NDArray[np.float64]
    repair_places: NDArray[np.int64]
    repair_crews: NDArray[np.int64]
    repairs_s: NDArray[np.float64]


@compiled
def run_from_work(
    world: World, fresh: World, start: Start, kind: int, width: int,
    leaves_s: NDArray[np.float64], outcomes: NDArray[np.int8], statuses: NDArray[np.int64],
) -> int:  # fmt: skip
    """Run futures whose numbers stand in rows of `world.draws`, `width` apart.

    Parameters
    ----------
    leaves_s, outcomes : ndarray (rows, lots)
        Filled with when and how each lot left.
    statuses : ndarray (rows,)
        0, or `ORDER_UNKNOWN`.

    Returns
    -------
    int
        0, or `NUMBERS_SHORT`: more numbers, or stops, are needed.
    """
    for row in range(len(leaves_s)):
        world.forced_s[:] = np.nan
        reset(world, fresh, row * width)
        _put_repairs(world, start, row)
        lot, time_s = 0, 0.0
        for attempt in range(PASSES):
            if attempt:
                lot, time_s = take_back(world, kind == SATURATED)
            world.run[0].made = _feed(world, start, kind, lot, time_s)
            if world.run[0].status == NUMBERS_SHORT:
                return NUMBERS_SHORT
            if world.run[0].status == PASS_IN_VAIN and attempt < PASSES - 1:
                continue
            finish_all(world, 0, world.run[0].path - 1, False)
            if world.run[0].status == NUMBERS_SHORT:
                return NUMBERS_SHORT
            if world.run[0].status == PASS_IN_VAIN and attempt < PASSES - 1:
                continue
            settled, together = settle_crews(world)
            if together or attempt == PASSES - 1:
                world.run[0].status = ORDER_UNKNOWN
            if settled:
                break
        statuses[row] = world.run[0].status
        for lot in range(len(world.lots)):
            known = lot < world.run[0].made
            leaves_s[row, lot] = world.lots[lot].leave_s if known else np.inf
            outcomes[row, lot] = world.lots[lot].outcome if known else 0
    return 0


@compiled
def _put_repairs(world: World, start: Start, row: int) -> None:
    """Stations that are down are ready when they are repaired; crews come in the order asked."""
    world.fitters_s[:] = -np.inf
    many = len(start.repair_places)
    for number in range(many):
        place, crew = start.repair_places[number], start.repair_crews[number]
        repair_s, station = start.repairs_s[row, number], world.stations[place]
        server = world.models[place].first_server
        fail_s = (number - many) * 1e-6
        begin_s = fail_s
        if crew >= 0:
            fitter = 0
            for other in range(1, world.crew_sizes[crew]):
                if world.fitters_s[other] < world.fitters_s[fitter]:
                    fitter = other
            begin_s = max(fail_s, world.fitters_s[fitter])
            world.fitters_s[fitter] = begin_s + repair_s
            count = world.crew_counts[crew]
            one = world.crew_repairs[crew, count]
            one.fail_s, one.begin_s, one.repair_s = fail_s, begin_s, repair_s
            one.server, one.number, one.place = server, 0, count
            world.crew_counts[crew] = count + 1
            world.servers[server].failures = 1
        ready_s = max(0.0, begin_s + repair_s)
        if world.models[place].plain:
            station.ready_s = max(station.ready_s, ready_s)
        else:
            last = station.idle_at + station.idle - 1
            world.idle[last].since_s = max(world.idle[last].since_s, ready_s)


@compiled
def _feed(world: World, start: Start, kind: int, first: int, time_s: float) -> int:
    """Let the lots of the start go on, then others enter until the end; gives how many."""
    run, begun = world.run[0], len(start.places)
    for lot in range(first, len(world.lots)):
        if lot % run.every == 0:
            keep(world, lot, time_s)
        place, came_s = 0, -np.inf
        if lot < begun:
            place, came_s = start.places[lot], start.came_s[lot]
            world.lots[lot].enter_s = 0.0
        else:
            if kind == RENEWAL:
                if run.gap_at >= run.gap_end:
                    run.status = NUMBERS_SHORT
                    return lot
                time_s += world.draws[run.gap_at]
                run.gap_at += 1
            elif kind == SCHEDULE:
                time_s = world.times_s[lot - begun]
            if time_s > run.end_s:
                return lot
            world.lots[lot].enter_s = time_s
            came_s = -np.inf if kind == SATURATED else time_s
        follow(world, place, lot, came_s)
        if run.status in (NUMBERS_SHORT, PASS_IN_VAIN):
            return lot
        if lot >= begun and kind == SATURATED and world.lots[lot].enter_s > run.end_s:
            return lot
    if kind != SCHEDULE:
        run.status = NUMBERS_SHORT
    return len(world.lots)
