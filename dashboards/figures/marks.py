"""Points of a control chart: measured, excluded and signalled, each with its own mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboards.formatting import clock, number, rule_meaning, rule_name, safe, unit_name
from dashboards.theme import Palette
from process_models.spc import Panel, Signal

__all__ = [
    "ChartLabels",
    "Drawn",
    "add_excluded",
    "add_points",
    "add_signals",
    "add_time_ticks",
    "unit_of",
]

_NAMES_ACROSS = 22
_WITHOUT_UNIT = frozenset(
    ("p", "np", "c", "u", "laney_p", "laney_u", "g", "t", "t2", "mewma", "mcusum", "spe", "det_s")
)


@dataclass(frozen=True, kw_only=True)
class ChartLabels:
    """What a chart is about, in words.

    Attributes
    ----------
    name, unit : str
        Of the characteristic.
    times : sequence of datetime
        Of the points; empty where points have no time.
    lots : sequence of str
        Of the points; empty where points have none.
    simulated : bool
        Whether the data were made by a simulation; then the title says so.
    zone : tzinfo
        The site's zone.
    """

    name: str
    unit: str = ""
    times: Sequence[datetime] = ()
    lots: Sequence[str] = ()
    simulated: bool = False
    zone: tzinfo = UTC


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is drawn of a panel: the points kept (from 0), signals, and the window (from 1)."""

    panel: Panel
    keep: NDArray[np.int64]
    signals: tuple[Signal, ...]
    excluded: tuple[int, ...]
    window: tuple[int, int]


def unit_of(panel: Panel, labels: ChartLabels) -> str:
    """Unit of a panel's axis: sigma for sums of deviations, none for counts and distances."""
    if panel.statistic.startswith("cusum"):
        return "sigma"
    return "" if panel.statistic in _WITHOUT_UNIT else unit_name(labels.unit)


def add_points(figure: go.Figure, drawn: Drawn, labels: ChartLabels, palette: Palette) -> None:
    """Dark points and a thin line; simulated ones lighter."""
    colour = palette.simulated if labels.simulated else palette.ink
    figure.add_scatter(
        x=drawn.keep + 1,
        y=drawn.panel.points[drawn.keep],
        mode="lines+markers",
        connectgaps=False,
        line={"color": colour, "width": 0.9},
        marker={"color": colour, "size": 5.5 if len(drawn.keep) <= 300 else 3.5},
        hovertext=_hover(drawn, drawn.keep.tolist(), labels),
        hoverinfo="text",
        name="points",
    )


def add_excluded(figure: go.Figure, drawn: Drawn, palette: Palette) -> None:
    """Hollow points: drawn, but left out of the limits; signalled ones are hollow diamonds."""
    signalled = {signal.point for signal in drawn.signals}
    points = [point for point in drawn.excluded if point not in signalled]
    if not points:
        return
    edge = {"color": palette.ink, "width": 1.4}
    figure.add_scatter(
        x=points,
        y=drawn.panel.points[np.array(points) - 1],
        mode="markers",
        name="excluded",
        marker={"color": palette.surface, "size": 8, "line": edge},
        hovertext=[f"Point {p}: left out of the limits" for p in points],
        hoverinfo="text",
    )


def add_signals(figure: go.Figure, drawn: Drawn, labels: ChartLabels, palette: Palette) -> None:
    """Filled diamonds that bear the short names of their rules, away from the centre."""
    if not drawn.signals:
        return
    ordered = sorted(drawn.signals, key=lambda s: s.point)
    rules = {point: [s.rule for s in same] for point, same in groupby(ordered, lambda s: s.point)}
    hover = _hover(drawn, [point - 1 for point in rules], labels)
    heights = drawn.panel.points[np.array(list(rules)) - 1]
    centre = np.nanmedian(drawn.panel.points)
    left_out = set(drawn.excluded)
    edge = {"color": palette.control, "width": 1.5}
    figure.add_scatter(
        x=list(rules),
        y=heights,
        mode="markers+text",
        name="signals",
        marker={
            "symbol": "diamond",
            "color": [palette.surface if p in left_out else palette.control for p in rules],
            "line": edge,
            "size": 8,
        },
        text=_named(rules, drawn.window),
        textposition=["top center" if y >= centre else "bottom center" for y in heights],
        textfont={"size": 11, "color": palette.control_text},
        hovertext=[
            f"{text}<br>{'; '.join(rule_meaning(r) for r in names)}"
            for text, names in zip(hover, rules.values(), strict=True)
        ],
        hoverinfo="text",
        cliponaxis=False,
    )


def add_time_ticks(figure: go.Figure, drawn: Drawn, labels: ChartLabels, steps: int) -> None:
    """A few points bear their time below their number, and the axis spans the window."""
    first, last = drawn.window
    figure.update_xaxes(range=[first - 0.5 - 0.01 * (last - first), last + 0.5])
    if len(labels.times) < last:
        return
    at = sorted({round(first + i * (last - first) / steps) for i in range(steps + 1)})
    texts = [f"{point}<br>{clock(labels.times[point - 1], labels.zone)}" for point in at]
    figure.update_xaxes(tickvals=at, ticktext=texts, tickangle=0)


def _hover(drawn: Drawn, points: Sequence[int], labels: ChartLabels) -> list[str]:
    unit, values = safe(unit_of(drawn.panel, labels)), drawn.panel.points
    return [
        "<br>".join([f"Point {i + 1}: <b>{number(values[i], 4)}</b> {unit}", *_where(labels, i)])
        for i in points
    ]


def _where(labels: ChartLabels, point: int) -> list[str]:
    texts: list[str] = []
    if len(labels.lots) > point:
        texts.append(f"Lot {safe(labels.lots[point])}")
    if len(labels.times) > point:
        moment: Any = labels.times[point]
        utc = moment.astimezone(UTC)
        texts.append(f"{clock(moment, labels.zone)} ({utc:%d %b %H:%M:%S} UTC)")
    return texts


def _named(rules: dict[int, list[str]], window: tuple[int, int]) -> list[str]:
    """Short names beside the signals; where there is no room for all, beside the first."""
    room = (window[1] - window[0]) / _NAMES_ACROSS
    texts, named = [], float("-inf")
    for point, names in rules.items():
        text = " ".join(dict.fromkeys(rule_name(rule) for rule in names))
        texts.append(text if point - named >= room else "")
        named = point if texts[-1] else named
    return texts
