"""A control chart of any kind, from the one result type that all of them give."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboards.figures.lines import add_level, add_specification
from dashboards.figures.marks import (
    ChartLabels,
    Drawn,
    add_excluded,
    add_points,
    add_signals,
    add_time_ticks,
    unit_of,
)
from dashboards.formatting import safe, words
from dashboards.theme import Palette, new_figure
from process_models.spc import ChartResult
from twin.reporting.drawing.thinning import DRAWN_POINTS, kept_points

__all__ = ["control_chart", "statistic_name"]

_STATISTICS = {
    "xbar": "mean",
    "r": "range",
    "s": "std deviation",
    "individual": "single values",
    "range": "range",
    "sd": "std deviation",
    "moving_range": "moving range",
    "ewma": "EWMA",
    "cusum_high": "CUSUM upward",
    "cusum_low": "CUSUM downward",
    "p": "proportion",
}


def control_chart(
    result: ChartResult,
    labels: ChartLabels,
    palette: Palette,
    *,
    panel: int = 0,
    specification: tuple[float | None, float | None] = (None, None),
    change: tuple[int, int] | None = None,
    window: tuple[int, int] | None = None,
    compact: bool = False,
    limit: int = DRAWN_POINTS,
) -> go.Figure:
    """One panel of a control chart.

    Parameters
    ----------
    panel : int
        Which of the result's panels, from 0.
    specification : (lsl, usl)
        Drawn only where single readings are plotted: means are not held against it.
    change : (first, last) or None
        Points, from 1, between which the process changed: a light band.
    window : (first, last) or None
        Points, from 1, to draw; None means all.
    compact : bool
        For a narrow place: a short title and fewer times.
    limit : int
        Most points to draw besides signals and excluded points.
    """
    drawn = _chosen(result, panel, window or (1, result.n), limit)
    figure = new_figure(
        palette,
        title=_title(result, drawn, labels, compact),
        x="Point, in order of time",
        y=_axis(result, drawn, labels),
        height=380 if panel == 0 else 230,
    )
    figure.update_layout(margin_r=112)
    _stages(figure, result.phase1, drawn, change, palette)
    _limits(figure, drawn, labels, palette)
    add_points(figure, drawn, labels, palette)
    add_excluded(figure, drawn, palette)
    add_signals(figure, drawn, labels, palette)
    if result.chart == "i_mr" and panel == 0:
        lsl, usl = specification
        add_specification(figure, palette, lsl=lsl, usl=usl, unit=labels.unit)
    add_time_ticks(figure, drawn, labels, 2 if compact else 4)
    return figure


def _chosen(result: ChartResult, panel: int, window: tuple[int, int], limit: int) -> Drawn:
    first, last = window
    chosen = result.panels[panel]
    signals = tuple(
        s for s in result.signals if s.panel == chosen.statistic and first <= s.point <= last
    )
    excluded = tuple(p for p in result.excluded if first <= p <= last)
    always = [s.point - first for s in signals] + [p - first for p in excluded]
    keep = kept_points(chosen.points[first - 1 : last], always, limit) + first - 1
    return Drawn(chosen, keep, signals, excluded, window)


def _stages(
    figure: go.Figure,
    phase1: int,
    drawn: Drawn,
    change: tuple[int, int] | None,
    palette: Palette,
) -> None:
    first, last = drawn.window
    if change is not None:
        band = {"fillcolor": palette.change, "line_width": 0, "layer": "below"}
        figure.add_vrect(x0=max(first, change[0]) - 0.5, x1=min(last, change[1]) + 0.5, **band)
    if not first <= phase1 < last:
        return
    figure.add_vline(x=phase1 + 0.5, line={"color": palette.quiet, "width": 1, "dash": "dot"})
    figure.add_annotation(
        x=phase1 + 0.5,
        y=1,
        yref="paper",
        text="Phase I",
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        font={"size": 11, "color": palette.quiet},
    )


def _title(result: ChartResult, drawn: Drawn, labels: ChartLabels, compact: bool) -> str:
    name, statistic = safe(labels.name), _statistic(drawn.panel.statistic, result.chart)
    if compact:
        return f"{name}: {statistic}{', simulated' if labels.simulated else ''}"
    kind = result.chart.replace("_", "-").upper().replace("XBAR", "X̄")
    mark = ", simulated data" if labels.simulated else ""
    return f"{name}: {statistic} ({kind} chart{mark})"


def _statistic(statistic: str, chart: str) -> str:
    if chart == "i_mr_rs" and statistic == "individual":
        return "subgroup means"
    return _STATISTICS.get(statistic, words(statistic))


def statistic_name(statistic: str, chart: str) -> str:
    """What a panel of a chart plots, in words: `moving_range` becomes `Moving range`."""
    return words(_statistic(statistic, chart))


def _axis(result: ChartResult, drawn: Drawn, labels: ChartLabels) -> str:
    name, unit = _statistic(drawn.panel.statistic, result.chart), safe(unit_of(drawn.panel, labels))
    text = f"{name}, {unit}" if unit else name
    return text[:1].upper() + text[1:]


def _limits(figure: go.Figure, drawn: Drawn, labels: ChartLabels, palette: Palette) -> None:
    panel = drawn.panel
    centre = {"color": palette.quiet, "width": 1.4}
    control = {"color": palette.control, "width": 1.4, "dash": "dash"}
    for name, level, line, colour in (
        ("CL", panel.centre_line, centre, palette.quiet),
        ("LCL", panel.lcl, control, palette.control_text),
        ("UCL", panel.ucl, control, palette.control_text),
    ):
        if level is not None:
            add_level(
                figure,
                name=name,
                level=level,
                keep=drawn.keep,
                window=drawn.window,
                line=line,
                text_colour=colour,
                unit=unit_of(panel, labels),
            )
