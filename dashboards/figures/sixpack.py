"""The six panels of a capability study in one figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.figures.capability import Specified
from dashboards.formatting import number, safe, unit_name
from dashboards.theme import Palette, new_figure
from process_models.capability import CapabilitySixpack
from process_models.spc import ChartResult

__all__ = ["capability_sixpack_figure"]

_CHARTS = {
    "xbar": "Means of subgroups",
    "r": "Ranges of subgroups",
    "s": "Standard deviations of subgroups",
    "individual": "Single values",
    "moving_range": "Moving ranges",
}
_CHART_AT = ((1, 1), (2, 1))
_LAST_AT, _HISTOGRAM_AT, _PROBABILITY_AT, _SPREAD_AT = (3, 1), (1, 2), (2, 2), (3, 2)
_TICKS = (0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999)
_TICK_SCORES = (-3.0902, -2.3263, -1.6449, -0.8416, 0.0, 0.8416, 1.6449, 2.3263, 3.0902)


def capability_sixpack_figure(
    view: CapabilitySixpack, about: Specified, palette: Palette, *, height: int = 960
) -> go.Figure:
    """Control charts, last subgroups, histogram, probability plot and spread of one study.

    Parameters
    ----------
    view : CapabilitySixpack
    about : Specified
        The characteristic in words.
    palette : Palette
    height : int
        In pixels.
    """
    mark = ", simulated data" if about.simulated else ""
    title = f"{safe(about.name)}: six panels{mark}"
    figure = _frame(title, _titles(view), height, palette)
    unit = safe(unit_name(about.unit))
    named = f"{safe(about.name)}, {unit}" if unit else safe(about.name)
    ink = palette.simulated if about.simulated else palette.ink
    for panel, at in enumerate(_CHART_AT):
        _chart(figure, view.chart, panel, at, ink, palette)
    _last(figure, view, ink, palette)
    _histogram(figure, view, ink, palette)
    _probability(figure, view, ink, palette)
    _spread(figure, view, palette)
    figure.update_yaxes(title_text=named, row=_LAST_AT[0], col=_LAST_AT[1])
    for row, column in (_HISTOGRAM_AT, _PROBABILITY_AT, _SPREAD_AT):
        figure.update_xaxes(title_text=named, row=row, col=column)
    return figure


def _frame(title: str, titles: Sequence[str], height: int, palette: Palette) -> go.Figure:
    plain = new_figure(palette, title=title, x="", y="", height=height).layout.to_plotly_json()
    figure = make_subplots(
        rows=3, cols=2, subplot_titles=titles, vertical_spacing=0.11, horizontal_spacing=0.1
    )
    figure.update_layout({k: v for k, v in plain.items() if not k.endswith("axis")})
    figure.update_layout(margin={"t": 76, "b": 48}, bargap=0)
    figure.update_annotations(font={"size": 13, "color": palette.ink})
    axis = {"gridcolor": palette.grid, "linecolor": palette.grid, "zeroline": False}
    small = {"color": palette.quiet, "size": 11}
    named = {"font": {"color": palette.quiet, "size": 12}}
    figure.update_xaxes(**axis, tickfont=small, title=named, title_standoff=4)
    figure.update_yaxes(**axis, tickfont=small, title=named)
    return figure


def _titles(view: CapabilitySixpack) -> tuple[str, ...]:
    first, second = (_CHARTS[panel.statistic] for panel in view.chart.panels[:2])
    groups = "subgroups" if view.chart.chart.startswith("xbar") else "values"
    last = len(np.unique(view.last.numbers))
    described = view.result.distribution
    p = described.get("p")
    fit = str(described["name"]) + ("" if p is None else f", p {number(p)}")
    return (
        first,
        "Values and fitted curve",
        second,
        f"Probability plot: {fit}",
        f"Last {last} {groups}",
        "Spread of the process and specification",
    )


def _chart(
    figure: go.Figure,
    result: ChartResult,
    at: int,
    place: tuple[int, int],
    ink: str,
    palette: Palette,
) -> None:
    panel = result.panels[at]
    x = np.arange(1, len(panel.points) + 1)
    for level, style in (
        (panel.centre_line, {"color": palette.quiet, "width": 1.3}),
        (panel.lcl, {"color": palette.control, "width": 1.3, "dash": "dash"}),
        (panel.ucl, {"color": palette.control, "width": 1.3, "dash": "dash"}),
    ):
        if level is not None:
            heights = np.broadcast_to(np.asarray(level, dtype=np.float64), x.shape)
            _line(figure, place, x, heights, {**style, "shape": "hvh"})
    signalled = [s.point for s in result.signals if s.panel == panel.statistic]
    figure.add_scatter(
        x=x,
        y=panel.points,
        mode="lines+markers",
        line={"color": ink, "width": 0.9},
        marker={"color": ink, "size": 4},
        row=place[0],
        col=place[1],
    )
    figure.add_scatter(
        x=signalled,
        y=panel.points[np.array(signalled, dtype=int) - 1],
        mode="markers",
        marker={"color": palette.control, "size": 9, "symbol": "diamond"},
        row=place[0],
        col=place[1],
    )


def _last(figure: go.Figure, view: CapabilitySixpack, ink: str, palette: Palette) -> None:
    row, column = _LAST_AT
    last = view.last
    ends = np.array([last.numbers[0] - 0.5, last.numbers[-1] + 0.5])
    _line(figure, _LAST_AT, ends, np.repeat(last.mean, 2), {"color": palette.quiet, "width": 1.3})
    figure.add_scatter(
        x=last.numbers,
        y=last.values,
        mode="markers",
        marker={"color": ink, "size": 5, "opacity": 0.75},
        row=row,
        col=column,
    )


def _histogram(figure: go.Figure, view: CapabilitySixpack, ink: str, palette: Palette) -> None:
    row, column = _HISTOGRAM_AT
    drawn = view.histogram
    figure.add_bar(
        x=(drawn.edges[1:] + drawn.edges[:-1]) / 2,
        y=drawn.counts,
        width=np.diff(drawn.edges) * 0.94,
        marker={"color": ink, "opacity": 0.45},
        hovertemplate="%{x:.4g}: %{y} values<extra></extra>",
        row=row,
        col=column,
    )
    for name, curve in drawn.curves.items():
        dash = "solid" if name == "overall" else "dash"
        _line(figure, _HISTOGRAM_AT, drawn.x, curve, {"color": palette.ink, "dash": dash})
    _specification(figure, view, _HISTOGRAM_AT, palette)


def _probability(figure: go.Figure, view: CapabilitySixpack, ink: str, palette: Palette) -> None:
    row, column = _PROBABILITY_AT
    plot = view.probability
    for band in (plot.band_low, plot.band_high):
        style = {"color": palette.quiet, "width": 1, "dash": "dot"}
        _line(figure, _PROBABILITY_AT, band, plot.line_scores, style)
    straight = {"color": palette.quiet, "width": 1.4}
    _line(figure, _PROBABILITY_AT, plot.line_values, plot.line_scores, straight)
    figure.add_scatter(
        x=plot.values,
        y=plot.scores,
        mode="markers",
        marker={"color": ink, "size": 4},
        customdata=100 * plot.shares,
        hovertemplate="%{x:.4g}: %{customdata:.1f} % below<extra></extra>",
        row=row,
        col=column,
    )
    texts = [f"{100 * share:g} %" for share in _TICKS]
    figure.update_yaxes(tickvals=_TICK_SCORES, ticktext=texts, row=row, col=column)


def _spread(figure: go.Figure, view: CapabilitySixpack, palette: Palette) -> None:
    row, column = _SPREAD_AT
    for spread in view.spreads:
        asked = spread.name == "specification"
        colour = palette.specification if asked else palette.ink
        ends = [end for end in (spread.low, spread.high) if end is not None]
        figure.add_scatter(
            x=ends,
            y=[spread.name.capitalize()] * len(ends),
            mode="lines+markers",
            line={"color": colour, "width": 2, "dash": "dot" if asked else "solid"},
            marker={"color": colour, "size": 11, "symbol": "line-ns-open"},
            hovertemplate="%{y} %{x:.4g}<extra></extra>",
            row=row,
            col=column,
        )
    figure.update_yaxes(autorange="reversed", row=row, col=column)


def _specification(
    figure: go.Figure, view: CapabilitySixpack, place: tuple[int, int], palette: Palette
) -> None:
    spec = view.result.spec
    for name, level in (("LSL", spec.lsl), ("Target", spec.target), ("USL", spec.usl)):
        if level is not None:
            figure.add_vline(
                x=level,
                line={"color": palette.specification, "dash": "dot", "width": 1.6},
                annotation={
                    "text": name,
                    "font": {"size": 11, "color": palette.specification_text},
                },
                row=place[0],
                col=place[1],
            )


def _line(
    figure: go.Figure, place: tuple[int, int], x: Any, y: Any, style: Mapping[str, Any]
) -> None:
    figure.add_scatter(
        x=x, y=y, mode="lines", hoverinfo="skip", line=dict(style), row=place[0], col=place[1]
    )
