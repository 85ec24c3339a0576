"""Responses drawn: bands along an input with the evidence upon them, belief beside knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from reportlab.lib.colors import HexColor

from process_models.quality.bands import Bands
from process_models.quality.effects import BestTimes, Effect
from twin.reporting.drawing.evidence import draw_marks
from twin.reporting.drawing.pen import INK, QUIET, SPECIFICATION, Pen
from twin.reporting.drawing.plane import Plane, span, ticks
from twin.reporting.evidence_marks import EvidencePoint
from twin.reporting.wording import label, unit_name

__all__ = ["Response", "best_times_drawing", "effects_drawing", "input_title", "response_drawing"]

_BAND90, _BAND50 = HexColor("#DCEAF4"), HexColor("#B3D1E6")
_PRIOR = HexColor("#B87A00")
_HEIGHT, _HEAD, _FOOT, _ROOM = 190.0, 24.0, 34.0, 40.0


@dataclass(frozen=True, eq=False)
class Response:
    """One plane of responses: bands, evidence upon them, and what the axes mean."""

    title: str
    bands: Bands
    x_title: str
    points: Sequence[EvidencePoint] = ()
    low: float | None = None
    high: float | None = None


def input_title(name: str) -> str:
    """An input with its unit.

    Examples
    --------
    >>> input_title("rolling_pressure_mpa")
    'Rolling pressure, MPa'
    """
    return f"{label(name)}, {unit_name(name.rsplit('_', 1)[1])}"


def response_drawing(response: Response, width: float) -> Any:
    """Median and the 50 and 90 % intervals, with the evidence upon them.

    Returns
    -------
    Drawing
    """
    pen = Pen(width, _HEIGHT)
    bands = response.bands
    tops = [p.high or p.value for p in response.points]
    low, high = span([*bands.low90.tolist(), *bands.high90.tolist(), *tops])
    low = max(0.0, low) if response.low is None else response.low
    y = low, high if response.high is None else response.high
    plane = Plane(_ROOM, _FOOT, width - _ROOM - 8, _HEIGHT - _HEAD - _FOOT, _ends(bands.x), y)
    _axes(pen, plane, response.title, response.x_title)
    _fill(pen, plane, (bands.x, bands.low90, bands.high90), _BAND90)
    _fill(pen, plane, (bands.x, bands.low50, bands.high50), _BAND50)
    pen.path(*plane.places(bands.x, bands.middle), SPECIFICATION, 1.3)
    draw_marks(pen, plane, response.points)
    return pen.drawing


def effects_drawing(effects: Sequence[Effect], width: float) -> Any:
    """Effect of each input side by side: the prior dashed, the posterior as a band.

    Returns
    -------
    Drawing
    """
    pen = Pen(width, _HEIGHT)
    each = width / len(effects)
    values = [v for e in effects for b in (e.prior, e.posterior) for v in (b.low90, b.high90)]
    y = 0.0, span(np.concatenate(values).tolist())[1]
    for place, effect in enumerate(effects):
        left, height = place * each + 28.0, _HEIGHT - _HEAD - _FOOT
        plane = Plane(left, _FOOT, each - 38.0, height, _ends(effect.prior.x), y)
        share = f"prior {100 * effect.prior_share:.0f} %" if effect.prior_share is not None else ""
        _axes(pen, plane, f"{label(effect.name)}: {share}".rstrip(": "), input_title(effect.name))
        after, before = effect.posterior, effect.prior
        _fill(pen, plane, (after.x, after.low90, after.high90), _BAND90)
        pen.path(*plane.places(after.x, after.middle), SPECIFICATION, 1.3)
        for bound in (before.low90, before.high90):
            pen.path(*plane.places(before.x, bound), _PRIOR, 1.0, (4, 2.5))
        pen.path(*plane.places(before.x, before.middle), _PRIOR, 0.8, (1, 2))
    return pen.drawing


def best_times_drawing(found: BestTimes, width: float) -> Any:
    """How likely the best exposure lies in each bin: the prior outlined, the posterior filled.

    Returns
    -------
    Drawing
    """
    pen = Pen(width, _HEIGHT)
    edges = found.edges_s
    top = 1.08 * float(max(found.prior.max(), found.posterior.max()))
    plane = Plane(
        _ROOM, _FOOT, width - _ROOM - 8, _HEIGHT - _HEAD - _FOOT, _ends(edges), (0.0, top)
    )
    _axes(pen, plane, "Probability that the best exposure lies here", "Best sublimation time, s")
    for k, (before, after) in enumerate(zip(found.prior, found.posterior, strict=True)):
        x, right = plane.at_x(edges[k]), plane.at_x(edges[k + 1])
        half = (right - x) / 2 - 1
        pen.box((x + 1, plane.bottom), half, plane.at_y(before) - plane.bottom, None, _PRIOR)
        height = plane.at_y(after) - plane.bottom
        pen.box((x + 1 + half, plane.bottom), half, height, SPECIFICATION)
    return pen.drawing


def _ends(x: NDArray[np.float64]) -> tuple[float, float]:
    return float(x[0]), float(x[-1])


def _axes(pen: Pen, plane: Plane, title: str, x_title: str) -> None:
    pen.text((plane.left - 24, plane.top + 10), title, 8, INK, bold=True)
    plane.draw_y_axis(pen)
    plane.draw_x_axis(pen, [(value, f"{value:g}", "") for value in ticks(*plane.x)], "")
    pen.text((plane.right, plane.bottom - 22), x_title, 7, QUIET, "end")


def _fill(
    pen: Pen,
    plane: Plane,
    drawn: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    colour: Any,
) -> None:
    there = np.isfinite(drawn[1]) & np.isfinite(drawn[2])
    if there.sum() < 2:
        return
    x, low, high = (part[there] for part in drawn)
    across, bottom = plane.places(x, np.clip(low, *plane.y))
    _, top = plane.places(x, np.clip(high, *plane.y))
    pen.area([*across, *across[::-1]], [*bottom, *top[::-1]], colour)
