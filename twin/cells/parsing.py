"""The file of a cycler as columns: Neware .nda and .ndax, Battery Data Format (BDF), CSV, Parquet.

Runs in a child process (`twin.cells.child`), because a damaged file can make a parser eat all
memory or never end.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "parse"]

COLUMNS = ("test_time_s", "current_ma", "voltage_v", "cycle")
NEWARE = (".nda", ".ndax")
BDF = {
    "test_time_s": ("Test Time / s", 1.0),
    "current_ma": ("Current / A", 1000.0),
    "voltage_v": ("Voltage / V", 1.0),
    "cycle": ("Cycle Count / 1", 1.0),
}
STEP = "Step Index / 1"
Columns = dict[str, NDArray[np.float64]]


def parse(path: Path, mapping: Mapping[str, str]) -> tuple[str, Columns]:
    """The format of a file, and its columns by the names of `COLUMNS`; cycle may be missing.

    Parameters
    ----------
    mapping : mapping of str to str
        Our name of a column to the one in the table, for CSV and Parquet.

    Raises
    ------
    InputError
        When the file cannot be read, or a cell breaks a rule; with row, column and value.
    """
    _readable(path)
    if path.suffix.lower() in NEWARE:
        return "neware", _neware(path)
    own = _own_table(path, mapping)
    if own is not None:
        return ("simulated table" if own.pop("simulated", None) is not None else "table"), own
    return "bdf", _bdf(path)


def _readable(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if not start:
        raise InputError(f"{path}: needs a cell test, the file is empty")


def _neware(path: Path) -> Columns:
    import NewareNDA

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = NewareNDA.read(str(path), log_level="CRITICAL")
    except MemoryError:
        raise
    except Exception as error:  # the parser raises whatever a damaged file leads it to
        reason = " ".join(str(error).split())[:150] or type(error).__name__
        raise InputError(f"{path}: is not a readable Neware file: {reason}") from error
    if frame.empty:
        raise InputError(f"{path}: is not a readable Neware file: it has no rows")
    return {
        "test_time_s": _elapsed_s(frame),
        "current_ma": _floats(frame["Current(mA)"]),
        "voltage_v": _floats(frame["Voltage"]),
        "cycle": np.maximum.accumulate(_floats(frame["Cycle"])),
    }


def _elapsed_s(frame: pd.DataFrame) -> NDArray[np.float64]:
    """Time from the start of the test; a Neware file has the time within each step, and the clock.

    The clock has whole seconds in old files and may be set back; so steps are added up by their own
    time, and where a step begins the clock says how long the gap was.
    """
    step_s = _floats(frame["Time"])
    clock = frame["Timestamp"].astype("int64") if "Timestamp" in frame else None
    passed = np.diff(step_s, prepend=step_s[:1])
    new = np.zeros(len(step_s), dtype=bool)
    new[1:] = (np.diff(frame["Step"].to_numpy()) != 0) | (passed[1:] < 0)
    gaps = step_s.copy()
    if clock is not None:
        unit = 1e9 if "ns" in str(frame["Timestamp"].dtype) else 1e6
        gaps = np.maximum(np.diff(clock.to_numpy(), prepend=clock.iloc[0]) / unit, 0.0)
    return np.asarray(np.cumsum(np.where(new, gaps, np.maximum(passed, 0.0))) + step_s[0])


def _floats(column: Any) -> NDArray[np.float64]:
    import pandas as pd

    return np.asarray(pd.to_numeric(column, errors="coerce"), dtype=np.float64)


def _own_table(path: Path, mapping: Mapping[str, str]) -> Columns | None:
    """The columns of a table with our names, or mapped; None where it may be BDF."""
    from twin.tables import read_table

    unknown = sorted(set(mapping) - set(COLUMNS))
    if unknown:
        known = ", ".join(COLUMNS)
        raise InputError(f"--map must name columns of {known}, got {unknown[0]!r}")
    try:
        table = read_table(path)
    except InputError:
        if mapping or path.suffix.lower() not in (".csv", ".txt"):
            raise
        return None
    names = {name: mapping.get(name, name) for name in COLUMNS}
    if not mapping and "test_time_s" not in table.columns:
        return None
    columns = {name: table.numbers(names[name]) for name in COLUMNS[:3]}
    if names["cycle"] in table.columns:
        columns["cycle"] = table.numbers(names["cycle"])
        fraction = np.flatnonzero(columns["cycle"] % 1)
        if len(fraction):
            row = int(fraction[0])
            cell = table.columns[names["cycle"]][row]
            raise table.cell_error(row + 1, names["cycle"], "must be a whole number", cell)
    elif "cycle" in mapping:
        table.cells(mapping["cycle"])
    if "simulated" in table.columns.get("provenance", ()):
        columns["simulated"] = np.ones(1)
    return columns


def _bdf(path: Path) -> Columns:
    import bdf

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = bdf.read(str(path))
    except MemoryError:
        raise
    except Exception as error:  # as above
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise InputError(
            f"{path}: needs the columns {', '.join(COLUMNS[:3])} (--map names others),"
            f" Neware or BDF, got {reason}"
        ) from error
    columns = {}
    for ours, (theirs, factor) in BDF.items():
        if theirs in frame:
            columns[ours] = factor * _numbers(path, theirs, frame[theirs].tolist())
        elif ours != "cycle":
            got = ", ".join(map(str, frame.columns))[:120]
            raise InputError(f"{path}: there is no column {theirs!r}; columns are {got}")
    passed = np.diff(columns["test_time_s"], prepend=columns["test_time_s"][:1])
    if (passed < 0).any() and STEP in frame:  # the time of each step, taken for that of the test
        columns["test_time_s"] = np.cumsum(np.maximum(passed, 0.0)) + columns["test_time_s"][0]
    return columns


def _numbers(path: Path, name: str, cells: Sequence[Any]) -> NDArray[np.float64]:
    numbers = np.array([_number(cell) for cell in cells], dtype=np.float64)
    bad = np.flatnonzero(~np.isfinite(numbers))
    if len(bad):
        row = int(bad[0])
        raise InputError(
            f"{path}: row {row + 1}, column {name!r}: must be a finite number, got {cells[row]!r}"
        )
    return numbers


def _number(cell: Any) -> float:
    """A number, or a duration as 01:30:00 in seconds; nan for anything else."""
    try:
        parts = [float(part) for part in str(cell).split(":")]
    except ValueError:
        return math.nan
    return float(sum(part * 60.0**place for place, part in enumerate(reversed(parts))))
