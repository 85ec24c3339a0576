"""What stands on every page of a PDF: name, provenance, who and when, page of how many."""

from __future__ import annotations

from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from twin.reporting.document import Document
from twin.reporting.drawing.pen import GRID, INK, QUIET, text_width
from twin.reporting.writable import writable

__all__ = ["numbered_canvas"]

_TAGS = {
    "measured": ("#E2F3EC", "#00664A"),
    "imported": ("#E0EEF7", "#005A8C"),
    "simulated": ("#F1E6F0", "#7A3E68"),
    "prior": ("#FBEFD8", "#7A5200"),
}
_UNKNOWN = ("#EEF0F2", "#4A525C")
_SIZE = 7.5


def numbered_canvas(document: Document, side: float) -> type[Any]:
    """A canvas that knows, when it writes a page, how many there are.

    Parameters
    ----------
    side : float
        Margin at the left and right, in points.
    """

    class NumberedCanvas(Canvas):  # type: ignore[misc] # reportlab has no types
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - reportlab's name
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for page in self._pages:
                self.__dict__.update(page)
                _frame(self, document, side, len(self._pages))
                super().showPage()
            super().save()

    return NumberedCanvas


def _frame(canvas: Any, document: Document, side: float, pages: int) -> None:
    width, height = canvas._pagesize
    about = document.about
    top, bottom = height - 14 * mm, 12 * mm
    canvas.setFont("Helvetica-Bold", _SIZE)
    canvas.setFillColor(INK)
    canvas.drawString(side, top, "LACSS Twin")
    right = width - side
    for word in reversed(about.provenance.split("+")):
        right = _tag(canvas, writable(word), right, top)
    canvas.setStrokeColor(GRID)
    canvas.setLineWidth(0.6)
    canvas.line(side, top - 6, width - side, top - 6)
    canvas.line(side, bottom + 10, width - side, bottom + 10)
    canvas.setFont("Helvetica", _SIZE)
    canvas.setFillColor(QUIET)
    canvas.drawString(side, bottom, writable(f"{about.made}. {document.title}")[:110])
    canvas.drawRightString(width - side, bottom, f"Page {canvas._pageNumber} of {pages}")


def _tag(canvas: Any, word: str, right: float, y: float) -> float:
    """A pill with `word` whose right end is at `right`; where the next one may end."""
    fill, colour = _TAGS.get(word, _UNKNOWN)
    wide = text_width(word, _SIZE, bold=True) + 12
    canvas.setFillColor(HexColor(fill))
    canvas.roundRect(right - wide, y - 3.2, wide, 12, 6, stroke=0, fill=1)
    canvas.setFillColor(HexColor(colour))
    canvas.setFont("Helvetica-Bold", _SIZE)
    canvas.drawCentredString(right - wide / 2, y, word)
    return right - wide - 4
