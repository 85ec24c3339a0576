"""Colours, type and the few shapes that drawings are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from reportlab.graphics.shapes import Circle, Drawing, Polygon, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor
from reportlab.pdfbase.pdfmetrics import stringWidth

__all__ = [
    "CHANGE",
    "CONTROL",
    "CONTROL_TEXT",
    "GRID",
    "INK",
    "PAPER",
    "QUIET",
    "SIMULATED",
    "SPECIFICATION",
    "SPECIFICATION_TEXT",
    "Pen",
    "text_width",
]

INK = HexColor("#1D2530")
SIMULATED = HexColor("#66707D")
QUIET = HexColor("#6B7480")
GRID = HexColor("#E8EBEE")
PAPER = HexColor("#FFFFFF")
CONTROL = HexColor("#D55E00")
CONTROL_TEXT = HexColor("#9A3F00")
SPECIFICATION = HexColor("#0072B2")
SPECIFICATION_TEXT = HexColor("#005A8C")
CHANGE = HexColor("#FBEFD8")

_REGULAR, _BOLD = "Helvetica", "Helvetica-Bold"


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of `text` in points."""
    return float(stringWidth(text, _BOLD if bold else _REGULAR, size))


class Pen:
    """Adds shapes to one drawing; coordinates in points from its lower left corner.

    Parameters
    ----------
    width, height : float
        Of the drawing, in points.
    """

    def __init__(self, width: float, height: float) -> None:
        self.drawing: Any = Drawing(width, height)

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        colour: Color,
        width: float = 0.7,
        dash: Sequence[float] | None = None,
    ) -> None:
        """A straight line."""
        # renderSVG closes the path of a Line, which fills the gaps of a dashed one
        style = {"strokeColor": colour, "strokeWidth": width, "strokeDashArray": dash}
        self.drawing.add(PolyLine([round(c, 3) for c in (*start, *end)], **style))

    def path(
        self,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        colour: Color,
        width: float = 0.7,
        dash: Sequence[float] | None = None,
    ) -> None:
        """A line through points, broken where one is nan."""
        there = np.isfinite(y)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]])))
        for first, last in edges.reshape(-1, 2):
            if last - first < 2:
                continue
            points = np.column_stack([x[first:last], y[first:last]]).round(3).reshape(-1).tolist()
            style = {"strokeColor": colour, "strokeWidth": width, "strokeDashArray": dash}
            self.drawing.add(PolyLine(points, strokeLineJoin=1, **style))

    def dot(
        self,
        at: tuple[float, float],
        radius: float,
        fill: Color | None,
        edge: Color | None = None,
    ) -> None:
        """A circle."""
        style = {"fillColor": fill, "strokeColor": edge, "strokeWidth": 0.9 if edge else 0}
        self.drawing.add(Circle(round(at[0], 3), round(at[1], 3), radius, **style))

    def diamond(self, at: tuple[float, float], radius: float, fill: Color) -> None:
        """The mark of a signal."""
        x, y = round(at[0], 3), round(at[1], 3)
        corners = [x, y + radius, x + radius, y, x, y - radius, x - radius, y]
        self.drawing.add(Polygon(corners, fillColor=fill, strokeColor=CONTROL, strokeWidth=0.9))

    def area(self, x: Sequence[float], y: Sequence[float], fill: Color) -> None:
        """A filled shape without an edge."""
        corners = np.column_stack([x, y]).round(3).reshape(-1).tolist()
        self.drawing.add(Polygon(corners, fillColor=fill, strokeColor=None, strokeWidth=0))

    def box(
        self,
        corner: tuple[float, float],
        width: float,
        height: float,
        fill: Color | None,
        edge: Color | None = None,
    ) -> None:
        """A rectangle from its lower left corner."""
        style = {"fillColor": fill, "strokeColor": edge, "strokeWidth": 0.5 if edge else 0}
        self.drawing.add(Rect(*corner, width, height, **style))

    def text(
        self,
        at: tuple[float, float],
        text: str,
        size: float = 7.5,
        colour: Color = QUIET,
        anchor: str = "start",
        *,
        bold: bool = False,
    ) -> None:
        """A line of text; `anchor` is start, middle or end."""
        font = _BOLD if bold else _REGULAR
        style = {"fontName": font, "fontSize": size, "fillColor": colour, "textAnchor": anchor}
        self.drawing.add(String(*at, text, **style))
