"""Where a pass goes on that is repeated because of a crew, compiled.

What is only appended to (arrivals, coupons, records) stays where it is; kept is all that is written
over: the block of memory in which stations, servers, pending services and the run stand, and the
last departures of stations with parallel servers, among which earlier ones may be put.
"""

from __future__ import annotations

import numpy as np

from twin.recursion.compiled import compiled
from twin.recursion.state import World

__all__ = ["keep", "take_back"]


@compiled
def keep(world: World, lot: int, time_s: float) -> None:
    """Remember how everything stands before `lot` enters, the last arrival at `time_s`."""
    number = lot // world.run[0].every
    if number >= len(world.kept):
        return
    row, spot, tail = world.kept[number], 0, 0
    for part in range(len(world.spans)):
        for word in range(world.spans[part, 0], world.spans[part, 1]):
            row[spot] = world.words[word]
            spot += 1
    for place in range(world.run[0].path):
        station, model = world.stations[place], world.models[place]
        if not model.plain:
            for back in range(1, min(station.left, model.servers) + 1):
                world.kept_leaves[number, tail + back - 1] = world.leaves[
                    place, station.left - back
                ]
            tail += model.servers
    for crew in range(len(world.crew_counts)):
        world.kept_counts[number, crew] = world.crew_counts[crew]
    world.kept_s[number] = time_s


@compiled
def take_back(world: World, waiting: bool) -> tuple[int, float]:
    """Go back to before the first repair that was wrong; gives the next lot and the last arrival.

    `waiting`: lots come to the first station when a server is free for them.
    """
    number = min(max(0, world.run[0].made - 1) // world.run[0].every, len(world.kept) - 1)
    while number and not _before(world, number):
        number -= 1
    row, spot, tail = world.kept[number], 0, 0
    for part in range(len(world.spans)):
        for word in range(world.spans[part, 0], world.spans[part, 1]):
            world.words[word] = row[spot]
            spot += 1
    for place in range(world.run[0].path):
        station, model = world.stations[place], world.models[place]
        if not model.plain:
            for back in range(1, min(station.left, model.servers) + 1):
                world.leaves[place, station.left - back] = world.kept_leaves[
                    number, tail + back - 1
                ]
            tail += model.servers
            if waiting and place == 0:
                for spot in range(station.begun * model.batch, station.arrived):
                    world.came_s[0, spot] = -np.inf
    for crew in range(len(world.crew_counts)):
        world.crew_counts[crew] = world.kept_counts[number, crew]
        world.crew_wrong[crew] = world.crew_repairs.shape[1]
    return number * world.run[0].every, world.kept_s[number]


@compiled
def _before(world: World, number: int) -> bool:
    for crew in range(len(world.crew_counts)):
        if world.kept_counts[number, crew] > world.crew_wrong[crew]:
            return False
    return True
