"""A report as PDF on A4: answer, figures, tables; the same bytes for the same inputs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Table as Grid

from twin.reporting.document import Cell, Document, Figure, Table
from twin.reporting.drawing.pen import GRID, INK, QUIET
from twin.reporting.pages import numbered_canvas
from twin.reporting.wording import written
from twin.reporting.writable import markup, writable

__all__ = ["MOST_PRINTED", "pdf"]

MOST_PRINTED = 60
_SIDE, _TOP, _BOTTOM = 18 * mm, 22 * mm, 20 * mm
_WIDTH = A4[0] - 2 * _SIDE
_PADDING = 6.0
_BASE = {"fontName": "Helvetica", "textColor": INK, "fontSize": 9, "leading": 12}
_TITLE = ParagraphStyle("title", **{**_BASE, "fontName": "Helvetica-Bold", "fontSize": 17,
                                    "leading": 21, "spaceAfter": 4})  # fmt: skip
_ANSWER = ParagraphStyle("answer", **{**_BASE, "fontSize": 10.5, "leading": 14, "spaceAfter": 8})
_HEADING = ParagraphStyle("heading", **{**_BASE, "fontName": "Helvetica-Bold", "fontSize": 10.5,
                                        "spaceBefore": 12, "spaceAfter": 4})  # fmt: skip
_CAPTION = ParagraphStyle("caption", **{**_BASE, "fontSize": 7.5, "leading": 9.5,
                                        "textColor": QUIET, "spaceBefore": 3})  # fmt: skip
_CELL = ParagraphStyle("cell", **{**_BASE, "fontSize": 7.8, "leading": 9.6})
_NUMBER = ParagraphStyle("number", parent=_CELL, alignment=TA_RIGHT)
_HEAD = ParagraphStyle("head", parent=_CELL, fontName="Helvetica-Bold")
_HEAD_NUMBER = ParagraphStyle("head-number", parent=_HEAD, alignment=TA_RIGHT)
_FACT = ParagraphStyle("fact", parent=_CELL, textColor=QUIET)
_HEAD_FILL = HexColor("#F4F5F6")


def pdf(document: Document, *, compress: bool = True) -> bytes:
    """The report on A4 pages, with who made it and when on each.

    Parameters
    ----------
    compress : bool
        Whether page contents are compressed; not, for whoever wants to read the operators.
    """
    buffer = io.BytesIO()
    template = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=_SIDE - _PADDING, rightMargin=_SIDE - _PADDING,
        topMargin=_TOP, bottomMargin=_BOTTOM, pageCompression=int(compress), invariant=1,
        title=document.title, author=document.about.made_by or "LACSS Twin",
        subject=document.sentence, creator="LACSS Twin",
        keywords=[f"provenance: {document.about.provenance}"],
    )  # fmt: skip
    template.build(_story(document), canvasmaker=numbered_canvas(document, _SIDE))
    return buffer.getvalue()


def _story(document: Document) -> list[Any]:
    story: list[Any] = [
        Paragraph(markup(document.title), _TITLE),
        Paragraph(markup(document.sentence), _ANSWER),
        _facts(document),
    ]
    for figure in document.figures:
        story += [Spacer(1, 8), _figure(figure)]
    story += [Paragraph(markup(note), _CAPTION) for note in document.notes]
    for table in document.tables:
        if table.place != "excel" and len(table):
            story += _table(table)
    return story


def _figure(figure: Figure) -> Any:
    drawing = figure.draw(_WIDTH)
    for shape in _strings(drawing):
        shape.text = writable(shape.text)
    return KeepTogether([drawing, Paragraph(markup(figure.caption), _CAPTION)])


def _strings(group: Any) -> list[Any]:
    nested = [s for c in group.contents if hasattr(c, "contents") for s in _strings(c)]
    return [shape for shape in group.contents if hasattr(shape, "text")] + nested


def _facts(document: Document) -> Any:
    about = document.about
    facts: dict[str, Cell] = {"Data": f"{about.source}; {about.provenance}", **document.facts}
    cells = [
        [Paragraph(markup(name), _FACT), Paragraph(markup(written(value)), _CELL)]
        for name, value in facts.items()
    ]
    half = (len(cells) + 1) // 2
    cells += [["", ""]] * (2 * half - len(cells))
    rows = [[*left, *right] for left, right in zip(cells[:half], cells[half:], strict=True)]
    shares = (0.17, 0.33, 0.2, 0.3)
    grid = Grid(rows, colWidths=[share * _WIDTH for share in shares])
    grid.setStyle(TableStyle([*_tight(1.2), ("LINEABOVE", (0, 0), (-1, 0), 0.6, GRID),
                              ("LINEBELOW", (0, -1), (-1, -1), 0.6, GRID)]))  # fmt: skip
    return grid


def _table(table: Table) -> list[Any]:
    every = [row for _, row in zip(range(MOST_PRINTED), table.rows, strict=False)]
    shown = [i for i, column in enumerate(zip(*every, strict=True)) if any(map(_is_there, column))]
    rows = [[row[i] for i in shown] for row in every]
    names, widths = list(table.columns), table.widths or (1.0,) * len(table.columns)
    numeric = [_is_numeric(column) for column in zip(*rows, strict=True)]
    heading = [
        Paragraph(markup(names[i]), _HEAD_NUMBER if right else _HEAD)
        for i, right in zip(shown, numeric, strict=True)
    ]
    body = [
        [
            Paragraph(markup(written(cell)), _NUMBER if right else _CELL)
            for cell, right in zip(row, numeric, strict=True)
        ]
        for row in rows
    ]
    scale = _WIDTH / sum(widths[i] for i in shown)
    grid = Grid([heading, *body], colWidths=[scale * widths[i] for i in shown], repeatRows=1)
    lines = [("LINEBELOW", (0, i), (-1, i), 0.4, GRID) for i in range(1, len(body) + 1)]
    grid.setStyle(TableStyle([*_tight(2.2), *lines, ("BACKGROUND", (0, 0), (-1, 0), _HEAD_FILL),
                              ("LINEBELOW", (0, 0), (-1, 0), 0.7, QUIET)]))  # fmt: skip
    more = len(table) - len(rows)
    title = Paragraph(markup(f"{table.name} ({len(table):,})" if more else table.name), _HEADING)
    title.keepWithNext = 1
    told = f"The first {len(rows)}; {more:,} more are in the Excel export."
    return [title, grid, *([Paragraph(told, _CAPTION)] if more else [])]


def _is_there(cell: Cell) -> bool:
    return cell is not None and cell != ""


def _is_numeric(column: Sequence[Cell]) -> bool:
    filled = [cell for cell in column if cell is not None]
    return bool(filled) and all(isinstance(cell, int | float) for cell in filled)


def _tight(padding: float) -> list[tuple[Any, ...]]:
    whole = (0, 0), (-1, -1)
    return [
        ("VALIGN", *whole, "TOP"),
        ("LEFTPADDING", *whole, 3),
        ("RIGHTPADDING", *whole, 3),
        ("TOPPADDING", *whole, padding),
        ("BOTTOMPADDING", *whole, padding),
    ]
