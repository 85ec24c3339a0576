"""How every command speaks: one JSON object, or a readable table, on stdout."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

__all__ = ["JSON_OPTION", "emit", "jsonable", "table"]

JSON_OPTION = typer.Option("--json", help="Print exactly one JSON object on stdout.")

_FILE_WIDTH = 160  # columns of a table that goes into a file or a pipe


def jsonable(value: Any) -> Any:
    """`value` with arrays, dates and paths made plain; numbers that are not finite are null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, Mapping):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):  # numpy scalars and arrays
        return jsonable(value.tolist())
    if isinstance(value, Iterable):
        return [jsonable(v) for v in value]
    raise TypeError(f"cannot be written as JSON: {type(value).__name__}")


def emit(payload: Mapping[str, Any]) -> None:
    """Print `payload` as one JSON object on stdout."""
    typer.echo(json.dumps(jsonable(payload), allow_nan=False, ensure_ascii=False))


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table; floats with four significant digits, None as a dash."""
    from rich.console import Console
    from rich.table import Table

    grid = Table(title=title, title_justify="left")
    for column in columns:
        grid.add_column(column, overflow="fold")  # a wide table wraps; nothing is cut off
    for row in rows:
        grid.add_row(*(_cell(value) for value in row))
    Console(width=None if sys.stdout.isatty() else _FILE_WIDTH).print(grid)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4g}" if math.isfinite(value) else "–"
    return str(value)
