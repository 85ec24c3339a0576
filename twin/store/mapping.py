"""A mapping file: which columns of a foreign table are ours, and what all its rows have in common.

    [columns]                # ours = theirs
    measured_at = "Zeit"
    value = "Dicke"
    [values]                 # the same for every row
    station = "roll"
    characteristic = "thickness_um"
    unit = "mm"
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from process_models.errors import InputError
from twin.store.tables import TextTable

__all__ = ["Mapped", "read_columns", "read_mapping"]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A table under our names of columns, with the values that all rows share."""

    table: TextTable
    columns: tuple[str, ...]
    values: Mapping[str, str]

    @property
    def faults(self) -> Mapping[int, str]:
        """Rows, from 1, that are not of the width of the header."""
        return self.table.faults

    def records(self) -> Iterator[dict[str, str]]:
        """Rows by our names."""
        for row in self.table.rows:
            yield {**dict(zip(self.columns, row, strict=False)), **self.values}


def read_mapping(path: Path | None) -> Callable[[TextTable], Mapped]:
    """What maps a table by the file at `path`; without one, columns keep their names.

    Raises
    ------
    InputError
        When the file breaks a rule, or names a column that a table does not have.
    """
    columns: dict[str, str] = {}
    values: dict[str, str] = {}
    if path is not None:
        columns, values = _read(path)

    def apply(table: TextTable) -> Mapped:
        for ours, theirs in columns.items():
            if theirs not in table.columns:
                raise InputError(f"{path}: column {theirs!r} ({ours}) is not in the table")
        ours_of = {theirs: ours for ours, theirs in columns.items()}
        names = [ours_of.get(name, _aside(name, columns)) for name in table.columns]
        return Mapped(table, (*names, *(name for name in values if name not in names)), values)

    return apply


def read_columns(path: Path) -> dict[str, str]:
    """The [columns] of a mapping file, ours to theirs; errors as of `read_mapping`."""
    return _read(path)[0]


def _aside(name: str, columns: Mapping[str, str]) -> str:
    """The name of a column that is not mapped; another one may stand under its name."""
    return f"unmapped {name}" if name in columns else name


def _read(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: mapping cannot be read as TOML: {error}") from error
    parts = []
    for name in ("columns", "values"):
        part = document.get(name, {})
        if not isinstance(part, dict) or not all(isinstance(v, str) for v in part.values()):
            raise InputError(f"{path}: [{name}] must be a table of texts, got {part!r}")
        parts.append(part)
    unknown = set(document) - {"columns", "values"}
    if unknown:
        raise InputError(f"{path}: tables must be columns and values, got {sorted(unknown)[0]!r}")
    theirs = list(parts[0].values())
    for name in theirs:
        if theirs.count(name) > 1:
            raise InputError(f"{path}: [columns] must name each column once, got {name!r} twice")
    return parts[0], parts[1]
