"""The child process that reads one workbook: `python -m twin.store.excel_child REQUEST`.

REQUEST is JSON: path, out, memory_bytes, seconds, cells. Rows go to `out` as JSON; what is wrong
with the workbook is one line on stderr and exit code 3.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

__all__ = ["REFUSED", "main"]

REFUSED = 3


def main(request: str) -> int:
    """Read as asked; 0 or `REFUSED`."""
    asked = json.loads(request)
    _limit(resource.RLIMIT_AS, int(asked["memory_bytes"]))
    _limit(resource.RLIMIT_CPU, int(asked["seconds"]))
    try:
        rows = list(_rows(Path(asked["path"]), int(asked["cells"])))
        Path(asked["out"]).write_text(json.dumps(rows), encoding="utf-8")
    except Exception as error:  # noqa: BLE001 - a damaged workbook may raise anything at all
        said = "it needs too much memory" if isinstance(error, MemoryError) else str(error)
        print(" ".join(said.split())[:200] or type(error).__name__, file=sys.stderr)
        return REFUSED
    return 0


def _limit(kind: int, wanted: int) -> None:
    """Whoever started this process may have set a limit that is tighter."""
    _, hard = resource.getrlimit(kind)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (most, most))


def _rows(path: Path, most_cells: int) -> Iterator[list[str]]:
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    cells = 0
    for row in book.worksheets[0].iter_rows(values_only=True):
        texts = [_text(value) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        cells += len(texts) + 1
        if cells > most_cells:
            raise ValueError(f"it must have at most {most_cells:,} cells")
        yield texts


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
