"""Repair crews that stations share, compiled.

Lots are followed one by one, so failures are not found in order of time, and a fitter may be busy
with one that is found later. So repairs are first begun as known failures let them; at the end of
a pass `settle_crews` works out first come, first served, and the pass is repeated with its answer
until that does not change. What happens before the first difference cannot change any more, so
each pass settles at least one more repair, and the answer is the only one.
"""

from __future__ import annotations

import numpy as np

from twin.recursion.compiled import compiled
from twin.recursion.state import World

__all__ = ["fitter_comes", "settle_crews"]

KNOWN = 16


@compiled
def fitter_comes(world: World, crew: int, server: int, fail_s: float, repair_s: float) -> float:
    """When a repair begins: as the pass before found, or as the failures known so far say."""
    number, count = world.servers[server].failures, world.crew_counts[crew]
    begin_s = max(fail_s, world.forced_s[server, number])
    if np.isnan(world.forced_s[server, number]):
        begin_s = fail_s
        if world.crew_sizes[crew] == 1:
            for known in range(max(0, count - KNOWN), count):
                earlier = world.crew_repairs[crew, known]
                if earlier.fail_s < fail_s:
                    begin_s = max(begin_s, earlier.begin_s + earlier.repair_s)
    repair = world.crew_repairs[crew, count]
    repair.fail_s, repair.begin_s, repair.repair_s = fail_s, begin_s, repair_s
    repair.server, repair.number = server, number
    world.crew_counts[crew] = count + 1
    return begin_s


@compiled
def settle_crews(world: World) -> tuple[bool, bool]:
    """Whether every repair began first come, first served, and whether two failures coincide."""
    settled, together = True, False
    end_s = world.run[0].end_s
    for crew in range(len(world.crew_sizes)):
        count = world.crew_counts[crew]
        fails_s = np.empty(count)
        for place in range(count):
            fails_s[place] = world.crew_repairs[crew, place].fail_s
        free_s = np.full(world.crew_sizes[crew], -np.inf)
        before_s = -np.inf
        for place in np.argsort(fails_s, kind="mergesort"):
            repair = world.crew_repairs[crew, place]
            if repair.fail_s > end_s:
                break
            together |= repair.fail_s == before_s
            before_s = repair.fail_s
            fitter = np.argmin(free_s)
            begin_s = max(repair.fail_s, free_s[fitter])
            free_s[fitter] = begin_s + repair.repair_s
            settled &= begin_s == repair.begin_s
            world.forced_s[repair.server, repair.number] = begin_s
    return settled, together
