"""Traces that were taken in, each a Parquet file named by the hash of what it was read from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from process_models.cells import CellTrace
from process_models.errors import InputError

__all__ = ["keep_trace", "kept_trace"]


def keep_trace(folder: Path, sha256: str, trace: CellTrace) -> None:
    """Write a trace, whole or not at all, unless it is there."""
    import pyarrow as pa
    from pyarrow import parquet

    target = _path(folder, sha256)
    if target.exists():
        return
    columns: dict[str, Any] = {
        "test_time_s": trace.test_time_s,
        "current_ma": trace.current_ma,
        "voltage_v": trace.voltage_v,
    }
    if trace.cycle is not None:
        columns["cycle"] = trace.cycle
    folder.mkdir(exist_ok=True)
    partial = target.with_suffix(".partial")
    with partial.open("wb") as file:
        parquet.write_table(pa.table(columns), file, write_page_checksum=True)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(target)


def kept_trace(folder: Path, sha256: str) -> CellTrace:
    """The trace of this hash.

    Raises
    ------
    InputError
        When its file is missing or damaged.
    """
    import pyarrow as pa
    from pyarrow import parquet

    path = _path(folder, sha256)
    try:
        table = parquet.read_table(path, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())[:200]}") from error
    found = {name: table[name].to_numpy() for name in table.column_names}
    return CellTrace(**found)


def _path(folder: Path, sha256: str) -> Path:
    return folder / f"{sha256}.parquet"
