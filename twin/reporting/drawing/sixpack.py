"""The six panels of a capability study: charts, last values, histogram, probability, spreads."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.reporting.drawing.control import PanelPlace, draw_panel
from twin.reporting.drawing.levels import Level, centre_level, draw_levels, specification_level
from twin.reporting.drawing.pen import (
    CHANGE,
    GRID,
    INK,
    QUIET,
    SIMULATED,
    SPECIFICATION,
    SPECIFICATION_TEXT,
    Pen,
)
from twin.reporting.drawing.plane import Plane, span, ticks
from twin.reporting.drawing.thinning import kept_points
from twin.reporting.subjects import CapabilityReport, ChartReport
from twin.reporting.wording import number

__all__ = ["sixpack_drawing"]

_HEIGHT, _HEAD, _FOOT = 128.0, 20.0, 26.0
_LEFT, _BETWEEN, _LABELS = 40.0, 44.0, 62.0
_EMPTY = np.array([], dtype=np.int64)
_BAR = GRID.clone(red=0.82, green=0.85, blue=0.88)


def sixpack_drawing(report: CapabilityReport, width: float) -> Any:
    """Three rows of two panels.

    Parameters
    ----------
    width : float
        In points.

    Returns
    -------
    Drawing
    """
    view, row = report.view, _HEAD + _HEIGHT + _FOOT
    pen = Pen(width, 3 * row)
    left = (width - _LEFT - _BETWEEN) / 2 - _LABELS
    right = _LEFT + left + _LABELS + _BETWEEN
    wide = width - right - 4
    bottoms = [2 * row + _FOOT, row + _FOOT, _FOOT]
    chart = ChartReport(result=view.chart, about=report.about)
    for panel, bottom in zip(view.chart.panels[:2], bottoms, strict=False):
        draw_panel(pen, chart, panel, PanelPlace(_LEFT, bottom, left, _HEIGHT, numbered=True))
    _last(pen, report, (_LEFT, bottoms[2], left, _HEIGHT))
    _histogram(pen, report, (right, bottoms[0], wide, _HEIGHT))
    _probability(pen, report, (right, bottoms[1], wide, _HEIGHT))
    _spreads(pen, report, (right, bottoms[2], wide, _HEIGHT))
    return pen.drawing


_Box = tuple[float, float, float, float]


def _unit(report: CapabilityReport, text: str) -> str:
    unit = report.about.printed_unit
    return f"{text}, {unit}" if unit else text


def _title(pen: Pen, plane: Plane, text: str) -> None:
    pen.text((plane.left, plane.top + 7), text, 8.5, INK, bold=True)


def _specified(report: CapabilityReport) -> list[Level]:
    spec = report.view.result.spec
    limits = (("LSL", spec.lsl), ("USL", spec.usl))
    return [specification_level(name, value) for name, value in limits if value is not None]


def _last(pen: Pen, report: CapabilityReport, box: _Box) -> None:
    last = report.view.last
    numbers = last.numbers.astype(np.float64)
    x = float(numbers.min()) - 0.6, float(numbers.max()) + 0.6
    plane = Plane(*box, x, span([*last.values.tolist(), last.mean], 0.1))
    plane.draw_y_axis(pen, 4)
    grouped = len(np.unique(numbers)) < len(numbers)
    _title(pen, plane, _unit(report, "Last subgroups" if grouped else "Last values"))
    draw_levels(pen, plane, [centre_level(last.mean)], _EMPTY)
    colour = SIMULATED if report.about.simulated else INK
    for at in zip(*(p.tolist() for p in plane.places(numbers, last.values)), strict=True):
        pen.dot(at, 1.4, colour)
    plane.draw_x_axis(pen, [(v, f"{v:.0f}", "") for v in ticks(*x, 7) if v == round(v)])


def _histogram(pen: Pen, report: CapabilityReport, box: _Box) -> None:
    drawn = report.view.histogram
    spec = report.view.result.spec
    limits = [v for v in (spec.lsl, spec.usl) if v is not None]
    x = span([*drawn.edges.tolist(), *limits], 0.04)
    highest = max(float(drawn.counts.max()), *(float(c.max()) for c in drawn.curves.values()))
    plane = Plane(*box, x, (0.0, 1.12 * highest))
    _title(pen, plane, "Readings against the specification")
    for low, high, count in zip(drawn.edges, drawn.edges[1:], drawn.counts, strict=False):
        left, right, top = plane.at_x(low), plane.at_x(high), plane.at_y(count)
        pen.box((left + 0.3, plane.bottom), right - left - 0.6, top - plane.bottom, _BAR)
    inside = (drawn.x >= x[0]) & (drawn.x <= x[1])
    for name, curve in drawn.curves.items():
        dash = (3.0, 2.0) if name == "within" else None
        pen.path(*plane.places(drawn.x[inside], curve[inside]), INK, 1.0, dash)
    _upright(pen, plane, report)
    _value_axis(pen, plane, report)


def _upright(pen: Pen, plane: Plane, report: CapabilityReport) -> None:
    spec = report.view.result.spec
    for name, value in (("LSL", spec.lsl), ("Target", spec.target), ("USL", spec.usl)):
        if value is None:
            continue
        x = plane.at_x(value)
        pen.line((x, plane.bottom), (x, plane.top - 9), SPECIFICATION, 1.2, (1.0, 2.2))
        anchor = {"LSL": "start", "USL": "end"}.get(name, "middle")
        pen.text((x, plane.top - 7), f"{name} {value:.6g}", 7, SPECIFICATION_TEXT, anchor)


def _value_axis(pen: Pen, plane: Plane, report: CapabilityReport) -> None:
    marks = [(v, f"{v:,.6g}", "") for v in ticks(*plane.x, 6)]
    plane.draw_x_axis(pen, marks, _unit(report, report.about.name))


def _probability(pen: Pen, report: CapabilityReport, box: _Box) -> None:
    drawn = report.view.probability
    x = span([*drawn.values.tolist(), *drawn.line_values.tolist()], 0.03)
    y = float(drawn.line_scores[0]), float(drawn.line_scores[-1])
    plane = Plane(*box, x, y)
    _title(pen, plane, f"Probability plot: {report.view.result.distribution['name']}")
    low, high = (np.clip(side, *x) for side in (drawn.band_low, drawn.band_high))
    edge = np.concatenate([low, high[::-1]])
    scores = np.concatenate([drawn.line_scores, drawn.line_scores[::-1]])
    across, upward = plane.places(edge, scores)
    pen.area(across.tolist(), upward.tolist(), CHANGE)
    for share, score in (("1 %", -2.326), ("10 %", -1.2816), ("50 %", 0.0), ("90 %", 1.2816),
                         ("99 %", 2.326)):  # fmt: skip
        height = plane.at_y(score)
        pen.line((plane.left, height), (plane.right, height), GRID, 0.5)
        pen.text((plane.left - 4, height - 2.5), share, 7, QUIET, "end")
    pen.path(*plane.places(drawn.line_values, drawn.line_scores), QUIET, 0.9)
    keep = kept_points(drawn.values, limit=400)
    colour = SIMULATED if report.about.simulated else INK
    places = plane.places(drawn.values[keep], drawn.scores[keep])
    for at in zip(*(p.tolist() for p in places), strict=True):
        pen.dot(at, 1.2, colour)
    _value_axis(pen, plane, report)


def _spreads(pen: Pen, report: CapabilityReport, box: _Box) -> None:
    spreads = report.view.spreads
    ends = [v for s in spreads for v in (s.low, s.high) if v is not None]
    plane = Plane(*box, span(ends, 0.06), (0.0, float(len(spreads))))
    _title(pen, plane, "Spread of the process and what is allowed")
    for row, spread in enumerate(reversed(spreads)):
        height = plane.at_y(row + 0.5) - 5
        allowed = spread.name == "specification"
        low = plane.left if spread.low is None else plane.at_x(spread.low)
        high = plane.right if spread.high is None else plane.at_x(spread.high)
        colour = SPECIFICATION if allowed else INK
        pen.line((low, height), (high, height), colour, 2.4, (1.0, 2.2) if allowed else None)
        told = [spread.name.capitalize()]
        if spread.low is not None:
            told.append(f"from {number(spread.low)}")
        if spread.high is not None:
            told.append(f"to {number(spread.high)}")
        ink = SPECIFICATION_TEXT if allowed else INK
        pen.text(((low + high) / 2, height + 5), " ".join(told), 7.5, ink, "middle")
    _value_axis(pen, plane, report)
