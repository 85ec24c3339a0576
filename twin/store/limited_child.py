"""The child process that reads tables under limits: `python -m twin.store.limited_child REQUEST`.

REQUEST is JSON: as (`rows` of text, or `columns` of cells), files (pairs of path and out),
memory_bytes, seconds, rows, columns. What each file holds goes to its `out` as JSON, or what is
wrong with it; the next file is read all the same.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["main", "read_one"]


def main(request: str) -> int:
    """Read as asked; 0 when every file was answered for."""
    asked = json.loads(request)
    memory, seconds = int(asked["memory_bytes"]), int(asked["seconds"])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    read = {"rows": _rows, "columns": _columns}[asked["as"]]
    for path, out in asked["files"]:
        found = read_one(Path(path), int(asked["rows"]), int(asked["columns"]), read)
        Path(out).write_text(json.dumps(found), encoding="utf-8")
    return 0


def _rows(path: Path) -> tuple[int, dict[str, Any]]:
    """As `lacss import` reads: text, with what is wrong with a row beside it."""
    from twin.store.tables import read_table

    table = read_table(path)
    return len(table.rows), {
        "columns": table.columns, "rows": table.rows, "sha256": table.sha256,
        "numbers": list(table.numbers), "faults": list(table.faults.items()),
    }  # fmt: skip


def _columns(path: Path) -> tuple[int, dict[str, Any]]:
    """As `lacss chart` and `lacss gauge` read: cells by their column."""
    from twin.tables import read_table

    table = read_table(path)
    cells = [[_plain(cell) for cell in column] for column in table.columns.values()]
    return table.rows, {"columns": list(table.columns), "cells": cells, "rows": table.rows}


def _plain(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, str | int | float) else str(cell)


def read_one(
    path: Path, most_rows: int, most_columns: int,
    read: Callable[[Path], tuple[int, dict[str, Any]]] = _rows,
) -> dict[str, Any]:  # fmt: skip
    """The table in `path` as plain data, or `{"refused": LINE}`."""
    from process_models.errors import InputError

    try:
        rows, found = read(path)
        if rows > most_rows:
            return {"refused": f"{path}: must have at most {most_rows:,} rows"}
        if len(found["columns"]) > most_columns:
            return {"refused": f"{path}: must have at most {most_columns:,} columns"}
        return found
    except InputError as error:
        return {"refused": str(error)}
    except MemoryError:
        return {"refused": f"{path}: reading it needs too much memory"}
    except Exception as error:  # noqa: BLE001 - a damaged file may raise anything in a library
        return {"refused": f"{path}: not a table that can be read: {type(error).__name__}"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
