"""Lines across a plane, each named at its right end where the names do not touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from reportlab.lib.colors import Color

from twin.reporting.drawing.pen import (
    CONTROL,
    CONTROL_TEXT,
    QUIET,
    SPECIFICATION,
    SPECIFICATION_TEXT,
    Pen,
)
from twin.reporting.drawing.plane import Plane
from twin.reporting.wording import number

__all__ = ["Level", "centre_level", "control_level", "draw_levels", "specification_level"]

_GAP = 9.0
_DASH = (4.0, 2.5)
_DOTS = (1.0, 2.2)


@dataclass(frozen=True, eq=False)
class Level:
    """A line across: straight, or with one value a point."""

    name: str
    value: float | NDArray[np.float64]
    colour: Color
    text_colour: Color
    dash: tuple[float, ...] | None
    width: float = 1.0

    @property
    def last(self) -> float:
        """Where the line ends."""
        if not isinstance(self.value, np.ndarray):
            return self.value
        finite = self.value[np.isfinite(self.value)]
        return float(finite[-1]) if finite.size else float("nan")

    @property
    def extent(self) -> tuple[float, float]:
        """Lowest and highest value."""
        if not isinstance(self.value, np.ndarray):
            return self.value, self.value
        finite = self.value[np.isfinite(self.value)]
        return (float(finite.min()), float(finite.max())) if finite.size else (np.nan, np.nan)


def centre_level(value: float | NDArray[np.float64]) -> Level:
    """The grey centre line."""
    return Level("CL", value, QUIET, QUIET, None, 0.9)


def control_level(name: str, value: float | NDArray[np.float64]) -> Level:
    """A dashed vermilion control limit."""
    return Level(name, value, CONTROL, CONTROL_TEXT, _DASH)


def specification_level(name: str, value: float) -> Level:
    """A dotted blue specification limit."""
    return Level(name, value, SPECIFICATION, SPECIFICATION_TEXT, _DOTS, 1.2)


def draw_levels(
    pen: Pen, plane: Plane, levels: list[Level], keep: NDArray[np.int64], unit: str = ""
) -> None:
    """Lines, and their names with value at the right.

    Parameters
    ----------
    levels : list of Level
        Those beyond the plane are named at its edge as above or below it.
    keep : (m,) array
        Indices of the points drawn, from 0, for lines that vary.
    unit : str
        Written after specification limits only.
    """
    names: list[tuple[float, str, Color]] = []
    for level in levels:
        last = level.last
        if not np.isfinite(last):
            continue
        text = f"{level.name} {number(last)}"
        if level.dash == _DOTS:
            text = f"{level.name} {last:.6g} {unit}".rstrip()
        if not plane.y[0] <= last <= plane.y[1]:
            text = f"{text}, {'above' if last > plane.y[1] else 'below'}"
        else:
            _draw(pen, plane, level, keep)
        y = min(max(plane.at_y(last), plane.bottom), plane.top)
        names.append((y, text, level.text_colour))
    for y, (_, text, colour) in zip(_apart([n[0] for n in names]), sorted(names), strict=True):
        pen.text((plane.right + 5, y - 2.6), text, 7.5, colour)


def _draw(pen: Pen, plane: Plane, level: Level, keep: NDArray[np.int64]) -> None:
    if not isinstance(level.value, np.ndarray):
        y = plane.at_y(level.value)
        pen.line((plane.left, y), (plane.right, y), level.colour, level.width, level.dash)
        return
    middles = (keep[1:] + keep[:-1]) / 2 + 1.0
    edges = np.concatenate([[keep[0] + 0.5], np.repeat(middles, 2), [keep[-1] + 1.5]])
    across, upward = plane.places(edges, np.repeat(level.value[keep], 2))
    pen.path(across, upward, level.colour, level.width, level.dash)


def _apart(heights: list[float]) -> list[float]:
    """Ascending heights, moved up just enough to leave a line of text between them."""
    placed: list[float] = []
    for height in sorted(heights):
        placed.append(max(height, placed[-1] + _GAP) if placed else height)
    lift = (sum(placed) - sum(heights)) / len(placed) if placed else 0.0
    return [height - lift for height in placed]
