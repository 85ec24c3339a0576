"""Who waits for whom: finds stations in which no lot, or no person, can ever move again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from process_models.errors import InputError

if TYPE_CHECKING:
    from twin.line_model.station import Station

__all__ = ["refuse_deadlock", "refuse_stuck_people"]


def refuse_deadlock(station: Station) -> None:
    """Look whether the blocked lots of `station` wait, directly or not, for themselves.

    Raises
    ------
    InputError
        Naming each station of the ring and the one that it waits for.
    """
    ring: list[Station] = [station]
    for one in ring:
        if one.free or any(server.phase != "blocked" for server in one.servers):
            return
        limit = one.model.max_wait
        if one.queue and limit is not None and limit.action != "flag":
            return  # a lot will leave the queue, and a place with it
        for server in one.servers:
            target = one.destination(server.lots[0])
            if target is None or target.coming:
                return
            if target not in ring:
                ring.append(target)
    waits = "; ".join(f"{one.model.name} for {_targets(one)}" for one in ring)
    raise InputError(
        f"the line is deadlocked at {station.env.now:g} s: {waits};"
        " a larger buffer before one of them, or less rework, would free it"
    )


def _targets(station: Station) -> str:
    targets = (station.destination(server.lots[0]) for server in station.servers)
    return " and ".join(sorted({target.model.name for target in targets if target is not None}))


def refuse_stuck_people(station: Station) -> None:
    """Look whether all who are out of a pool stay with servers that wait for it to repair them.

    Raises
    ------
    InputError
        Naming the stations and the pool.
    """
    from twin.line_model.server import Server

    pool = station.pool
    if pool is None:
        return
    asking = [getattr(granted, "__self__", None) for granted in pool.unserved()]
    stuck = [one for one in asking if isinstance(one, Server) and one.station.pool is pool]
    if not stuck or sum(one.operators_held() for one in stuck) < pool.away():
        return
    names = " and ".join(sorted({one.station.model.name for one in stuck}))
    raise InputError(
        f"the line is deadlocked at {station.env.now:g} s: {names} for repair by {pool.name},"
        f" whose {pool.size} all stay at lots there; more people, or another crew, would free it"
    )
