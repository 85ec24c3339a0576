"""Figures of a line in words, with unit and which way is better."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.formatting import number

__all__ = ["FIGURES", "FigureWords", "amount", "figure_label"]


@dataclass(frozen=True, slots=True)
class FigureWords:
    """A figure's name and unit; 1 where more is better, -1 where less is; a factor to the unit."""

    label: str
    unit: str
    better: int
    scale: float = 1.0


FIGURES = {
    "throughput_per_h": FigureWords("Throughput", "lots an hour", 1),
    "flow_time_s": FigureWords("Flow time", "hours", -1, 1 / 3600),
    "wip": FigureWords("Lots in the line", "lots", -1),
    "yield": FigureWords("Yield", "percentage points", 1, 100.0),
}


def figure_label(figure: str) -> str:
    """The name that people read."""
    return FIGURES[figure].label


def amount(mean: float, low: float, high: float, figure: str) -> str:
    """A difference with its interval and unit, with its sign.

    Examples
    --------
    >>> amount(12.34, 11.82, 12.91, "throughput_per_h")
    '+12.3 (11.8 to 12.9) lots an hour'
    """
    words = FIGURES[figure]
    scaled = [value * words.scale for value in (mean, low, high)]
    sign = "+" if scaled[0] > 0 else ""
    return f"{sign}{number(scaled[0])} ({number(scaled[1])} to {number(scaled[2])}) {words.unit}"
