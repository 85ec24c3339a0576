"""Reading `sources.toml`; an error is one line that names the entry, the key, rule and value."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from process_models.errors import InputError
from twin.live.sourcing.kinds import OPTIONS
from twin.live.sourcing.mapping import MapRow, SourceConfig
from twin.live.sourcing.template import ChannelPattern

__all__ = ["read_sources", "site_sources"]

_FILES = ("password_file", "ca_file", "certificate_file", "key_file")
_SOURCE_TYPES: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("name", "kind", "address", "username", "timezone", "time_unit", *_FILES), str),
    **dict.fromkeys(("future_after_s", "settle_s"), (int, float)),
    "insecure": bool, "status": dict, "map": list,
}  # fmt: skip
_NUMBERS = ("scale", "offset")
_MAP_KEYS = frozenset(field.name for field in fields(MapRow))


def site_sources(home: Path) -> tuple[SourceConfig, ...]:
    """The sources of `sources.toml` in `home`.

    Raises
    ------
    InputError
        When there is none, or it breaks a rule.
    """
    return read_sources(home / "sources.toml")


def read_sources(path: Path) -> tuple[SourceConfig, ...]:
    """Read and check the sources at `path`; files that it names are relative to its folder.

    Raises
    ------
    InputError
        One line that names the file, the entry, the key, the rule and the value.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: sources cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: sources are not TOML: {error}") from error
    try:
        return _sources(document, path.parent)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _sources(document: Mapping[str, Any], folder: Path) -> tuple[SourceConfig, ...]:
    unknown = sorted(set(document) - {"source"})
    if unknown:
        raise InputError(f"tables must be [[source]], got {unknown[0]!r}")
    entries = document.get("source")
    if not isinstance(entries, list) or not entries:
        raise InputError("at least one [[source]] is needed")
    made = []
    for number, entry in enumerate(entries, start=1):
        name = entry.get("name", "without name") if isinstance(entry, dict) else entry
        try:
            made.append(_source(entry, folder))
        except InputError as error:
            raise InputError(f"[[source]] {number} ({name}): {error}") from error
    names = [one.name for one in made]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"[[source]] name must stand once, got {name!r} twice")
    return tuple(made)


def _source(entry: Any, folder: Path) -> SourceConfig:
    if not isinstance(entry, dict):
        raise InputError(f"it must be a table, got {entry!r}")
    own = OPTIONS.get(str(entry.get("kind")), {})
    values: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for key, value in entry.items():
        wanted = _SOURCE_TYPES.get(key) or own.get(key)
        if wanted is None:
            known = ", ".join(sorted({*_SOURCE_TYPES, *own}))
            raise InputError(f"key must be one of {known}, got {key!r}")
        _typed(key, value, wanted)
        (values if key in _SOURCE_TYPES else options)[key] = value
    for key in ("name", "kind", "address"):
        if key not in values:
            raise InputError(f"{key} is missing")
    for key in _FILES:
        if key in values:
            values[key] = folder / Path(values[key]).expanduser()
    _no_password(values["address"])
    rows = values.pop("map", [])
    maps = tuple(_row(number, row) for number, row in enumerate(rows, start=1))
    return SourceConfig(maps=maps, options={"folder": str(folder), **options}, **values)


def _no_password(address: str) -> None:
    try:
        secret = urlsplit(address).password
    except ValueError as error:
        raise InputError(f"address must be a URL or a folder: {error}") from error
    if secret is not None:
        raise InputError("address must not hold a password, name a password_file")


def _row(number: int, row: Any) -> MapRow:
    try:
        return _map_row(row)
    except InputError as error:
        raise InputError(f"[[source.map]] {number}: {error}") from error


def _map_row(row: Any) -> MapRow:
    if not isinstance(row, dict):
        raise InputError(f"it must be a table, got {row!r}")
    values = {key: _cell(key, value) for key, value in row.items()}
    if "channel" not in values:
        raise InputError("channel is missing")
    return MapRow(**{**values, "channel": ChannelPattern(values["channel"])})


def _cell(key: str, value: Any) -> Any:
    if key not in _MAP_KEYS:
        raise InputError(f"key must be one of {', '.join(sorted(_MAP_KEYS))}, got {key!r}")
    if key == "position" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if key == "fields":
        _typed(key, value, dict)
        for name, path in value.items():
            _typed(f"fields.{name}", path, str)
        return value
    _typed(key, value, (int, float) if key in _NUMBERS else str)
    return float(value) if key in _NUMBERS else value


def _typed(key: str, value: Any, wanted: type | tuple[type, ...]) -> None:
    kinds = wanted if isinstance(wanted, tuple) else (wanted,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        words = {str: "a text", bool: "true or false", dict: "a table", list: "a list"}
        raise InputError(f"{key} must be {words.get(kinds[0], 'a number')}, got {value!r}")
