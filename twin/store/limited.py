"""Tables that people bring, read in a child process with limits of size, memory and time.

What the child hands back is plain text; a file that makes it crash is refused like any other.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from process_models.errors import InputError
from twin.store.tables import TextTable
from twin.tables import Table

__all__ = ["TableLimits", "read_columns_limited", "read_limited", "read_many"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TableLimits:
    """What one table may cost; a small file can unpack to very much."""

    file_bytes: int = 64 << 20
    memory_bytes: int = 1000 << 20
    seconds: float = 60.0
    rows: int = 1_000_000
    columns: int = 500


def read_limited(path: Path, limits: TableLimits | None = None) -> TextTable:
    """As `twin.store.tables.read_table`, in a child process.

    Raises
    ------
    InputError
        When it is no table or goes beyond a limit.
    """
    return _only(read_many([path], limits))


def read_columns_limited(path: Path, limits: TableLimits | None = None) -> Table:
    """As `twin.tables.read_table`, in a child process; what is neither number nor text is text.

    Raises
    ------
    InputError
        When it is no table or goes beyond a limit.
    """

    def table(found: dict[str, Any]) -> Table:
        return Table(path, dict(zip(found["columns"], found["cells"], strict=True)), found["rows"])

    return _only(_read([path], limits or TableLimits(), "columns", table))


def _only(answers: Sequence[T | InputError]) -> T:
    [found] = answers
    if isinstance(found, InputError):
        raise found
    return found


def read_many(
    paths: Sequence[Path], limits: TableLimits | None = None
) -> list[TextTable | InputError]:
    """Each of several files, read one after the other by one child; the limits hold for all.

    When the child does not live to answer for all of them, none is believed.
    """
    return _read(paths, limits or TableLimits(), "rows", _text_table)


def _read(
    paths: Sequence[Path], limits: TableLimits, kind: str, made: Callable[[dict[str, Any]], T]
) -> list[T | InputError]:
    for path in paths:
        try:
            size = path.stat().st_size
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}") from error
        if size > limits.file_bytes:
            raise InputError(f"{path}: must be at most {limits.file_bytes:,} bytes, got {size:,}")
    with tempfile.TemporaryDirectory(prefix="lacss-table-") as folder:
        outs = [Path(folder) / f"{number}.json" for number in range(len(paths))]
        problem = _run(list(zip(paths, outs, strict=True)), limits, kind)
        if problem:
            return [InputError(f"{path}: {problem}") for path in paths]
        found = [json.loads(out.read_text(encoding="utf-8")) for out in outs]
    return [InputError(one["refused"]) if "refused" in one else made(one) for one in found]


def _run(files: Sequence[tuple[Path, Path]], limits: TableLimits, kind: str) -> str:
    request = {
        "as": kind,
        "files": [[str(path), str(out)] for path, out in files],
        "memory_bytes": limits.memory_bytes, "seconds": limits.seconds, "rows": limits.rows,
        "columns": limits.columns,
    }  # fmt: skip
    command = [sys.executable, "-m", "twin.store.limited_child", json.dumps(request)]
    environment = {
        **os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHONWARNINGS": "ignore", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2",
    }  # fmt: skip
    try:
        ended = subprocess.run(
            command, env=environment, capture_output=True, check=False, timeout=limits.seconds,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"reading must take at most {limits.seconds:g} s, it took longer"
    if ended.returncode == 0:
        return ""
    return f"not a table that can be read within {limits.memory_bytes >> 20} MiB of memory"


def _text_table(found: dict[str, Any]) -> TextTable:
    return TextTable(
        tuple(found["columns"]), [tuple(row) for row in found["rows"]], found["sha256"],
        found["numbers"], dict(found["faults"]),
    )  # fmt: skip
