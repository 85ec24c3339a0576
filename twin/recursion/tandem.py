"""The recursion itself, compiled: single servers that nothing interrupts, lots that all pass.

With b places before station j + 1 and departures D: start(n, j) = max(D(n, j-1), D(n-1, j)),
D(n, j) = max(start(n, j) + work(n, j), D(n - b - 1, j + 1)) (Dallery and Gershwin 1992).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.recursion.compiled import compiled, inlined, summing
from twin.recursion.state import CONWIP, NUMBERS_SHORT, RENEWAL, SATURATED, SCHEDULE, World
from twin.recursion.workspace import room

__all__ = ["Tandem", "run_tandem", "tandem_of"]


class Tandem(NamedTuple):
    """A line of J stations and room for its n lots.

    Attributes
    ----------
    firsts : ndarray (J,)
        Where the works of a station stand in a row of numbers.
    places : ndarray (J + 1,)
        Waiting places before a station; n where they are endless, and behind the last station.
    enter_s, leaves : ndarray (n,), (J + 1, n + 1)
        Entries; departures of each station, from column 1 on, 0 before.
    """

    firsts: NDArray[np.int64]
    places: NDArray[np.int64]
    transfers_s: NDArray[np.float64]
    times_s: NDArray[np.float64]
    enter_s: NDArray[np.float64]
    leaves: NDArray[np.float64]
    lots: int
    kind: int
    wip: int
    gap_at: int
    start_s: float
    end_s: float


def tandem_of(world: World, kind: int, wip: int, lots: int) -> Tandem:
    """The tandem line that a world describes."""
    many, run = len(world.models), world.run[0]
    places = np.full(many + 1, lots)
    finite = world.models["buffer"] >= 0
    places[:many][finite] = np.minimum(world.models["buffer"][finite], lots)
    leaves = room("leaves", (many + 1, lots + 1))
    leaves[:, 0] = 0.0
    return Tandem(
        world.stations["service_at"].copy(), places, world.models["transfer_s"].copy(),
        world.times_s, room("entries", (lots,)), leaves, lots, kind, wip, int(run["gap_at"]),
        float(run["start_s"]), float(run["end_s"]),
    )  # fmt: skip


@compiled
def run_tandem(
    line: Tandem, draws: NDArray[np.float64], totals: NDArray[np.float64],
    sums: NDArray[np.float64],
) -> int:  # fmt: skip
    """As `twin.recursion.running.run_rows`, with a row of `draws` for each replication."""
    totals[:] = 0.0
    sums[:] = 0.0
    last = len(line.firsts) - 1
    for row in range(len(draws)):
        lots = _replicate(line, draws[row])
        if lots < 0:
            return NUMBERS_SHORT
        end_s = line.end_s if line.end_s < np.inf else line.leaves[last, lots]
        totals[row, 1] = end_s
        _measure_lots(line.enter_s[:lots], line.leaves[last, 1 : lots + 1], line.start_s, end_s,
                      totals[row])  # fmt: skip
        for place in range(last + 1):
            first = line.firsts[place]
            came_s = line.enter_s if place == 0 else line.leaves[place - 1, 1:]
            transfer_s = 0.0 if place == 0 else line.transfers_s[place - 1]
            works, leaves = draws[row, first : first + lots], line.leaves[place]
            if line.start_s == 0.0 and line.end_s == np.inf:
                _measure_all(came_s[:lots], transfer_s, works, leaves[:lots],
                             leaves[1 : lots + 1], sums[row, place])  # fmt: skip
                continue
            _measure(came_s[:lots], transfer_s, works, leaves[:lots],
                     leaves[1 : lots + 1], line.start_s, end_s, sums[row, place])  # fmt: skip
    return 0


@inlined
def _replicate(line: Tandem, draws: NDArray[np.float64]) -> int:
    """Departures of all lots that enter; gives how many do, -1 when there are not enough."""
    last, time_s = len(line.firsts) - 1, 0.0
    for lot in range(line.lots):
        if line.kind == RENEWAL:
            time_s += draws[line.gap_at + lot]
        elif line.kind == SCHEDULE:
            time_s = line.times_s[lot]
        elif line.kind == CONWIP and lot >= line.wip:
            time_s = line.leaves[last, lot - line.wip + 1]
        elif line.kind == SATURATED:
            time_s = line.leaves[0, lot]
        if time_s > line.end_s:
            return lot
        line.enter_s[lot] = came_s = time_s
        for place in range(last + 1):
            start_s = max(came_s, line.leaves[place, lot])
            finish_s = start_s + draws[line.firsts[place] + lot]
            opens_s = line.leaves[place + 1, max(0, lot - line.places[place + 1])]
            leave_s = max(finish_s, opens_s)
            line.leaves[place, lot + 1] = leave_s
            came_s = leave_s + line.transfers_s[place]
    return line.lots if line.end_s == np.inf or line.kind == SCHEDULE else -1


@summing
def _measure_lots(
    enter_s: NDArray[np.float64], leave_s: NDArray[np.float64], start_s: float, end_s: float,
    total: NDArray[np.float64],
) -> None:  # fmt: skip
    """Lots that left in the window, their flow times, time inside, lots that left at all."""
    for lot in range(len(enter_s)):
        left = leave_s[lot] <= end_s
        inside = left & (leave_s[lot] > start_s)
        total[2] += inside
        total[4] += leave_s[lot] - enter_s[lot] if inside else 0.0
        total[5] += max(0.0, min(leave_s[lot], end_s) - max(enter_s[lot], start_s))
        total[6] += left
    total[3] = total[2]


@summing
def _measure(
    came_s: NDArray[np.float64], transfer_s: float, works: NDArray[np.float64],
    before_s: NDArray[np.float64], left_s: NDArray[np.float64], start_s: float, end_s: float,
    sums: NDArray[np.float64],
) -> None:  # fmt: skip
    """The sums of one station, in the order of `twin.recursion.running.SUMS`."""
    queue_s = waited_s = busy_s = blocked_s = waits = done = 0.0
    for lot in range(len(works)):
        arrive_s = came_s[lot] + transfer_s
        begin_s = max(arrive_s, before_s[lot])
        finish_s, leave_s = begin_s + works[lot], left_s[lot]
        queue_s += max(0.0, min(begin_s, end_s) - max(arrive_s, start_s))
        busy_s += max(0.0, min(finish_s, end_s) - max(begin_s, start_s))
        blocked_s += max(0.0, min(leave_s, end_s) - max(finish_s, start_s))
        begun = (begin_s > start_s) & (begin_s <= end_s)
        waits += 1.0 if begun else 0.0
        waited_s += begin_s - arrive_s if begun else 0.0
        done += 1.0 if (finish_s > start_s) & (finish_s <= end_s) else 0.0
    sums[0], sums[1], sums[2], sums[3] = queue_s, waited_s, busy_s, blocked_s
    sums[5], sums[6], sums[7] = waits, done, done


@summing
def _measure_all(
    came_s: NDArray[np.float64], transfer_s: float, works: NDArray[np.float64],
    before_s: NDArray[np.float64], left_s: NDArray[np.float64], sums: NDArray[np.float64],
) -> None:  # fmt: skip
    """As `_measure`, of a window that holds the whole run."""
    queue_s = busy_s = blocked_s = waits = done = 0.0
    for lot in range(len(works)):
        arrive_s = came_s[lot] + transfer_s
        begin_s = max(arrive_s, before_s[lot])
        finish_s = begin_s + works[lot]
        queue_s += begin_s - arrive_s
        busy_s += works[lot]
        blocked_s += left_s[lot] - finish_s
        waits += 1.0 if begin_s > 0.0 else 0.0
        done += 1.0 if finish_s > 0.0 else 0.0
    sums[0], sums[1], sums[2], sums[3] = queue_s, queue_s, busy_s, blocked_s
    sums[5], sums[6], sums[7] = waits, done, done
