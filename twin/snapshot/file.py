"""A snapshot as a file: written whole or not at all, and believed only as it was written."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from process_models.errors import InputError
from twin.line import LineModel
from twin.snapshot.identity import difference, digest, plain_line

__all__ = ["FORMAT", "SCHEMA", "read_state", "write_state", "write_whole"]

FORMAT = "lacss line snapshot"
SCHEMA = 1
LONGEST = 80
SECTIONS = (
    "clock", "events", "history", "line", "log", "moving", "parts", "work_in_process",
)  # fmt: skip


def write_state(path: Path, state: Mapping[str, Any]) -> None:
    """Write the state of a line, with a hash of each of its sections.

    Raises
    ------
    InputError
        When the file cannot be written there.
    """
    whole = {"format": FORMAT, "schema": SCHEMA, **state, "sha256": _digests(state)}
    rows = [f"{json.dumps(key)}: {_rows(value)}" for key, value in whole.items()]
    write_whole(path, ("{\n" + ",\n".join(rows) + "\n}\n").encode())


def _rows(value: Any) -> str:
    """JSON with one line for each part, so that two snapshots can be compared line by line."""
    if isinstance(value, Mapping) and value:
        rows = (f" {json.dumps(k)}: {json.dumps(v, allow_nan=False)}" for k, v in value.items())
        return "{\n" + ",\n".join(rows) + "}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f" {json.dumps(v, allow_nan=False)}" for v in value) + "]"
    return json.dumps(value, allow_nan=False)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside its place, sync it and rename it, so that no half of it is ever seen.

    Raises
    ------
    InputError
        When the file cannot be written there.
    """
    temporary = path.parent / f".{path.name}-{secrets.token_hex(6)}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error


def read_state(path: Path, line: LineModel) -> dict[str, Any]:
    """The state of `line` in a file that is as it was written.

    Raises
    ------
    InputError
        Naming what is wrong: no such file, cut short, no snapshot, another version, another line
        (and where it differs), or the section that was changed since.
    """
    found = _json(path)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise InputError(f"{path}: is not a snapshot of a line: format must be {FORMAT!r}")
    if found.get("schema") != SCHEMA or isinstance(found["schema"], bool):
        got = found.get("schema")
        raise InputError(f"{path}: schema must be {SCHEMA}, which this version reads, got {got!r}")
    for section in SECTIONS:
        if section not in found:
            raise InputError(f"{path}: {section} is missing")
    try:
        _check_digests(path, found)
        _check_line(path, found["line"], line)
    except RecursionError as error:
        raise InputError(f"{path}: is nested deeper than any snapshot") from error
    return found


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: must be UTF-8, byte {error.start} is not") from error
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path}: is damaged or cut short: no JSON at line {error.lineno}, column {error.colno}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: is no JSON that a snapshot has: {error}") from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _digests(state: Mapping[str, Any]) -> dict[str, str]:
    """A hash for each section, and for each station, the source and each group of people."""
    found = {name: digest(state[name]) for name in SECTIONS if name != "parts"}
    owners: dict[str, dict[str, Any]] = {}
    for address, record in state["parts"].items():
        owners.setdefault(address.split("/")[0], {})[address] = record
    return found | {owner: digest(records) for owner, records in owners.items()}


def _check_digests(path: Path, found: Mapping[str, Any]) -> None:
    kept = found.get("sha256")
    if not isinstance(kept, Mapping):
        raise InputError(f"{path}: sha256 is missing")
    if not isinstance(found["parts"], Mapping):
        raise InputError(f"{path}: parts must be an object, got {found['parts']!r:.40}")
    now = _digests(found)
    for name in dict.fromkeys([*now, *kept]):
        shown = name if name.isprintable() and len(name) < LONGEST else f"{name!r:.{LONGEST}}"
        if name not in now or name not in kept:
            raise InputError(f"{path}: {shown} is {'missing' if name in kept else 'not signed'}")
        if now[name] != kept[name]:
            raise InputError(
                f"{path}: {shown} was changed after the snapshot was written: its hash differs"
            )


def _check_line(path: Path, kept: Any, line: LineModel) -> None:
    found = difference(kept, plain_line(line))
    if found is not None:
        words = " ".join(found.split())
        raise InputError(f"{path}: is of another line: {words:.200}")
