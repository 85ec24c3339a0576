"""Any control chart as a vector drawing: its panels below each other, points numbered alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.spc import Panel
from twin.reporting.drawing.levels import (
    Level,
    centre_level,
    control_level,
    draw_levels,
    specification_level,
)
from twin.reporting.drawing.marks import draw_excluded, draw_points, draw_signals
from twin.reporting.drawing.pen import CHANGE, CONTROL_TEXT, INK, QUIET, Pen, text_width
from twin.reporting.drawing.plane import Plane, span, ticks
from twin.reporting.drawing.thinning import DRAWN_POINTS, kept_points
from twin.reporting.subjects import ChartReport
from twin.reporting.wording import number, statistic_name

__all__ = [
    "PanelPlace",
    "axis_title",
    "control_drawing",
    "draw_panel",
    "drawn_points",
    "panel_range",
]

_FIRST, _OTHER = 190.0, 92.0
_HEAD, _FOOT = 20.0, 32.0
_LEFT, _LABEL_ROOM = 40.0, 12.0
_WIDEST = 3.0
_WITHOUT_UNIT = frozenset(
    ("p", "np", "c", "u", "laney_p", "laney_u", "g", "t", "t2", "t2_individuals", "mewma",
     "mcusum", "spe", "det_s", "zone", "z")
)  # fmt: skip


@dataclass(frozen=True)
class PanelPlace:
    """Where a panel is drawn, in points, and whether it bears the numbers of the points."""

    left: float
    bottom: float
    width: float
    height: float
    numbered: bool


def control_drawing(report: ChartReport, width: float) -> Any:
    """All panels of a chart.

    Parameters
    ----------
    width : float
        In points.

    Returns
    -------
    Drawing
    """
    panels = report.result.panels
    heights = [_FIRST, *[_OTHER] * (len(panels) - 1)]
    total = sum(heights) + _HEAD * len(panels) + _FOOT
    pen = Pen(width, total)
    room = max(_label_width(report, panel) for panel in panels)
    top = total
    for panel, height in zip(panels, heights, strict=True):
        top -= _HEAD + height
        last = panel is panels[-1]
        draw_panel(pen, report, panel, PanelPlace(_LEFT, top, width - _LEFT - room, height, last))
    return pen.drawing


def draw_panel(pen: Pen, report: ChartReport, panel: Panel, place: PanelPlace) -> None:
    """One panel with its title above it."""
    n, about = report.result.n, report.about
    keep = drawn_points(report, panel)
    margin = max(0.5, 0.012 * n)
    plane = Plane(
        place.left, place.bottom, place.width, place.height,
        (1 - margin, n + margin), panel_range(report, panel),
    )  # fmt: skip
    first = panel is report.result.panels[0]
    if first:
        _draw_change(pen, report, panel, plane)
    plane.draw_y_axis(pen, 6 if place.height > 150 else 4)
    _draw_stages(pen, report, plane, named=first)
    pen.text((plane.left, plane.top + 7), axis_title(report, panel), 8.5, INK, bold=True)
    draw_levels(pen, plane, _levels(report, panel), keep, about.printed_unit)
    draw_points(pen, plane, panel.points, keep, simulated=about.simulated)
    draw_excluded(pen, plane, report.result, panel)
    draw_signals(pen, plane, report.result, panel)
    if place.numbered:
        plane.draw_x_axis(pen, _marks(report), report.x_title)
    else:
        plane.draw_x_axis(pen, [])


def drawn_points(report: ChartReport, panel: Panel) -> NDArray[np.int64]:
    """Indices, from 0, of the points of a panel that are drawn."""
    signalled = [s.point - 1 for s in report.result.signals if s.panel == panel.statistic]
    always = [*signalled, *(point - 1 for point in report.result.excluded)]
    return kept_points(panel.points, always, DRAWN_POINTS)


def panel_range(report: ChartReport, panel: Panel) -> tuple[float, float]:
    """Lowest and highest value of a panel's axis.

    Specification limits belong to it unless they would leave the points a third of the height.
    """
    lines = [e for level in _control_levels(panel) for e in level.extent]
    finite = panel.points[np.isfinite(panel.points)]
    seen = [float(finite.min()), float(finite.max())] if finite.size else []
    low, high = span([*lines, *seen], 0.1)
    for limit in _specification(report, panel).values():
        wider = min(low, limit), max(high, limit)
        if wider[1] - wider[0] <= _WIDEST * (high - low):
            low, high = span([low, high, limit], 0.03)
    return low, high


def axis_title(report: ChartReport, panel: Panel) -> str:
    """What a panel plots, with its unit."""
    name = statistic_name(panel.statistic, report.result.chart)
    unit = report.about.printed_unit
    if panel.statistic.startswith("cusum"):
        unit = "sigma"
    elif panel.statistic in _WITHOUT_UNIT:
        unit = ""
    return f"{name}, {unit}" if unit else name


def _specification(report: ChartReport, panel: Panel) -> dict[str, float]:
    if report.result.chart != "i_mr" or panel is not report.result.panels[0]:
        return {}
    limits = {"LSL": report.lsl, "USL": report.usl}
    return {name: value for name, value in limits.items() if value is not None}


def _control_levels(panel: Panel) -> list[Level]:
    levels = [] if panel.centre_line is None else [centre_level(panel.centre_line)]
    limits = (("LCL", panel.lcl), ("UCL", panel.ucl))
    return levels + [control_level(name, value) for name, value in limits if value is not None]


def _levels(report: ChartReport, panel: Panel) -> list[Level]:
    specified = _specification(report, panel).items()
    return [*(specification_level(n, v) for n, v in specified), *_control_levels(panel)]


def _label_width(report: ChartReport, panel: Panel) -> float:
    low, high = panel_range(report, panel)
    texts = []
    for level in _levels(report, panel):
        beyond = ", above" if not low <= level.last <= high else ""
        texts.append(f"{level.name} {number(level.last)} {report.about.printed_unit}{beyond}")
    return _LABEL_ROOM + max((text_width(text, 7.5) for text in texts), default=0.0)


def _draw_change(pen: Pen, report: ChartReport, panel: Panel, plane: Plane) -> None:
    change = report.change(panel.statistic)
    if change is None:
        return
    left, right = plane.at_x(change.low - 0.5), plane.at_x(change.high + 0.5)
    pen.box((left, plane.bottom), max(1.5, right - left), plane.height, CHANGE)
    when = f"{change.point}, between {change.low} and {change.high}"
    text = f"change began at {change.point if change.low == change.high else when}"
    pen.text((plane.right, plane.top + 7), text, 7, CONTROL_TEXT, "end")


def _draw_stages(pen: Pen, report: ChartReport, plane: Plane, *, named: bool) -> None:
    """Where Phase I ends, or, in a chart with stages, where each of them begins."""
    stages, phase1 = report.result.extras.get("stages"), report.result.phase1
    if stages:
        starts = [(int(stage["first"]), str(stage["stage"]), "start") for stage in stages]
    else:
        starts = [(phase1 + 1, "Phase I", "end")] if 1 <= phase1 < report.result.n else []
    for first, name, anchor in starts:
        x = plane.at_x(first - 0.5)
        if first > 1:
            pen.line((x, plane.bottom), (x, plane.top), QUIET, 0.7, (1, 2))
        if named:
            shift = -3 if anchor == "end" else 3
            pen.text((x + shift, plane.top - 6), name, 6.5, QUIET, anchor)


def _marks(report: ChartReport) -> list[tuple[float, str, str]]:
    n, zone = report.result.n, report.about.zone
    if not report.times:
        return [(point, f"{point:,.0f}", "") for point in ticks(1, n, 9) if point == int(point)]
    at = sorted({round(1 + i * (n - 1) / 4) for i in range(5)})
    return [
        (point, f"{point:,}", f"{report.times[point - 1].astimezone(zone):%d %b %H:%M}")
        for point in at
    ]
