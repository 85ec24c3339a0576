"""Repair crews that stations share, compiled.

Lots are followed one by one, so failures are not found in order of time, and a fitter may be busy
with one that is found later. So repairs are first begun as known failures let them; at the end of
a pass `settle_crews` works out first come, first served, and the pass is repeated with its answer
until that does not change. What happens before the first difference cannot change any more, so
each pass settles at least one more repair, and the answer is the only one. A pass begins at the
last checkpoint before the first repair that was wrong.
"""

from __future__ import annotations

import numpy as np

from twin.recursion.compiled import compiled
from twin.recursion.state import PASS_IN_VAIN, World

__all__ = ["fitter_comes", "settle_crews"]

KNOWN = 16


@compiled
def fitter_comes(world: World, crew: int, server: int, fail_s: float, repair_s: float) -> float:
    """When a repair begins: as the pass before found, or as the failures known so far say."""
    number, count = world.servers[server].failures, world.crew_counts[crew]
    begin_s: float = max(fail_s, world.forced_s[server, number])
    if np.isnan(world.forced_s[server, number]):
        begin_s = fail_s
    if world.crew_sizes[crew] == 1:
        if np.isnan(world.forced_s[server, number]):
            for known in range(max(0, count - KNOWN), count):
                earlier = world.crew_repairs[crew, known]
                if earlier.fail_s < fail_s:
                    begin_s = max(begin_s, earlier.begin_s + earlier.repair_s)
        _look_back(world, crew, fail_s, begin_s + repair_s)
    repair = world.crew_repairs[crew, count]
    repair.fail_s, repair.begin_s, repair.repair_s = fail_s, begin_s, repair_s
    repair.server, repair.number, repair.place = server, number, count
    world.crew_counts[crew] = count + 1
    return begin_s


@compiled
def _look_back(world: World, crew: int, fail_s: float, end_s: float) -> None:
    """Give the pass up when a later failure has had the fitter before this one is repaired."""
    count = world.crew_counts[crew]
    for known in range(max(0, count - KNOWN), count):
        later = world.crew_repairs[crew, known]
        if later.fail_s > fail_s and later.begin_s < end_s:
            world.forced_s[later.server, later.number] = end_s
            world.crew_wrong[crew] = min(world.crew_wrong[crew], known)
            world.run[0].status = PASS_IN_VAIN


@compiled
def settle_crews(world: World) -> tuple[bool, bool]:
    """Whether every repair began first come, first served, and whether two failures coincide."""
    settled, together = True, False
    end_s = world.run[0].end_s
    for crew in range(len(world.crew_sizes)):
        _sort(world, crew)
        fitters, before_s = world.crew_sizes[crew], -np.inf
        world.fitters_s[:fitters] = -np.inf
        for place in range(world.crew_counts[crew]):
            repair = world.crew_repairs[crew, place]
            if repair.fail_s > end_s:
                break
            together |= repair.fail_s == before_s
            before_s = repair.fail_s
            fitter = 0
            for other in range(1, fitters):
                if world.fitters_s[other] < world.fitters_s[fitter]:
                    fitter = other
            begin_s = max(repair.fail_s, world.fitters_s[fitter])
            world.fitters_s[fitter] = begin_s + repair.repair_s
            if begin_s != repair.begin_s:
                settled = False
                world.crew_wrong[crew] = min(world.crew_wrong[crew], repair.place)
            world.forced_s[repair.server, repair.number] = begin_s
        if not settled:
            _sort_back(world, crew)
    return settled, together


@compiled
def _sort(world: World, crew: int) -> None:
    """Repairs of a crew by failure; they are nearly in that order."""
    repairs, spare = world.crew_repairs[crew], world.crew_repairs.shape[1] - 1
    for place in range(1, world.crew_counts[crew]):
        spot = place
        repairs[spare] = repairs[place]
        while spot and repairs[spot - 1].fail_s > repairs[spare].fail_s:
            repairs[spot] = repairs[spot - 1]
            spot -= 1
        repairs[spot] = repairs[spare]


@compiled
def _sort_back(world: World, crew: int) -> None:
    """Repairs of a crew in the order in which they were found."""
    repairs, spare = world.crew_repairs[crew], world.crew_repairs.shape[1] - 1
    for place in range(1, world.crew_counts[crew]):
        spot = place
        repairs[spare] = repairs[place]
        while spot and repairs[spot - 1].place > repairs[spare].place:
            repairs[spot] = repairs[spot - 1]
            spot -= 1
        repairs[spot] = repairs[spare]
