"""Active periods of machines from a file: machine, start_s, end_s."""

from __future__ import annotations

from pathlib import Path

from process_models.errors import InputError
from twin.column_file import numbers_of, read_table

__all__ = ["read_periods"]


def read_periods(path: Path) -> dict[str, list[tuple[float, float]]]:
    """Periods of each machine, in order of its first row.

    Raises
    ------
    InputError
        When a column is missing, a machine has no name, or a period does not end after its start;
        the message has the row, counted from 1 below the header.
    """
    import pandas as pd

    table = read_table(path)
    if "machine" not in table.columns:
        found = ", ".join(map(str, table.columns))
        raise InputError(f"{path}: needs a column machine, got {found}")
    if table.empty:
        raise InputError(f"{path}: needs at least one row, got none")
    starts = numbers_of(table, "start_s", path, least=None)
    ends = numbers_of(table, "end_s", path, least=None)
    periods: dict[str, list[tuple[float, float]]] = {}
    names = ["" if pd.isna(name) else str(name) for name in table["machine"]]
    rows = zip(names, starts, ends, strict=True)
    for row, (machine, start, end) in enumerate(rows, start=1):
        if not machine.strip():
            raise InputError(f"{path}: row {row}: machine must not be empty, got {machine!r}")
        if end <= start:
            raise InputError(f"{path}: row {row}: end_s must be above start_s {start}, got {end}")
        periods.setdefault(machine, []).append((start, end))
    return periods
