"""A rectangle of a drawing in which data have their places, with its axes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.reporting.drawing.pen import GRID, QUIET, Pen

__all__ = ["Plane", "span", "ticks"]

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from `low` to `high`, at most `most` of them.

    Examples
    --------
    >>> ticks(58.2, 61.9)
    [59.0, 60.0, 61.0]
    >>> ticks(0, 0.1)
    [0.0, 0.02, 0.04, 0.06, 0.08, 0.1]
    """
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(s * power for s in _STEPS if s * power >= raw * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    digits = max(0, 2 - math.floor(math.log10(step)))
    return [round(i * step, digits) + 0.0 for i in range(first, last + 1)]


def span(values: Iterable[float], margin: float = 0.08) -> tuple[float, float]:
    """Lowest and highest finite value with a margin; never empty.

    Examples
    --------
    >>> span([1.0, 3.0], 0.5), span([2.0])
    ((0.0, 4.0), (1.9, 2.1))
    """
    finite = [v for v in values if math.isfinite(v)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        around = 0.05 * abs(low) or 1.0
        return low - around, high + around
    return low - margin * (high - low), high + margin * (high - low)


@dataclass(frozen=True)
class Plane:
    """Where data are drawn: a rectangle in points, and what its sides mean.

    Attributes
    ----------
    left, bottom, width, height : float
        In points.
    x, y : (low, high)
        In the units of the data.
    """

    left: float
    bottom: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    @property
    def right(self) -> float:
        """Of the rectangle, in points."""
        return self.left + self.width

    @property
    def top(self) -> float:
        """Of the rectangle, in points."""
        return self.bottom + self.height

    def at_x(self, value: float) -> float:
        """Where `value` lies across, in points."""
        return self.left + self.width * (value - self.x[0]) / (self.x[1] - self.x[0])

    def at_y(self, value: float) -> float:
        """Where `value` lies upward, in points."""
        return self.bottom + self.height * (value - self.y[0]) / (self.y[1] - self.y[0])

    def places(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Places of many points, nan where a value is nan."""
        across = self.left + self.width * (x - self.x[0]) / (self.x[1] - self.x[0])
        upward = self.bottom + self.height * (y - self.y[0]) / (self.y[1] - self.y[0])
        return np.asarray(across, dtype=np.float64), np.asarray(upward, dtype=np.float64)

    def draw_y_axis(self, pen: Pen, most: int = 6) -> None:
        """Light lines across, with their numbers at the left."""
        for value in ticks(*self.y, most):
            y = self.at_y(value)
            pen.line((self.left, y), (self.right, y), GRID, 0.5)
            pen.text((self.left - 4, y - 2.5), _tick(value), 7, QUIET, "end")

    def draw_x_axis(
        self, pen: Pen, marks: Sequence[tuple[float, str, str]], title: str = ""
    ) -> None:
        """The lower side, with numbers and a second line of text below some places.

        Parameters
        ----------
        marks : sequence of (value, text, second text)
        """
        pen.line((self.left, self.bottom), (self.right, self.bottom), QUIET, 0.6)
        for value, text, below in marks:
            x = self.at_x(value)
            pen.line((x, self.bottom), (x, self.bottom - 2.5), QUIET, 0.6)
            pen.text((x, self.bottom - 10), text, 7, QUIET, "middle")
            if below:
                pen.text((x, self.bottom - 18.5), below, 6.5, QUIET, "middle")
        if title:
            drop = 28 if any(below for _, _, below in marks) else 20
            pen.text((self.right, self.bottom - drop), title, 7, QUIET, "end")


def _tick(value: float) -> str:
    if value and not 1e-4 <= abs(value) < 1e6:
        return f"{value:g}"
    return f"{value:,.10f}".rstrip("0").rstrip(".")
