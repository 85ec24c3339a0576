"""Reads the file of a cycler into a trace, under limits of memory and time."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from process_models.cells import CellTrace
from process_models.errors import InputError
from twin.cells.child import REFUSED, TOO_LARGE

__all__ = ["Limits", "TraceFile", "provenance_of", "read_trace"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost."""

    file_bytes: int = 512 << 20
    memory_bytes: int = 6 << 30
    seconds: float = 120.0


@dataclass(frozen=True, eq=False)
class TraceFile:
    """A trace, the format and the SHA-256 of the file that it was read from."""

    path: Path
    format: str
    sha256: str
    trace: CellTrace

    @property
    def provenance(self) -> str:
        """imported; simulated where the column `provenance` of the file says so."""
        return provenance_of(self.format)


def provenance_of(kind: str) -> str:
    """Where the numbers of a file of this format come from."""
    return "simulated" if kind.startswith("simulated") else "imported"


def read_trace(
    path: Path, mapping: Mapping[str, str] | None = None, limits: Limits | None = None
) -> TraceFile:
    """The trace in a Neware (.nda, .ndax), BDF, CSV or Parquet file.

    Parameters
    ----------
    mapping : mapping of str to str, optional
        Our name of a column to the one in a CSV or Parquet table.

    Raises
    ------
    InputError
        With file, row, rule and value when the file is damaged, wrong, or goes beyond a limit.
    """
    limits = limits or Limits()
    try:
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise InputError(f"{path}: must be at most {limits.file_bytes:,} bytes, got {size:,}")
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    with tempfile.TemporaryDirectory(prefix="lacss-cell-") as folder:
        out = Path(folder) / "columns.npz"
        _parse_in_child(path, mapping or {}, limits, out)
        with np.load(out) as found:
            columns = {name: found[name] for name in found.files}
    return TraceFile(path, str(columns.pop("format")), sha256, _trace(path, columns))


def _parse_in_child(path: Path, mapping: Mapping[str, str], limits: Limits, out: Path) -> None:
    request = {
        "path": str(path),
        "mapping": dict(mapping),
        "memory_bytes": limits.memory_bytes,
        "out": str(out),
    }
    command = [sys.executable, "-m", "twin.cells.child", json.dumps(request)]
    quiet = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=limits.seconds, env=quiet, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"{path}: reading must take at most {limits.seconds:g} s, it took longer"
        ) from error
    if done.returncode == REFUSED:
        raise InputError(done.stderr.strip().splitlines()[-1])
    if done.returncode == TOO_LARGE or (done.returncode != 0 and _out_of_memory(done.stderr)):
        raise InputError(
            f"{path}: reading must take at most {limits.memory_bytes >> 20} MiB of memory"
        )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise InputError(f"{path}: cannot be read as a cell test: {lines[-1][:200]}")


def _out_of_memory(text: str) -> bool:
    """Whether a child that died says that it could not get memory, not even for its libraries."""
    return any(sign in text for sign in ("MemoryError", "failed to map segment", "allocate memory"))


def _trace(path: Path, columns: Mapping[str, np.ndarray]) -> CellTrace:
    cycle = columns.get("cycle")
    try:
        return CellTrace(
            columns["test_time_s"],
            columns["current_ma"],
            columns["voltage_v"],
            None if cycle is None else cycle.astype(np.int64),
        )
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
