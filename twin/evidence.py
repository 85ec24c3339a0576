"""Evidence tables in files: CSV with the columns of `process_models.quality.COLUMNS`."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from process_models.errors import InputError
from process_models.quality.evidence import COLUMNS, EvidenceRow
from process_models.quality.evidence_table import compared_rows
from twin.settings import data_folder

__all__ = [
    "combined_evidence",
    "merged",
    "read_evidence",
    "reference_evidence",
    "write_evidence",
]

_REQUIRED = ("id", "sample", "test", "censoring", "kind")


def read_evidence(
    path: Path | str, known: Sequence[EvidenceRow] | None = None
) -> list[EvidenceRow]:
    """Every row of an evidence table, in order.

    Parameters
    ----------
    path : Path or str
        CSV (UTF-8, header row) or Parquet. Columns other than id, sample, test, censoring and
        kind may be missing.
    known : sequence of EvidenceRow, optional
        Rows of other tables, with whose samples ordinal rows may be compared too; those of the
        built-in evidence when not given.

    Raises
    ------
    InputError
        Naming file, row (from 1 below the header), column, rule and value.
    """
    path = Path(path)
    rows = _read(path)
    if known is None and any(row.censoring == "ordinal" for row in rows):
        known = reference_evidence()
    together = [*rows, *(known or ())]
    for number, row in enumerate(rows, start=1):
        try:
            compared_rows(row, together)
        except InputError as error:
            raise InputError(f"{path}: row {number}: {error}") from None
    return rows


def _read(path: Path) -> list[EvidenceRow]:
    rows: list[EvidenceRow] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(_cells(path), start=1):
        where = f"{path}: row {number}"
        try:
            row = EvidenceRow.from_text(cells)
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
        if row.id in seen:
            raise InputError(
                f"{where}: column id: must be unique, got {row.id!r} also in row {seen[row.id]}"
            )
        seen[row.id] = number
        rows.append(row)
    if not rows:
        raise InputError(f"{path}: needs at least one row, got 0")
    return rows


def reference_evidence() -> list[EvidenceRow]:
    """The evidence that comes with the product."""
    return read_evidence(data_folder() / "evidence.csv", known=())


def write_evidence(path: Path | str, rows: Sequence[EvidenceRow]) -> None:
    """Write `rows` as an evidence table, CSV with every column, that `read_evidence` reads back.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    path = Path(path)
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows([_text(getattr(row, name)) for name in COLUMNS] for row in rows)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error


def combined_evidence(
    paths: Sequence[Path | str] = (), *, built_in: bool = True
) -> list[EvidenceRow]:
    """The built-in evidence with that of `paths` added; a row that is there already counts once.

    Two rows are the same when everything but their id is.
    """
    tables = [reference_evidence()] if built_in else []
    for path in paths:
        earlier = [row for table in tables for row in table]
        tables.append(read_evidence(path, known=earlier))
    if not tables:
        raise InputError("evidence: needs at least one file when the built-in evidence is left out")
    return merged(tables)


def merged(tables: Iterable[Sequence[EvidenceRow]]) -> list[EvidenceRow]:
    """The rows of all tables; two that differ in nothing but their id count once."""
    kept: dict[tuple[object, ...], EvidenceRow] = {}
    for row in (row for table in tables for row in table):
        kept.setdefault(tuple(getattr(row, name) for name in COLUMNS[1:]), row)
    return list(kept.values())


def _cells(path: Path) -> Iterable[dict[str, str]]:
    if path.suffix.lower() == ".parquet":
        header, rows = _parquet(path)
    else:
        header, rows = _csv(path)
    missing = [name for name in _REQUIRED if name not in header]
    if missing:
        got = ", ".join(header)
        raise InputError(f"{path}: column {missing[0]!r} is missing; columns are {got}")
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        count = header.count(twice[0])
        raise InputError(f"{path}: column {twice[0]!r} must appear once, got {count}")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise InputError(f"{path}: row {number}: needs {len(header)} cells, got {len(row)}")
        yield dict(zip(header, row, strict=True))


def _csv(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = [row for row in csv.reader(file) if row]
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: must be a UTF-8 CSV table: {error}") from error
    if not table:
        raise InputError(f"{path}: needs a header row, got an empty file")
    return [name.strip() for name in table[0]], table[1:]


def _parquet(path: Path) -> tuple[list[str], list[list[str]]]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(path, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {error}") from error
    columns = [[_text(value) for value in column.to_pylist()] for column in table.columns]
    return list(table.column_names), [list(row) for row in zip(*columns, strict=True)]


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return repr(value) if isinstance(value, float) else str(value)
