"""Which line a snapshot belongs to: the line as plain data, its hash, and where two differ."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from itertools import zip_longest
from typing import Any

from twin.line import LineModel

__all__ = ["difference", "digest", "plain_line"]

MANY = 64


def plain_line(line: LineModel) -> dict[str, Any]:
    """The line as plain JSON; keys at their default and labels are left out, long columns hashed.

    Examples
    --------
    >>> from twin.distributions import Deterministic
    >>> from twin.line import Arrivals, StationModel
    >>> line = LineModel("one", Arrivals("saturated"), (StationModel("roll", Deterministic(7)),))
    >>> plain_line(line)["stations"]
    [{'name': 'roll', 'service_s': {'distribution': 'deterministic', 'value': 7}}]
    """
    found: dict[str, Any] = _plain(line)
    return found


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        kept = {
            one.name: _plain(getattr(value, one.name))
            for one in fields(value)
            if one.compare and (one.default is MISSING or getattr(value, one.name) != one.default)
        }
        named = "distribution" if hasattr(value, "mean_s") else None
        return {named: type(value).__name__.lower(), **kept} if named else kept
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        many = [_plain(one) for one in value]
        return many if len(many) <= MANY else {"count": len(many), "sha256": digest(many)}
    if isinstance(value, frozenset | set):
        return sorted(_plain(one) for one in value)
    if isinstance(value, float):
        return int(value) if value.is_integer() else value if math.isfinite(value) else repr(value)
    return value


def digest(value: Any) -> str:
    """SHA-256 of plain JSON, whatever the order of its keys.

    Examples
    --------
    >>> digest({"a": 1, "b": [2.5]}) == digest({"b": [2.5], "a": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def difference(kept: Any, now: Any, where: str = "") -> str | None:
    """The first place at which two lines differ, in words; None where they are the same.

    Examples
    --------
    >>> difference({"stations": [{"buffer": 3}]}, {"stations": [{"buffer": 4}]})
    'stations 1 buffer was 3, is 4'
    """
    if isinstance(kept, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys([*kept, *now]):
            found = difference(kept.get(key), now.get(key), f"{where} {key}".strip())
            if found:
                return found
        return None
    if isinstance(kept, list) and isinstance(now, list):
        names, others = _names(kept), _names(now)
        if names != others:
            return f"{where} were {', '.join(names)}, are {', '.join(others)}".strip()
        for name, one, other in zip_longest(names, kept, now):
            found = difference(one, other, f"{where} {name}".strip())
            if found:
                return found
        return None
    same = kept == now and isinstance(kept, bool) == isinstance(now, bool)
    return None if same else f"{where} was {_short(kept)}, is {_short(now)}".strip()


def _names(values: list[Any]) -> list[str]:
    """What tells the members of a list apart: their names, else their places from 1."""
    named = [one["name"] for one in values if isinstance(one, Mapping) and "name" in one]
    return [str(one) for one in (named if len(named) == len(values) else range(1, len(values) + 1))]


def _short(value: Any) -> str:
    text = "not there" if value is None else json.dumps(value)
    return text if len(text) <= MANY else f"{text[:MANY]}..."
