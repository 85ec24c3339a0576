"""One column of numbers from a CSV or Parquet file, such as observed durations or arrival times."""

from __future__ import annotations

import math
from pathlib import Path

from process_models.errors import InputError

__all__ = ["read_column"]


def read_column(path: Path, column: str) -> tuple[float, ...]:
    """Numbers of `column`, or of the only column there is.

    Raises
    ------
    InputError
        When the file or column is missing, or a value is not a finite number of at least 0; the
        message has the row, counted from 1 below the header.
    """
    import pandas as pd

    try:
        table = (
            pd.read_parquet(path)
            if path.suffix == ".parquet"
            else pd.read_csv(path, dtype=str, keep_default_na=False)
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error).split("\n")[0]
        raise InputError(f"{path}: cannot be read as a table: {reason}") from error
    if column not in table.columns:
        if len(table.columns) != 1:
            found = ", ".join(map(str, table.columns))
            raise InputError(f"{path}: needs a column {column}, got {found}")
        column = str(table.columns[0])
    return tuple(_number(path, column, row, text) for row, text in enumerate(table[column], 1))


def _number(path: Path, column: str, row: int, text: object) -> float:
    try:
        value = float(str(text))
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise InputError(f"{path}: row {row}: {column} must be at least 0, got {text!r}")
    return value
