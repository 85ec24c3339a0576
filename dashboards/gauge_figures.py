"""Figures of a gauge study: where variation comes from, and the measurements themselves."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from dashboards.figures import ChartLabels, control_chart
from dashboards.formatting import number, safe, unit_name, words
from dashboards.theme import Palette, new_figure
from process_models.gauge import Cells, GaugeStudy

__all__ = ["by_operator", "by_part", "components", "range_chart"]

_SHOWN = ("part", "gauge", "repeatability", "reproducibility")
_THRESHOLDS = (10, 30)  # percent, of AIAG
_SYMBOLS = ("circle", "square", "triangle-up", "cross", "star", "hexagon")


def components(study: GaugeStudy, palette: Palette, *, simulated: bool = False) -> go.Figure:
    """Share of the study variation that each component takes, with its interval."""
    names = list(reversed(_SHOWN))
    shares, limits = study.percent_study, study.study_limits
    figure = new_figure(
        palette,
        title=f"Components of variation{_mark(simulated)}",
        x="Share of the study variation, %",
        y="",
        height=300,
    )
    for level in _THRESHOLDS:
        line = {"color": palette.quiet, "dash": "dot", "width": 1.2}
        figure.add_vline(x=level, line=line)
        figure.add_annotation(
            x=level, y=1, yref="paper", yanchor="bottom", showarrow=False, text=f"{level} %",
            font={"size": 11, "color": palette.quiet},
        )  # fmt: skip
    figure.add_bar(
        x=[shares[name] for name in names],
        y=[words(name) for name in names],
        orientation="h",
        marker={"color": palette.simulated if simulated else palette.ink, "opacity": 0.45},
        error_x={
            "type": "data",
            "symmetric": False,
            "color": palette.ink,
            "thickness": 1.4,
            "width": 4,
            "array": [limits[name].high - shares[name] for name in names],
            "arrayminus": [shares[name] - limits[name].low for name in names],
        },
        hovertext=[
            f"{words(n)} {number(shares[n])} % ({number(limits[n].low)} to "
            f"{number(limits[n].high)} %)" for n in names
        ],
        hoverinfo="text",
    )  # fmt: skip
    figure.update_xaxes(range=[0, 105])
    return figure


def by_part(drawn: Cells, labels: ChartLabels, palette: Palette) -> go.Figure:
    """Means of every part, one line an operator: parallel lines mean no interaction."""
    figure = _measurements(f"{safe(labels.name)} by part", "Part", labels, palette)
    parts = list(dict.fromkeys(drawn.parts))
    means = drawn.means
    for number_, operator in enumerate(dict.fromkeys(drawn.operators)):
        at = [i for i, name in enumerate(drawn.operators) if name == operator]
        symbol = _SYMBOLS[number_ % len(_SYMBOLS)]
        figure.add_scatter(
            x=[safe(drawn.parts[i]) for i in at],
            y=means[at],
            mode="lines+markers",
            name=safe(operator),
            line={"color": _colour(labels, palette), "width": 0.9},
            marker={"symbol": symbol, "size": 8, "color": _colour(labels, palette)},
            hovertemplate="%{x}: mean %{y:.4g}<extra>" + safe(operator) + "</extra>",
        )
    figure.update_xaxes(
        type="category", categoryorder="array", categoryarray=list(map(safe, parts))
    )
    figure.update_layout(showlegend=True)
    return figure


def by_operator(drawn: Cells, labels: ChartLabels, palette: Palette) -> go.Figure:
    """Every measurement of each operator, and the mean of all of them."""
    figure = _measurements(f"{safe(labels.name)} by operator", "Operator", labels, palette)
    operators = list(dict.fromkeys(drawn.operators))
    means = []
    for operator in operators:
        at = [i for i, name in enumerate(drawn.operators) if name == operator]
        values = drawn.values[at].ravel()
        values = values[np.isfinite(values)]
        means.append(float(values.mean()))
        figure.add_scatter(
            x=[safe(operator)] * len(values), y=values, mode="markers", showlegend=False,
            marker={"color": _colour(labels, palette), "size": 6, "opacity": 0.45},
            hovertemplate="%{y:.4g}<extra>" + safe(operator) + "</extra>",
        )  # fmt: skip
    figure.add_scatter(
        x=[safe(operator) for operator in operators], y=means, mode="lines+markers", name="mean",
        line={"color": palette.ink, "width": 1.4},
        marker={"symbol": "line-ew-open", "size": 26, "color": palette.ink},
        hovertemplate="%{x}: mean %{y:.4g}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(type="category")
    return figure


def range_chart(drawn: Cells, labels: ChartLabels, palette: Palette) -> go.Figure | None:
    """Ranges of repeated measurements, operator by operator, within their control limits.

    None where nothing was measured twice.
    """
    if drawn.chart is None:
        return None
    figure = control_chart(drawn.chart, labels, palette, panel=1)
    figure.update_layout(
        title_text=f"Ranges of repeated measurements{_mark(labels.simulated)}", height=300
    )
    operators = np.array(drawn.operators)
    starts = [int(np.flatnonzero(operators == name)[0]) for name in dict.fromkeys(operators)]
    ends = [*starts[1:], len(operators)]
    for start in starts[1:]:
        line = {"color": palette.grid, "width": 1.5}
        figure.add_vline(x=start + 0.5, line=line, layer="below")
    figure.update_xaxes(
        title_text="Parts, operator by operator",
        tickvals=[(start + end + 1) / 2 for start, end in zip(starts, ends, strict=True)],
        ticktext=[safe(operators[start]) for start in starts],
    )
    return figure


def _measurements(title: str, x: str, labels: ChartLabels, palette: Palette) -> go.Figure:
    unit = unit_name(labels.unit)
    axis = f"{safe(labels.name)}, {safe(unit)}" if unit else safe(labels.name)
    return new_figure(palette, title=title + _mark(labels.simulated), x=x, y=axis, height=340)


def _colour(labels: ChartLabels, palette: Palette) -> str:
    return palette.simulated if labels.simulated else palette.ink


def _mark(simulated: bool) -> str:
    return ", simulated data" if simulated else ""
