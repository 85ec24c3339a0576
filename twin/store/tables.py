"""Reading a CSV, Parquet or Excel file as rows of text: `007` and `NA` stay what they are."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from process_models.errors import InputError

__all__ = ["TextTable", "read_table"]

_PARQUET = b"PAR1"
_ZIP = b"PK\x03\x04"
MAX_FIELD = 1_000_000


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table as it was written.

    Attributes
    ----------
    columns : tuple of str
    rows : list of tuple of str
        An empty text where a value is missing.
    sha256 : str
        Of the file.
    numbers : sequence of int
        Of each row, from 1 below the header; blank lines count and are no rows.
    faults : mapping of int to str
        Numbers of the rows that are not of the width of the header, with the reason.
    """

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    sha256: str
    numbers: Sequence[int]
    faults: Mapping[int, str]


def read_table(path: Path) -> TextTable:
    """Read `path` by its content: Parquet and Excel by their first bytes, anything else as CSV.

    Raises
    ------
    InputError
        When it cannot be read as a table: one line naming the file and the rule.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    digest = hashlib.sha256(content).hexdigest()
    if content[:4] == _PARQUET:
        return _parquet(path, content, digest)
    if content[:4] == _ZIP:
        return _excel(path, digest)
    return _csv(path, content, digest)


def _csv(path: Path, content: bytes, digest: str) -> TextTable:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text (byte {error.start + 1})") from error
    if "\0" in text:
        raise InputError(f"{path}: not a CSV table, it contains NUL bytes")
    csv.field_size_limit(MAX_FIELD)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise InputError(f"{path}: not a CSV table: {error}") from error
    return _tabulated(path, lines, digest)


def _excel(path: Path, digest: str) -> TextTable:
    from twin.store.excel import workbook_rows

    lines = workbook_rows(path)
    width = len(next((line for line in lines if line), []))
    return _tabulated(path, [[*line, *[""] * (width - len(line))] if line else line
                             for line in lines], digest)  # fmt: skip


def _tabulated(path: Path, lines: Sequence[Sequence[str]], digest: str) -> TextTable:
    head = next((place for place, line in enumerate(lines) if line), None)
    if head is None:
        raise InputError(f"{path}: the table is empty, it needs a header row")
    columns = _header(path, lines[head])
    width = len(columns)
    filled = {row: line for row, line in enumerate(lines[head + 1 :], start=1) if line}
    faults = {
        row: f"the row must have {width} values, got {len(line)}"
        for row, line in filled.items()
        if len(line) != width
    }
    rows = [tuple((*line, *[""] * width)[:width]) for line in filled.values()]
    return TextTable(columns, rows, digest, tuple(filled), faults)


def _parquet(path: Path, content: bytes, digest: str) -> TextTable:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        source = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)
        table = source.read()
        columns = _header(path, table.column_names)
        parts = [[_text(value) for value in column.to_pylist()] for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError) as error:
        reason = " ".join(str(error).split())[:120]
        raise InputError(f"{path}: not a Parquet table: {reason}") from error
    rows = [tuple(row) for row in zip(*parts, strict=True)]
    return TextTable(columns, rows, digest, range(1, len(rows) + 1), {})


def _header(path: Path, names: Iterable[str]) -> tuple[str, ...]:
    columns = tuple(name.strip() for name in names)
    twice = {name for name in columns if columns.count(name) > 1}
    if twice:
        raise InputError(f"{path}: column {sorted(twice)[0]!r} stands twice in the header")
    return columns


def _text(value: object) -> str:
    if value is None:
        return ""
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat()) if callable(isoformat) else str(value)
