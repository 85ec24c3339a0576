"""A report as an Excel workbook: numbers as numbers, text always as text."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from xlsxwriter import Workbook

from process_models.errors import InputError
from twin.reporting.document import About, Cell, Document, Plot, Table

__all__ = ["MOST_ROWS", "excel"]

MOST_ROWS = 1_048_575
_MOST_PLOTTED = 32_000
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_LINES: dict[str, dict[str, Any]] = {
    "points": {"line": {"color": "#1D2530", "width": 1.0}},
    "centre": {"line": {"color": "#6B7480", "width": 1.25}},
    "control": {"line": {"color": "#D55E00", "width": 1.25, "dash_type": "dash"}},
    "signals": {"line": {"none": True}},
}
_MARKERS: dict[str, dict[str, Any]] = {
    "points": {"type": "circle", "size": 3, "fill": {"color": "#1D2530"}, "border": {"none": True}},
    "signals": {"type": "diamond", "size": 8, "fill": {"color": "#D55E00"},
                "border": {"color": "#D55E00"}},
}  # fmt: skip


def excel(document: Document) -> bytes:
    """The workbook: a summary, one sheet a table, and a native chart of the first panel.

    Raises
    ------
    InputError
        When a table has more rows than a sheet can hold.
    """
    tables = [table for table in document.tables if table.place != "pdf"]
    for table in tables:
        if len(table) > MOST_ROWS:
            raise InputError(
                f"an Excel sheet holds at most {MOST_ROWS:,} rows, {table.name} has {len(table):,}:"
                " choose a shorter period"
            )
    buffer = io.BytesIO()
    workbook = Workbook(buffer, _OPTIONS)
    about = document.about
    workbook.set_properties(
        {
            "title": document.title, "author": about.made_by, "company": "LACSS Twin",
            "comments": f"Provenance: {about.provenance}", "created": _naive(about.made_at),
        }
    )  # fmt: skip
    writer = _Writer(workbook, about)
    summary = writer.summary(document)
    for table in tables:
        writer.table(table)
    if document.plot is not None:
        sheet = next(t for t in tables if t.name == document.plot.sheet)
        summary.insert_chart("D2", _native_chart(workbook, document.plot, sheet))
    workbook.close()
    return buffer.getvalue()


class _Writer:
    """Writes sheets of one workbook with the same formats."""

    def __init__(self, workbook: Any, about: About) -> None:
        self._book, self._about = workbook, about
        base = {"font_name": "Calibri", "font_size": 11}
        self._title = workbook.add_format({**base, "bold": True, "font_size": 16})
        self._head = workbook.add_format(
            {**base, "bold": True, "bottom": 1, "bg_color": "#EEF0F2", "text_wrap": True,
             "valign": "top"}
        )  # fmt: skip
        self._name = workbook.add_format({**base, "font_color": "#6B7480", "valign": "top"})
        self._left = workbook.add_format({**base, "align": "left", "valign": "top"})
        self._wrapped = workbook.add_format({**base, "text_wrap": True, "valign": "top"})
        self._time = workbook.add_format(
            {**base, "num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"}
        )
        self._plain = workbook.add_format(base)

    def summary(self, document: Document) -> Any:
        """The first sheet: what it shows, the answer, the facts and where they come from."""
        sheet = self._sheet("Summary")
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 46)
        sheet.write_string(0, 0, document.title, self._title)
        about = document.about
        facts: dict[str, Cell] = {
            "Answer": document.sentence,
            "Provenance": about.provenance,
            **document.facts,
            "Characteristic": about.name,
            "Unit": about.printed_unit,
            "Data": about.source,
            "Made by": about.made_by,
            "Made at (UTC)": about.made_at,
            **{f"Note {i}": note for i, note in enumerate(document.notes, 1)},
        }
        for row, (name, value) in enumerate(facts.items(), start=2):
            sheet.write_string(row, 0, name, self._name)
            self._cell(sheet, row, 1, value, self._wrapped if _long(value) else self._left)
        return sheet

    def table(self, table: Table) -> None:
        """One sheet: headings that stay in view and can filter, then the rows."""
        sheet = self._sheet(table.name)
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(table.columns):
            sheet.write_string(0, column, heading, self._head)
            sheet.set_column(column, column, _width(heading, list(table.columns[heading][:200])))
        if len(table):
            sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
        for row, cells in enumerate(table.rows, start=1):
            for column, value in enumerate(cells):
                self._cell(sheet, row, column, value, self._plain)

    def _sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{self._about.provenance.replace('&', '&&')}&RPage &P of &N")
        return sheet

    def _cell(self, sheet: Any, row: int, column: int, value: Cell, style: Any) -> None:
        if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
            return
        if isinstance(value, datetime):
            sheet.write_datetime(row, column, _naive(value), self._time)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, style)
        else:
            sheet.write_string(row, column, value, style)


def _native_chart(workbook: Any, plot: Plot, table: Table) -> Any:
    columns, rows = list(table.columns), len(table)
    first = max(1, rows - _MOST_PLOTTED + 1)
    across = [plot.sheet, first, columns.index(plot.x), rows, columns.index(plot.x)]
    chart = workbook.add_chart({"type": "line"})
    for name, role in plot.series.items():
        at = columns.index(name)
        chart.add_series(
            {
                "name": [plot.sheet, 0, at],
                "categories": across,
                "values": [plot.sheet, first, at, rows, at],
                "marker": _MARKERS.get(role, {"type": "none"}),
                **_LINES[role],
            }
        )
    cut = f", newest {_MOST_PLOTTED:,} points" if first > 1 else ""
    quiet = {"color": "#6B7480"}
    chart.set_title({"name": f"{plot.title}{cut}", "name_font": {"size": 12}, "overlay": False})
    chart.set_x_axis(
        {"name": plot.x_title, "name_font": {"bold": False, **quiet}, "num_font": quiet,
         "interval_unit": max(1, (rows - first) // 10), "label_position": "low"}
    )  # fmt: skip
    chart.set_y_axis(
        {"name": plot.y_title, "name_font": {"bold": False, **quiet}, "num_font": quiet,
         "min": plot.low, "max": plot.high, "num_format": "0.####",
         "major_gridlines": {"visible": True, "line": {"color": "#E8EBEE"}}}
    )  # fmt: skip
    chart.set_legend({"position": "bottom"})
    chart.show_blanks_as("gap")
    chart.set_size({"width": 860, "height": 420})
    return chart


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _long(value: Cell) -> bool:
    return isinstance(value, str) and len(value) > 44


def _width(heading: str, values: Sequence[Cell]) -> float:
    longest = max((len(v) for v in values if isinstance(v, str)), default=0)
    if any(isinstance(v, datetime) for v in values):
        longest = max(longest, 20)
    return min(60.0, max(11.0, 0.62 * len(heading) + 2, longest + 2))
