"""Points of a control chart: measured, excluded and signalled, each with its own mark."""

from __future__ import annotations

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from process_models.spc import ChartResult, Panel
from twin.reporting.drawing.pen import CONTROL, CONTROL_TEXT, INK, PAPER, SIMULATED, Pen, text_width
from twin.reporting.drawing.plane import Plane
from twin.reporting.wording import rule_name

__all__ = ["draw_excluded", "draw_points", "draw_signals"]

_MANY, _LINE_ONLY = 150, 600
_NAME_SIZE = 7.0


def draw_points(
    pen: Pen,
    plane: Plane,
    values: NDArray[np.float64],
    keep: NDArray[np.int64],
    *,
    simulated: bool,
) -> None:
    """Dark points and a thin line; simulated ones lighter, very many as a line only."""
    colour = SIMULATED if simulated else INK
    x, y = plane.places(keep.astype(np.float64) + 1.0, values[keep])
    pen.path(x, y, colour, 0.6 if len(keep) <= _LINE_ONLY else 0.4)
    if len(keep) > _LINE_ONLY:
        return
    radius = 1.7 if len(keep) <= _MANY else 1.0
    for at in zip(x.tolist(), y.tolist(), strict=True):
        if np.isfinite(at[1]):
            pen.dot(at, radius, colour)


def draw_excluded(pen: Pen, plane: Plane, result: ChartResult, panel: Panel) -> None:
    """Hollow points: drawn, but left out of the limits."""
    signalled = {s.point for s in result.signals if s.panel == panel.statistic}
    for point in result.excluded:
        value = panel.points[point - 1]
        if point not in signalled and np.isfinite(value):
            pen.dot((plane.at_x(point), plane.at_y(value)), 2.5, PAPER, INK)


def draw_signals(pen: Pen, plane: Plane, result: ChartResult, panel: Panel) -> None:
    """Filled diamonds with the short names of their rules; hollow where also excluded.

    Where there is no room for every name, the first of a crowd has one.
    """
    ordered = sorted(
        (s for s in result.signals if s.panel == panel.statistic), key=lambda s: s.point
    )
    centre = float(np.nanmedian(panel.points)) if ordered else 0.0
    excluded, free = set(result.excluded), {True: -np.inf, False: -np.inf}
    for point, same in groupby(ordered, key=lambda s: s.point):
        value = float(panel.points[point - 1])
        if not np.isfinite(value):
            continue
        at = plane.at_x(point), plane.at_y(value)
        pen.diamond(at, 3.0, PAPER if point in excluded else CONTROL)
        name = _names([s.rule for s in same])
        half, above = text_width(name, _NAME_SIZE) / 2 + 1.5, value >= centre
        x = min(max(at[0], plane.left + half), plane.right - half)
        if x - half >= free[above]:
            pen.text((x, at[1] + (5 if above else -10)), name, _NAME_SIZE, CONTROL_TEXT, "middle")
            free[above] = x + half


def _names(rules: list[str]) -> str:
    """Short names; that the point is beyond its limit, which is seen, only where it is all."""
    telling = [rule for rule in rules if rule != "beyond_limits"] or rules
    return " ".join(dict.fromkeys(rule_name(rule) for rule in telling))
