"""A report's first figure as SVG: the same drawing as in the PDF, with its title and caption."""

from __future__ import annotations

import io
from typing import Any

from reportlab.graphics import renderSVG
from reportlab.graphics.shapes import Group
from reportlab.lib.utils import simpleSplit

from twin.reporting.document import Document
from twin.reporting.drawing.pen import INK, PAPER, QUIET, Pen

__all__ = ["svg"]

_MARGIN = 16.0
_WIDTH = 760.0
_TITLE_SIZE, _TEXT_SIZE, _LEADING = 13.0, 8.0, 10.5
_HEAD = 34.0
_FAMILY = "Helvetica, Arial, sans-serif"
_FONTS = {
    "Helvetica": {"family": _FAMILY, "weight": "normal"},
    "Helvetica-Bold": {"family": _FAMILY, "weight": "bold"},
}


def svg(document: Document) -> bytes:
    """The first figure as a picture that stands alone.

    Its title and description are there for readers that do not see it.
    """
    figure, about = document.figures[0], document.about
    inner = _WIDTH - 2 * _MARGIN
    body = figure.draw(inner)
    told = f"{figure.caption} {about.provenance.capitalize()} data: {about.source}. {about.made}."
    lines = simpleSplit(told, "Helvetica", _TEXT_SIZE, inner)
    below = _LEADING * len(lines) + 2 * _MARGIN
    height = round(_HEAD + body.height + below)
    pen = Pen(_WIDTH, height)
    pen.box((0, 0), _WIDTH, height, PAPER)
    pen.text((_MARGIN, height - 22), figure.title, _TITLE_SIZE, INK, bold=True)
    pen.drawing.add(Group(*body.contents, transform=(1, 0, 0, 1, _MARGIN, below)))
    for line, text in enumerate(lines):
        y = below - _MARGIN / 2 - _LEADING * (line + 1)
        pen.text((_MARGIN, y), text, _TEXT_SIZE, QUIET)
    return _written(pen.drawing, figure.title, document.sentence)


def _written(drawing: Any, title: str, description: str) -> bytes:
    canvas = renderSVG.SVGCanvas((drawing.width, drawing.height), fontHacks=_FONTS)
    renderSVG.draw(drawing, canvas, 0, 0)
    for tag, text in (("title", title), ("desc", description)):
        canvas.svg.getElementsByTagName(tag)[0].firstChild.data = text
    canvas.svg.setAttribute("role", "img")
    buffer = io.StringIO()
    canvas.save(buffer)
    return buffer.getvalue().encode()
