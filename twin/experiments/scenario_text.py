"""Scenarios as people write them: options of a command, lines of a form, a TOML file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from process_models.errors import InputError
from twin.checked_table import CheckedTable, read_toml
from twin.experiments.scenario import Scenario, key_path

__all__ = ["parse_changes", "parse_scenario", "parse_value", "read_scenarios", "split_values"]

NONE = "none"
_BARE = re.compile(r"[A-Za-z_][\w .%+-]*")
_NAMED = re.compile(r"\s*(?P<name>[^=\"{}\[\]]*?)\s*:\s*(?P<changes>.*)", re.DOTALL)


def parse_scenario(text: str) -> Scenario:
    """A scenario from `NAME: KEY=VALUE, KEY=VALUE`, or without a name.

    Raises
    ------
    InputError
        When there is no change in it, or one is not KEY=VALUE.

    Examples
    --------
    >>> parse_scenario("Second roller: roll.servers=2, wind.buffer=none")
    Scenario(name='Second roller', changes={'roll.servers': 2, 'wind.buffer': None})
    """
    named = _NAMED.fullmatch(text)
    changes = parse_changes(named["changes"] if named else text)
    name = named["name"] if named else ""
    return Scenario(name or text.strip(), changes)


def parse_changes(text: str) -> dict[str, Any]:
    """Changes from `KEY=VALUE, KEY=VALUE`; errors as of `parse_scenario`."""
    changes: dict[str, Any] = {}
    for part in split_values(text):
        key, equals, value = part.partition("=")
        key = key.strip()
        if not equals or not key or not value.strip():
            raise InputError(f"a change must be KEY=VALUE as in roll.servers=2, got {part!r:.80}")
        key_path(key)
        if key in changes:
            raise InputError(f"a key must be changed once, got {key!r} twice")
        changes[key] = parse_value(value)
    if not changes:
        raise InputError(f"a scenario needs KEY=VALUE as in roll.servers=2, got {text!r:.80}")
    return changes


def parse_value(text: str) -> Any:
    """A value as in TOML; a word needs no quotes, and `none` takes the key out.

    Raises
    ------
    InputError
        When it is neither.

    Examples
    --------
    >>> [parse_value(text) for text in ("2", "0.5", "saturated", "none", "{value = 3}")]
    [2, 0.5, 'saturated', None, {'value': 3}]
    """
    text = text.strip()
    if text == NONE:
        return None
    try:
        found = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError as error:
        if _BARE.fullmatch(text):
            return text
        raise InputError(f"a value must be as in TOML, or a word, got {text!r:.80}") from error
    if len(found) != 1:
        raise InputError(f"a value must be one value, got {text!r:.80}")
    return found["value"]


def split_values(text: str) -> list[str]:
    """Parts between commas that stand outside quotes and brackets; empty ones are left out.

    Examples
    --------
    >>> split_values('a = [1, 2], b = "x,y"')
    ['a = [1, 2]', 'b = "x,y"']
    """
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "[{":
            depth += 1
        elif letter in "]}":
            depth -= 1
        elif letter == "," and depth == 0:
            parts.append("")
            continue
        parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def read_scenarios(path: Path) -> list[Scenario]:
    """Scenarios of a TOML file: tables [[scenario]] with `name` and a table `set`.

    Raises
    ------
    InputError
        When the file cannot be read, or has no scenario; with file, scenario, key and rule.
    """
    root = read_toml(path)
    found = [_scenario(table) for table in root.tables("scenario")]
    root.finish()
    if not found:
        raise InputError(f"{path}: needs at least one [[scenario]], got none")
    return found


def _scenario(table: CheckedTable) -> Scenario:
    name, inner = table.text("name"), table.table("set")
    table.finish()
    if not inner.data:
        raise table.error("set", "must change at least one key", dict(inner.data))
    return Scenario(name, dict(_flat((), inner.data)))


def _flat(path: Sequence[str], data: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Changes of a table, whose keys may be quoted ("roll.servers") or not (roll.servers)."""
    rows: list[tuple[str, Any]] = []
    for key, value in data.items():
        here = (*path, *(key_path(key) if "." in key else (key,)))
        if isinstance(value, Mapping) and "distribution" not in value:
            rows += _flat(here, value)
        else:
            dotted = ".".join(part if _plain(part) else f'"{part}"' for part in here)
            rows.append((dotted, None if value == NONE else value))
    return rows


def _plain(part: str) -> bool:
    return re.fullmatch(r"[\w-]+", part, re.ASCII) is not None
