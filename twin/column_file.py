"""Columns of numbers from a CSV or Parquet file: observed durations, arrival times, a series."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from process_models.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["numbers_of", "read_column", "read_table"]


def read_table(path: Path) -> pd.DataFrame:
    """A table; values of a CSV file are text as it stands, empty rows too.

    Raises
    ------
    InputError
        When the file is missing or is no table.
    """
    import pandas as pd

    from twin.tables import read_table as read_cells

    table = read_cells(path)
    return pd.DataFrame({name: list(table.cells(name)) for name in table.columns})


def read_column(
    path: Path, column: str, *, exact: bool = False, least: float | None = 0.0
) -> tuple[float, ...]:
    """Numbers of `column`; unless `exact`, of the only column there is, or the only one in seconds.

    Raises
    ------
    InputError
        When the file or column is missing, or a value is not a finite number of at least `least`;
        the message has the row, counted from 1 below the header.
    """
    table = read_table(path)
    if column not in table.columns and not exact:
        column = _likely(path, [str(name) for name in table.columns]) or column
    return numbers_of(table, column, path, least=least)


def _likely(path: Path, names: list[str]) -> str | None:
    """The column that is meant where none has the name that was looked for."""
    if len(names) == 1:
        try:
            float(names[0])
        except ValueError:
            return names[0]
        raise InputError(f"{path}: needs a header row above its numbers, got {names[0]}")
    in_seconds = [name for name in names if name.endswith("_s")]
    return in_seconds[0] if len(in_seconds) == 1 else None


def numbers_of(
    table: pd.DataFrame, column: str, path: Path, *, least: float | None = 0.0
) -> tuple[float, ...]:
    """Numbers of a column of a table that was read; errors as of `read_column`."""
    if column not in table.columns:
        found = ", ".join(map(str, table.columns))
        raise InputError(f"{path}: needs a column {column}, got {found}")
    return tuple(
        _number(path, column, row, text, least) for row, text in enumerate(table[column], start=1)
    )


def _number(path: Path, column: str, row: int, text: object, least: float | None) -> float:
    try:
        value = math.nan if "_" in str(text) else float(str(text))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{path}: row {row}: {column} must be a finite number, got {text!r}")
    if least is not None and value < least:
        raise InputError(f"{path}: row {row}: {column} must be at least {least:g}, got {text!r}")
    return value
