"""Values of a running line as plain JSON, and back.

Numbers, text, true, false, null, lists and objects stand for themselves. What JSON lacks is text
that begins with `@`: `@float inf`, `@int 340282366920938463463`, `@part station roll`,
`@call station roll/servers 1.finish`, `@event 512` (the pending event of that order) or
`@event over` (one that has happened), and `@text ...` where text itself begins with `@`. Other
containers are an object with one key: `@tuple`, `@deque`, `@set`, `@dict`, `@generator`, or the
name of a record.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from types import MethodType
from typing import Any, Protocol

import numpy as np
import simpy

from twin.line_model.initial import LotInProcess, ServerDown
from twin.records import StationEvent

__all__ = ["RECORDS", "Addresses", "Parts", "decoded", "encoded"]

RECORDS: dict[str, type] = {one.__name__: one for one in (LotInProcess, ServerDown, StationEvent)}
EXACT = 2**53
GROUPS: dict[type, str] = {tuple: "@tuple", deque: "@deque", set: "@set", frozenset: "@frozenset"}
MADE: dict[str, Callable[[list[Any]], Any]] = {key: made for made, key in GROUPS.items()}
GENERATORS = ("PCG64",)


class Addresses(Protocol):
    """What the encoder asks: where a part is, and which pending event this is."""

    def of(self, part: object) -> str | None:
        """Address of a part; None for what is no part."""

    def order(self, event: simpy.Event) -> str:
        """Its order among the pending events, or `over`."""


class Parts(Protocol):
    """What the decoder asks: the part at an address, the pending event of an order."""

    def at(self, address: str) -> Any:
        """The part there; KeyError when there is none."""

    def event(self, order: str) -> simpy.Event:
        """The event; KeyError when none with that order is pending."""


def encoded(value: Any, where: Addresses) -> Any:
    """`value` as plain JSON.

    Raises
    ------
    TypeError
        When a value is of a type that a snapshot cannot keep.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float | str | np.number):
        return _scalar(value)
    address = where.of(value)
    if address is not None:
        return f"@part {address}"
    if isinstance(value, MethodType):
        owner = where.of(value.__self__)
        if owner is None:
            raise TypeError(f"{value.__qualname__} is a method of no part of the line")
        return f"@call {owner}.{value.__name__}"
    if type(value) is simpy.Event:
        return f"@event {where.order(value)}"
    if isinstance(value, np.random.Generator):
        return {"@generator": encoded(value.bit_generator.state, where)}
    return _container(value, where)


def _scalar(value: Any) -> int | float | str:
    if isinstance(value, np.number):
        value = value.item()
    if isinstance(value, str):
        return f"@text {value}" if value.startswith("@") else value
    if isinstance(value, int):
        return value if abs(value) <= EXACT else f"@int {value}"
    return float(value) if math.isfinite(value) else f"@float {value!r}"


def _container(value: Any, where: Addresses) -> Any:
    if type(value) is list:
        return [encoded(one, where) for one in value]
    if type(value) in GROUPS:
        return {GROUPS[type(value)]: [encoded(one, where) for one in value]}
    if type(value) is dict:
        if all(isinstance(key, str) and not key.startswith("@") for key in value):
            return {key: encoded(one, where) for key, one in value.items()}
        return {"@dict": [[encoded(key, where), encoded(one, where)] for key, one in value.items()]}
    if is_dataclass(value) and RECORDS.get(type(value).__name__) is type(value):
        record = {one.name: encoded(getattr(value, one.name), where) for one in fields(value)}
        return {f"@{type(value).__name__}": record}
    raise TypeError(f"a {type(value).__name__} cannot be kept in a snapshot")


def decoded(value: Any, parts: Parts) -> Any:
    """The value that was encoded.

    Raises
    ------
    KeyError, TypeError, ValueError
        When it is not what `encoded` gives.
    """
    if isinstance(value, str):
        return _text(value, parts) if value.startswith("@") else value
    if isinstance(value, list):
        return [decoded(one, parts) for one in value]
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1:
        (key, content), *_ = value.items()
        if key.startswith("@"):
            return _tagged(key, content, parts)
    return {key: decoded(one, parts) for key, one in value.items()}


def _text(value: str, parts: Parts) -> Any:
    kind, _, content = value.partition(" ")
    if kind == "@text":
        return content
    if kind == "@float":
        return float(content)
    if kind == "@int":
        return int(content)
    if kind == "@part":
        return parts.at(content)
    if kind == "@event":
        return parts.event(content)
    if kind == "@call":
        address, _, method = content.rpartition(".")
        found = getattr(parts.at(address), method, None)
        if isinstance(found, MethodType):
            return found
    raise ValueError(f"{value!r:.60} has no meaning")


def _tagged(key: str, content: Any, parts: Parts) -> Any:
    if key in MADE:
        return MADE[key]([decoded(one, parts) for one in content])
    if key == "@dict":
        return {decoded(name, parts): decoded(one, parts) for name, one in content}
    if key == "@generator":
        return _generator(decoded(content, parts))
    if key[1:] in RECORDS:
        return RECORDS[key[1:]](**{name: decoded(one, parts) for name, one in content.items()})
    raise ValueError(f"{key!r:.60} has no meaning")


def _generator(state: Mapping[str, Any]) -> np.random.Generator:
    name = state["bit_generator"]
    if name not in GENERATORS:
        raise ValueError(f"bit_generator must be one of {', '.join(GENERATORS)}, got {name!r}")
    made = getattr(np.random, name)()
    made.state = state
    return np.random.Generator(made)
