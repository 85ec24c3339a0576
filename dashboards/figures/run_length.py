"""How long charts run: the curve of one, and the false alarms and delays of a whole plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.formatting import number, safe
from dashboards.theme import Palette, new_figure
from process_models.run_length.operating import OperatingCurve

__all__ = ["CostOfChart", "delay_changes", "false_alarm_bars", "run_length_curve"]

_LONGEST = 1e15


@dataclass(frozen=True, slots=True)
class CostOfChart:
    """A chart of a plan: false alarms a week and hours of delay, now and as proposed."""

    name: str
    alarms: float
    delay_h: float
    proposed_alarms: float | None = None
    proposed_delay_h: float | None = None


def run_length_curve(curve: OperatingCurve, palette: Palette) -> go.Figure:
    """Points until a signal against the shift of the mean: the average and where most runs lie."""
    figure = new_figure(
        palette,
        title="Points until a signal",
        x="Shift of the mean, standard deviations of single readings",
        y="Run length, points (logarithmic)",
        height=430,
    )
    quantiles = curve.lengths.quantiles
    for low, high, colour in (("0.1", "0.9", palette.band90), ("0.25", "0.75", palette.band50)):
        if low in quantiles and high in quantiles:
            share = f"{float(high) - float(low):.0%} of the runs"
            _band(figure, curve, (quantiles[low], quantiles[high]), share, colour)
    if "0.5" in quantiles:
        _line(figure, curve, quantiles["0.5"], "median", palette, dash="dot")
    _line(figure, curve, curve.lengths.arl, "average (ARL)", palette, dash="solid")
    _name_first(figure, curve, palette)
    figure.update_yaxes(type="log", dtick=1, minor={"ticks": "", "showgrid": False})
    figure.update_layout(showlegend=True, margin_t=56)
    return figure


def _finite(lengths: Sequence[float]) -> list[float | None]:
    return [length if 0 < length < _LONGEST else None for length in lengths]


def _band(
    figure: go.Figure,
    curve: OperatingCurve,
    bounds: tuple[Sequence[float], Sequence[float]],
    name: str,
    colour: str,
) -> None:
    lows, highs = (_finite(lengths) for lengths in bounds)
    both = zip(curve.shifts, lows, highs, strict=True)
    known = [(x, low, high) for x, low, high in both if low is not None and high is not None]
    figure.add_scatter(
        x=[*(x for x, _, _ in known), *(x for x, _, _ in reversed(known))],
        y=[*(high for _, _, high in known), *(low for _, low, _ in reversed(known))],
        fill="toself",
        mode="lines",
        fillcolor=colour,
        line={"width": 0},
        hoverinfo="skip",
        name=name,
    )


def _line(
    figure: go.Figure,
    curve: OperatingCurve,
    lengths: Sequence[float],
    name: str,
    palette: Palette,
    *,
    dash: str,
) -> None:
    heights = _finite(lengths)
    solid = dash == "solid"
    figure.add_scatter(
        x=curve.shifts,
        y=heights,
        mode="lines+markers" if solid else "lines",
        name=name,
        line={"color": palette.forecast, "width": 2 if solid else 1.4, "dash": dash},
        marker={"size": 6, "color": palette.forecast},
        hovertext=[
            f"shift {number(shift)}: {number(length)} points, "
            f"{number(None if length is None else length * curve.interval_h)} h ({name})"
            for shift, length in zip(curve.shifts, heights, strict=True)
        ],
        hoverinfo="text",
    )


def _name_first(figure: go.Figure, curve: OperatingCurve, palette: Palette) -> None:
    if curve.arl0 < _LONGEST:
        figure.add_annotation(
            x=0,
            y=math.log10(curve.arl0),
            text=f"in control {number(curve.arl0)}",
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            xshift=6,
            yshift=4,
            font={"size": 12, "color": palette.ink},
        )


def false_alarm_bars(costs: Sequence[CostOfChart], palette: Palette) -> go.Figure:
    """False alarms a week that each chart of the plan is expected to raise."""
    figure = _of_plan("False alarms a week, by chart", "False alarms a week", costs, palette)
    names = [safe(cost.name) for cost in costs]
    figure.add_bar(
        y=names,
        x=[cost.alarms for cost in costs],
        orientation="h",
        name="now",
        marker={"color": palette.quiet, "opacity": 0.55},
        hovertemplate="%{y}: %{x:.3g} a week now<extra></extra>",
    )
    if any(cost.proposed_alarms is not None for cost in costs):
        figure.add_bar(
            y=names,
            x=[cost.proposed_alarms for cost in costs],
            orientation="h",
            name="proposed",
            marker={"color": palette.forecast},
            hovertemplate="%{y}: %{x:.3g} a week proposed<extra></extra>",
        )
        figure.update_layout(barmode="group", bargap=0.28, bargroupgap=0.08)
    return figure


def delay_changes(costs: Sequence[CostOfChart], palette: Palette, *, shift: float) -> go.Figure:
    """Hours from a shift to its signal at each chart, now and as proposed."""
    figure = _of_plan(
        f"Delay until a shift of {shift:g} sigma is seen",
        "Hours, on average (logarithmic)",
        costs,
        palette,
    )
    for cost in costs:
        if cost.proposed_delay_h is not None:
            figure.add_scatter(
                x=[cost.delay_h, cost.proposed_delay_h],
                y=[safe(cost.name)] * 2,
                mode="lines",
                line={"color": palette.quiet, "width": 1.2},
                hoverinfo="skip",
                showlegend=False,
            )
    for name, delays, symbol, colour in (
        ("now", [cost.delay_h for cost in costs], "circle-open", palette.ink),
        ("proposed", [cost.proposed_delay_h for cost in costs], "circle", palette.forecast),
    ):
        if any(delay is not None for delay in delays):
            figure.add_scatter(
                x=delays,
                y=[safe(cost.name) for cost in costs],
                mode="markers",
                name=name,
                marker={"symbol": symbol, "size": 10, "color": colour, "line": {"width": 1.6}},
                hovertemplate=f"%{{y}}: %{{x:.3g}} h {name}<extra></extra>",
            )
    figure.update_xaxes(type="log", dtick=1)
    return figure


def _of_plan(title: str, x: str, costs: Sequence[CostOfChart], palette: Palette) -> go.Figure:
    figure = new_figure(palette, title=title, x=x, y="", height=120 + 30 * len(costs))
    figure.update_yaxes(autorange="reversed")
    figure.update_layout(
        showlegend=True,
        legend={"yref": "paper", "y": 1, "yanchor": "bottom", "x": 0},
        margin_t=74,
    )
    return figure
