"""A gauge study drawn: what the gauge takes of the variation, and the means of parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.reporting.drawing.pen import (
    CONTROL,
    CONTROL_TEXT,
    GRID,
    INK,
    QUIET,
    SIMULATED,
    SPECIFICATION,
    Pen,
)
from twin.reporting.drawing.plane import Plane, span, ticks
from twin.reporting.subjects import GaugeReport
from twin.reporting.wording import number, words

__all__ = ["components_drawing", "means_drawing"]

_ROW, _HEAD, _FOOT = 19.0, 28.0, 24.0
_SHOWN = ("repeatability", "reproducibility", "gauge", "part")
_ROOM = 96.0
_COLOURS = (INK, SPECIFICATION, CONTROL, SIMULATED)
_DASHES = (None, (4.0, 2.0), (1.0, 2.0), (6.0, 2.0, 1.0, 2.0))
_GOOD, _BAD = 10.0, 30.0


def components_drawing(report: GaugeReport, width: float) -> Any:
    """Percent of study variation of each component with its interval.

    Returns
    -------
    Drawing
    """
    study = report.study
    height = _HEAD + _ROW * len(_SHOWN) + _FOOT
    pen = Pen(width, height)
    plane = Plane(_ROOM, _FOOT, width - _ROOM - 20, _ROW * len(_SHOWN), (0, 100), (0, len(_SHOWN)))
    pen.text((0, plane.top + 16), "Share of the study variation, %", 8.5, INK, bold=True)
    for threshold in (_GOOD, _BAD):
        x = plane.at_x(threshold)
        pen.line((x, plane.bottom), (x, plane.top), CONTROL, 0.9, (4, 2.5))
        pen.text((x, plane.top + 2), f"{threshold:g} %", 6.5, CONTROL_TEXT, "middle")
    for row, name in enumerate(reversed(_SHOWN)):
        y = plane.at_y(row + 0.5)
        share, limits = study.percent_study[name], study.study_limits[name]
        low, high = plane.at_x(limits.low), plane.at_x(min(100.0, limits.high))
        pen.box((plane.left, y - 5), plane.at_x(share) - plane.left, 10, GRID, QUIET)
        pen.line((low, y), (high, y), INK, 1.2)
        pen.dot((plane.at_x(share), y), 2.2, INK)
        pen.text((plane.left - 6, y - 2.6), f"{words(name)} {number(share, 3)}", 8, INK, "end")
    plane.draw_x_axis(pen, [(v, f"{v:g}", "") for v in ticks(0, 100, 11)])
    return pen.drawing


def means_drawing(report: GaugeReport, width: float) -> Any:
    """Mean of each part, one line an operator; each operator has a colour and a dash.

    Returns
    -------
    Drawing
    """
    drawn, means = report.drawn, report.drawn.means
    parts = list(dict.fromkeys(drawn.parts))
    operators = list(dict.fromkeys(drawn.operators))
    pen = Pen(width, 176)
    plane = Plane(40, 30, width - 140, 122, (0.5, len(parts) + 0.5), span(means.tolist(), 0.1))
    plane.draw_y_axis(pen, 5)
    unit = report.about.printed_unit
    title = f"Mean of each part by operator{f', {unit}' if unit else ''}"
    pen.text((plane.left, plane.top + 9), title, 8.5, INK, bold=True)
    number_of = {part: i + 1.0 for i, part in enumerate(parts)}
    for index, operator in enumerate(operators):
        own = np.array([o == operator for o in drawn.operators])
        across = np.array([number_of[p] for p, mine in zip(drawn.parts, own, strict=True) if mine])
        x, y = plane.places(across, means[own])
        colour, dash = _COLOURS[index % 4], _DASHES[index // 4 % 4 if index > 3 else index]
        pen.path(x, y, colour, 1.0, dash)
        for at in zip(x.tolist(), y.tolist(), strict=True):
            pen.dot(at, 1.8, colour)
        height = plane.top - 8 - 11 * index
        if height > plane.bottom:
            pen.line((plane.right + 8, height), (plane.right + 26, height), colour, 1.2, dash)
            pen.text((plane.right + 30, height - 2.6), operator[:14], 7.5, INK)
    step = max(1, len(parts) // 12)
    marks = [(number_of[p], p[:8], "") for p in parts[::step]]
    plane.draw_x_axis(pen, marks, "Part")
    return pen.drawing
