"""An Excel workbook as rows of text, read in a child process that has limits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from process_models.errors import InputError
from twin.store.excel_child import REFUSED

__all__ = ["WorkbookLimits", "workbook_rows"]


@dataclass(frozen=True, slots=True)
class WorkbookLimits:
    """What one workbook may cost; a small file can unpack to very much."""

    file_bytes: int = 64 << 20
    memory_bytes: int = 1 << 30
    seconds: float = 120.0
    cells: int = 20_000_000


def workbook_rows(path: Path, limits: WorkbookLimits | None = None) -> list[list[str]]:
    """The cells of the first sheet, line by line, each as it would stand in a CSV file.

    Text stays text (`007`), times are ISO 8601, formulas are their last value.

    Raises
    ------
    InputError
        When it is no workbook, is damaged, or goes beyond a limit.
    """
    limits = limits or WorkbookLimits()
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise InputError(f"{path}: must be at most {limits.file_bytes:,} bytes, got {size:,}")
    with tempfile.TemporaryDirectory(prefix="lacss-excel-") as folder:
        out = Path(folder) / "rows.json"
        _read_in_child(path, limits, out)
        rows: list[list[str]] = json.loads(out.read_text(encoding="utf-8"))
    return rows


def _read_in_child(path: Path, limits: WorkbookLimits, out: Path) -> None:
    request: Mapping[str, Any] = {
        "path": str(path), "out": str(out), "memory_bytes": limits.memory_bytes,
        "seconds": limits.seconds, "cells": limits.cells,
    }  # fmt: skip
    command = [sys.executable, "-m", "twin.store.excel_child", json.dumps(request)]
    root = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": root, "PYTHONWARNINGS": "ignore"}
    try:
        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False,
            timeout=limits.seconds, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        rule = f"must be read within {limits.seconds:g} s"
        raise InputError(f"{path}: not a workbook that can be read: it {rule}") from error
    if ended.returncode == REFUSED:
        raise InputError(f"{path}: not a workbook that can be read: {ended.stderr.strip()[:200]}")
    if ended.returncode != 0:
        raise InputError(
            f"{path}: not a workbook that can be read within {limits.memory_bytes >> 20} MB"
        )
