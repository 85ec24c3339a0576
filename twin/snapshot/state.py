"""The state of a running line as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import simpy

from twin.simulation import LineSimulation
from twin.snapshot.codec import encoded
from twin.snapshot.identity import plain_line
from twin.snapshot.open_events import still_open
from twin.snapshot.parts import fixed_parts, kind_of, state_names

__all__ = ["state_of"]


class _Book:
    """Addresses of the parts of a running line; those that move get one when they are met."""

    def __init__(self, simulation: LineSimulation, fixed: Mapping[str, object]) -> None:
        self._known = {id(part): address for address, part in fixed.items()}
        self._orders = {id(entry[3]): entry[2] for entry in simulation.env._queue}
        self.moving: dict[str, object] = {}

    def of(self, part: object) -> str | None:
        """Address of a part; None for what is no part."""
        kind = kind_of(type(part))
        if kind is None:
            return None
        known = self._known.get(id(part))
        if known is not None:
            return known
        name = type(part).__name__.lower()
        if not kind.moves:
            raise TypeError(f"a {name} of the line was not built with it")
        address = f"{name} {getattr(part, 'number', len(self.moving) + 1)}"
        self._known[id(part)] = address
        self.moving[address] = part
        return address

    def order(self, event: simpy.Event) -> str:
        """Its order among the pending events, or `over`."""
        return str(self._orders.get(id(event), "over"))


def state_of(simulation: LineSimulation) -> dict[str, Any]:
    """All that decides how the line goes on, as plain JSON; the run is left as it is.

    Raises
    ------
    TypeError
        When a part holds something that cannot be kept: a mistake in the model, not in a line.
    """
    fixed = fixed_parts(simulation)
    book = _Book(simulation, fixed)
    env = simulation.env
    next_order = next(env._eid)
    env._eid = count(next_order)
    parts = {address: _record(part, address, book) for address, part in fixed.items()}
    events = [
        [
            encoded(time_s, book),
            int(priority),
            order,
            [encoded(one, book) for one in event.callbacks],
        ]
        for time_s, priority, order, event in sorted(env._queue, key=lambda entry: entry[:3])
    ]
    moving: dict[str, Any] = {}
    while len(moving) < len(book.moving):
        address = list(book.moving)[len(moving)]
        moving[address] = _record(book.moving[address], address, book)
    log, inside = simulation.log, simulation.inside
    return {
        "line": plain_line(simulation.line),
        "clock": {"now_s": env.now, "next_order": next_order, "stopped": env.stopped},
        "parts": parts,
        "moving": moving,
        "events": events,
        "log": {
            "named": log.named,
            "names": [[lot, log.names[lot]] for lot in inside if lot in log.names],
            "recipes": [[lot, log.recipes[lot]] for lot in inside if lot in log.recipes],
            "flags": [list(flag) for flag in log.flags if flag[0] in inside],
            "events": [encoded(one, book) for one in still_open(log.events, inside)],
        },
    }


def _record(part: object, address: str, book: _Book) -> dict[str, Any]:
    found = {}
    for name in state_names(part):
        try:
            found[name] = encoded(getattr(part, name), book)
        except TypeError as error:
            raise TypeError(f"{address}: {name}: {error}") from error
    return found
