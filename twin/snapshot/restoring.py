"""A line that goes on from a state."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import simpy

from process_models.errors import InputError
from twin.line import LineModel
from twin.simulation import LineSimulation
from twin.snapshot.codec import decoded
from twin.snapshot.parts import KINDS, attributes, fixed_parts, state_names

__all__ = ["restored"]

MOVING = {one.__name__.lower(): one for one, kind in KINDS.items() if kind.moves}


class _Restorer:
    """Puts a state into a line that was just built."""

    def __init__(self, simulation: LineSimulation, state: Mapping[str, Any]) -> None:
        self.simulation = simulation
        self.state = state
        self._parts: dict[str, Any] = fixed_parts(simulation)
        self._fixed = dict(self._parts)
        self._events: dict[str, simpy.Event] = {}

    def at(self, address: str) -> Any:
        """The part at an address."""
        return self._parts[address]

    def event(self, order: str) -> simpy.Event:
        """The pending event of an order, or one that has happened."""
        if order != "over":
            return self._events[order]
        event = _event(self.simulation)
        event.callbacks = None
        return event

    def restore(self) -> None:
        """Clock, then all parts by name, then what they hold."""
        self._clock()
        kept = self.state["parts"]
        for address in kept.keys() ^ self._fixed.keys():
            raise ValueError(
                f"{address} is only in {'the state' if address in kept else 'the line'}"
            )
        for address in self.state["moving"]:
            made: Any = MOVING[address.split(" ")[0]]
            self._parts[address] = made.__new__(made)
        for address, record in {**kept, **self.state["moving"]}.items():
            self._fill(address, record)
        self._pending()
        self._log()
        for part in self._parts.values():
            if hasattr(part, "restored"):
                part.restored()

    def _clock(self) -> None:
        env, clock = self.simulation.env, self.state["clock"]
        env._now = float(decoded(clock["now_s"], self))
        env._eid = count(clock["next_order"])
        env.stopped = clock["stopped"]
        env._queue.clear()
        for time_s, priority, order, _ in self.state["events"]:
            event = self._events[str(order)] = _event(self.simulation)
            env._queue.append((float(decoded(time_s, self)), priority, order, event))

    def _fill(self, address: str, record: Mapping[str, Any]) -> None:
        part = self._parts[address]
        names = state_names(part) if address in self._fixed else attributes(part)
        for name in record.keys() ^ set(names):
            where = "unknown" if name in record else "missing"
            raise ValueError(f"{address}: {name} is {where}")
        for name, value in record.items():
            try:
                _put(part, name, decoded(value, self))
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                raise ValueError(f"{address}: {name}: {error}") from error

    def _pending(self) -> None:
        for _, _, order, calls in self.state["events"]:
            self._events[str(order)].callbacks = [decoded(call, self) for call in calls]

    def _log(self) -> None:
        log, kept = self.simulation.log, self.state["log"]
        log.named = int(kept["named"])
        log.names = {int(number): str(name) for number, name in kept["names"]}
        log.recipes = {int(lot): int(place) for lot, place in kept["recipes"]}
        log.flags = [(int(lot), int(place), float(at_s)) for lot, place, at_s in kept["flags"]]
        log.events[:] = [decoded(one, self) for one in kept["events"]]


def _event(simulation: LineSimulation) -> simpy.Event:
    event = simpy.Event(simulation.env)
    event._ok = True
    event._value = None
    return event


def _put(part: object, name: str, value: Any) -> None:
    """Set an attribute; a container is filled, since other parts may hold the same one."""
    held: Any = getattr(part, name, None)
    alike = type(held) is type(value) or (_is_number(held) and _is_number(value))
    if not alike and not (held is None or value is None):
        raise ValueError(f"must be {type(held).__name__}, got {type(value).__name__}")
    if isinstance(held, dict | set):
        held.clear()
        held.update(value)
    elif hasattr(held, "extend"):
        held.clear()
        held.extend(value)
    else:
        setattr(part, name, value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def restored(line: LineModel, state: Mapping[str, Any]) -> LineSimulation:
    """A line that goes on from a state just as the one that it was taken from.

    Its records begin at the clock of the state: visits and lots end in them that began before,
    stations that are down then are known to be.

    Raises
    ------
    InputError
        Naming the part and the attribute of a state that is not of this line, or is damaged.
    """
    simulation = LineSimulation(line, seed=0)
    try:
        _Restorer(simulation, state).restore()
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise InputError(f"state of the line: {error}") from error
    simulation.start_s = simulation.now_s
    return simulation
