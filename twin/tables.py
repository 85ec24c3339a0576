"""Tables that commands read: CSV or Parquet, text kept as text, every bad cell named.

Rows count from 1 below the header. Nothing is dropped: a missing, non-numeric or infinite value
in a column of numbers is an error, except where gaps are allowed.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

__all__ = ["Table", "read_table"]

_PARQUET_MAGIC = b"PAR1"


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of one file, cells as they stand in it.

    Attributes
    ----------
    path : Path
    columns : mapping of str to sequence
        Text of CSV cells; of Parquet the values, None where null.
    rows : int
    """

    path: Path
    columns: Mapping[str, Sequence[Any]]
    rows: int

    def cells(self, name: str) -> Sequence[Any]:
        """Cells of column `name` as they are.

        Raises
        ------
        InputError
            When there is no such column.
        """
        if name not in self.columns:
            known = ", ".join(self.columns)
            raise InputError(f"{self.path}: there is no column {name!r}; columns are {known}")
        return self.columns[name]

    def numbers(self, name: str, *, gaps: bool = False) -> NDArray[np.float64]:
        """Column `name` as finite numbers; nan for an empty cell where `gaps` are allowed.

        Raises
        ------
        InputError
            At the first cell that is missing, not a number or infinite.
        """
        cells = self.cells(name)
        numbers = np.empty(len(cells))
        for i, cell in enumerate(cells):
            number = _number(cell)
            if number is None and not (gaps and _is_empty(cell)):
                rule = "must not be empty" if _is_empty(cell) else "must be a finite number"
                raise self.cell_error(i + 1, name, rule, cell)
            numbers[i] = math.nan if number is None else number
        return numbers

    def texts(self, name: str) -> list[str]:
        """Column `name` as text, not empty; ids as 007 keep their zeros.

        Raises
        ------
        InputError
            At the first cell that is empty.
        """
        texts = []
        for row, cell in enumerate(self.cells(name), start=1):
            if _is_empty(cell):
                raise self.cell_error(row, name, "must not be empty", cell)
            texts.append(str(cell).strip())
        return texts

    def cell_error(self, row: int, column: str, rule: str, value: Any) -> InputError:
        """The error that names file, row, column, rule and value."""
        got = "nothing" if _is_empty(value) else repr(value)
        return InputError(f"{self.path}: row {row}, column {column!r}: {rule}, got {got}")


def read_table(path: Path) -> Table:
    """The table in a CSV or Parquet file.

    Raises
    ------
    InputError
        When the file cannot be read, is empty, is not a table, or its header repeats a name.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if not start:
        raise InputError(f"{path}: a table needs a header row, the file is empty")
    if start == _PARQUET_MAGIC or path.suffix.lower() in (".parquet", ".pq"):
        return _read_parquet(path)
    return _read_csv(path)


def _read_csv(path: Path) -> Table:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file, strict=True))
    except UnicodeDecodeError as error:
        at = f"byte {error.start + 1} is {error.object[error.start]:#04x}"
        raise InputError(f"{path}: a CSV file must be UTF-8 text, {at}") from error
    except csv.Error as error:
        raise InputError(f"{path}: is not a CSV table: {error}") from error
    while lines and not lines[-1]:
        lines.pop()
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise InputError(f"{path}: a table needs a header row, got none")
    if any("\0" in cell for cell in lines[0]):
        raise InputError(f"{path}: is not a CSV table: it has zero bytes")
    header = [name.strip() for name in lines[0]]
    _check_header(path, header)
    for row, cells in enumerate(lines[1:], start=1):
        if len(cells) != len(header):
            if cells:
                raise InputError(
                    f"{path}: row {row} must have {len(header)} cells as the header, "
                    f"got {len(cells)}"
                )
            lines[row] = [""] * len(header)
    columns = dict(zip(header, zip(*lines[1:], strict=True), strict=True)) if lines[1:] else {}
    return Table(path, columns or dict.fromkeys(header, ()), len(lines) - 1)


def _read_parquet(path: Path) -> Table:
    import pyarrow
    import pyarrow.parquet

    try:
        content = pyarrow.parquet.read_table(path, page_checksum_verification=True)
        cells = [column.to_pylist() for column in content.columns]
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError, KeyError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: cannot be read as Parquet: {reason}") from error
    _check_header(path, content.column_names)
    return Table(path, dict(zip(content.column_names, cells, strict=True)), content.num_rows)


def _check_header(path: Path, header: Sequence[str]) -> None:
    for at, name in enumerate(header, start=1):
        if not name:
            raise InputError(f"{path}: column {at} must have a name in the header, got nothing")
        if header.index(name) + 1 != at:
            raise InputError(f"{path}: column {name!r} must be there once, got it twice")


def _is_empty(cell: Any) -> bool:
    return cell is None or cell != cell or (isinstance(cell, str) and not cell.strip())


def _number(cell: Any) -> float | None:
    if isinstance(cell, bool) or (isinstance(cell, str) and "_" in cell):
        return None
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
