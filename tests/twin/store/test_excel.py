"""Workbooks as rows of text: what is written stays what it is, and nothing costs too much."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from process_models.errors import InputError
from twin.store.excel import WorkbookLimits, workbook_rows
from twin.store.limited import read_limited
from twin.store.tables import read_table


def book(path: Path, *rows: list[Any]) -> Path:
    from openpyxl import Workbook

    made = Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


def test_cells_are_as_in_a_csv_file(tmp_path: Path) -> None:
    cells = ["007", "NA", 7, 7.5, True, None, datetime(2026, 1, 5, 12), date(2026, 1, 5),
             time(6, 30), "=1+1", " x "]  # fmt: skip
    (row,) = workbook_rows(book(tmp_path / "a.xlsx", cells))
    assert row == ["007", "NA", "7", "7.5", "true", "", "2026-01-05T12:00:00",
                   "2026-01-05T00:00:00", "06:30:00", "", " x "]  # fmt: skip


def test_blank_lines_count_and_short_rows_are_filled(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ["a", "b"], ["1"], [], ["2", "3"], ["4", "5", "6"])
    table = read_table(path)
    assert table.rows == [("1", ""), ("2", "3"), ("4", "5")]
    assert list(table.numbers) == [1, 3, 4]
    assert table.faults == {4: "the row must have 2 values, got 3"}


def test_a_child_in_a_child_keeps_the_tighter_limit(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ["a"], ["007"])
    assert read_limited(path).rows == [("007",)]


def test_an_empty_workbook_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the table is empty"):
        read_table(book(tmp_path / "a.xlsx"))


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (WorkbookLimits(file_bytes=10), "must be at most 10 bytes"),
        (WorkbookLimits(cells=3), "must have at most 3 cells"),
        (WorkbookLimits(seconds=0.01), "must be read within 0.01 s"),
        (WorkbookLimits(memory_bytes=30 << 20), "not a workbook that can be read"),
    ],
)
def test_what_costs_too_much_is_refused(tmp_path: Path, limits: WorkbookLimits, says: str) -> None:
    path = book(tmp_path / "a.xlsx", ["a", "b"], ["1", "2"])
    with pytest.raises(InputError, match=says):
        workbook_rows(path, limits)


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ["a"], ["1"])
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        for name in good.namelist():
            if "sheet1" not in name:
                made.writestr(name, good.read(name))
        row = b"<row><c><v>1</v></c></row>"
        head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        sheet = head + b"<sheetData>" + row * 600_000 + b"</sheetData></worksheet>"
        made.writestr("xl/worksheets/sheet1.xml", sheet)
    assert bomb.stat().st_size < 200_000
    with pytest.raises(InputError, match="at most 100,000 cells"):
        workbook_rows(bomb, WorkbookLimits(cells=100_000))


@pytest.mark.soak
def test_a_damaged_workbook_is_one_line(tmp_path: Path, rounds: Callable[[int, int], int]) -> None:
    """Bytes changed at random; seed 20260108. Each is read, or refused in one line."""
    rng = random.Random(20260108)
    whole = book(tmp_path / "a.xlsx", ["a", "b"], ["1", "2"]).read_bytes()
    path = tmp_path / "b.xlsx"
    refused = []
    for _ in range(rounds(4, 500)):
        damaged = bytearray(whole)
        for _ in range(rng.randrange(1, 30)):
            damaged[rng.randrange(4, len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged)
        try:
            workbook_rows(path)
        except InputError as error:
            refused.append(str(error))
    assert refused
    assert not any("\n" in line for line in refused)
