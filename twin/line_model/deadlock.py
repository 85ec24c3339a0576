"""Who waits for whom: finds the ring of stations in which no lot can ever move again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from process_models.errors import InputError

if TYPE_CHECKING:
    from twin.line_model.station import Station

__all__ = ["refuse_deadlock"]


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
