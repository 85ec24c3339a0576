"""Statements of the evidence as marks on paper: censoring by arrow and bar, not by colour."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.graphics.shapes import Polygon

from twin.reporting.drawing.pen import INK, PAPER, QUIET, Pen
from twin.reporting.drawing.plane import Plane
from twin.reporting.evidence_marks import EvidencePoint

__all__ = ["SHAPES", "draw_marks"]

SHAPES = ("circle", "square", "diamond", "triangle")
"""By laboratory, in the order in which they are met."""
_RADIUS, _ARROW = 3.2, 15.0


def draw_marks(pen: Pen, plane: Plane, points: Sequence[EvidencePoint]) -> None:
    """Filled where exact, open where not; the laboratory by its shape, an order with its words."""
    for point in points:
        at = plane.at_x(point.x), plane.at_y(min(max(point.value, plane.y[0]), plane.y[1]))
        if point.low is not None and point.high is not None:
            _bar(pen, plane, (at[0], point.low, point.high), point.censoring)
        if point.censoring in ("right", "left"):
            _arrow(pen, at, up=point.censoring == "right")
        _mark(pen, at, point.shape, filled=point.censoring == "exact")
        for line, text in enumerate(point.words.splitlines()):
            pen.text((at[0] + 6, at[1] - 2 - 7.5 * line), text, 6, QUIET)


def _bar(pen: Pen, plane: Plane, bar: tuple[float, float, float], censoring: str) -> None:
    x, low, high = bar
    ordinal = censoring == "ordinal"
    ends = [plane.at_y(min(max(v, plane.y[0]), plane.y[1])) for v in (low, high)]
    pen.line((x, ends[0]), (x, ends[1]), INK, 0.9, (1, 2) if ordinal else None)
    for end in () if ordinal else ends:
        pen.line((x - 3, end), (x + 3, end), INK, 0.9)


def _arrow(pen: Pen, at: tuple[float, float], *, up: bool) -> None:
    way = 1.0 if up else -1.0
    tip = at[1] + way * _ARROW
    pen.line(at, (at[0], tip - way * 3), INK, 1.0)
    head = tip - way * 4
    pen.area([at[0] - 2.5, at[0] + 2.5, at[0]], [head, head, tip], INK)


def _mark(pen: Pen, at: tuple[float, float], laboratory: int, *, filled: bool) -> None:
    fill = INK if filled else PAPER
    shape = laboratory % len(SHAPES)
    if shape == 0:
        pen.dot(at, _RADIUS, fill, INK)
        return
    x, y, r = at[0], at[1], _RADIUS
    corners = {
        1: (x - r, y - r, x + r, y - r, x + r, y + r, x - r, y + r),
        2: (x, y + r + 1, x + r + 1, y, x, y - r - 1, x - r - 1, y),
        3: (x - r, y - r, x + r, y - r, x, y + r),
    }[shape]
    mark = Polygon([round(c, 3) for c in corners], fillColor=fill, strokeColor=INK)
    mark.strokeWidth = 0.9
    pen.drawing.add(mark)
