"""A control chart of any kind, from the one result type that all of them give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import groupby

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboards.figures.downsample import kept_points
from dashboards.figures.lines import add_level, add_specification
from dashboards.formatting import clock, number, rule_meaning, rule_name, safe, unit_name, words
from dashboards.theme import Palette, new_figure
from process_models.spc.result import ChartResult, Panel, Signal

__all__ = ["ChartLabels", "control_chart"]

_NAMED_SIGNALS = 25
_UNITLESS = {
    "cusum_high",
    "cusum_low",
    "p",
    "np",
    "c",
    "u",
    "t2",
    "mewma",
    "mcusum",
    "spe",
    "det_s",
}
_AXIS = {
    "xbar": "mean",
    "r": "range",
    "s": "standard deviation",
    "individual": "value",
    "moving_range": "moving range",
    "ewma": "EWMA",
    "cusum_high": "CUSUM upward",
    "cusum_low": "CUSUM downward",
    "p": "proportion",
}


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


def control_chart(
    result: ChartResult,
    labels: ChartLabels,
    palette: Palette,
    *,
    panel: int = 0,
    specification: tuple[float | None, float | None] = (None, None),
    change: tuple[int, int] | None = None,
    limit: int = 2_000,
) -> go.Figure:
    """One panel of a control chart.

    Parameters
    ----------
    panel : int
        Which of the result's panels, from 0.
    specification : (lsl, usl)
        Drawn only where single values are plotted: means of subgroups are not held against it.
    change : (first, last) or None
        Points, from 1, between which the process changed: a light band.
    limit : int
        Most points to draw besides signals and excluded points.
    """
    drawn = result.panels[panel]
    signals = [s for s in result.signals if s.panel == drawn.statistic]
    figure = new_figure(
        palette,
        title=_title(result, drawn, labels),
        x="Point, in order of time",
        y=_axis(drawn, labels),
        height=380 if panel == 0 else 240,
    )
    always = [s.point - 1 for s in signals] + [p - 1 for p in result.excluded]
    keep = kept_points(drawn.points, always, limit)
    _stages(figure, result, change, palette)
    _limits(figure, drawn, keep, palette, labels.unit if drawn.statistic not in _UNITLESS else "")
    _points(figure, drawn, keep, labels, palette)
    _excluded(figure, drawn, result.excluded, palette)
    _signals(figure, drawn, signals, labels, palette)
    if drawn.statistic == "individual":
        add_specification(
            figure, palette, lsl=specification[0], usl=specification[1], unit=labels.unit
        )
    _time_ticks(figure, keep, labels)
    return figure


def _stages(
    figure: go.Figure, result: ChartResult, change: tuple[int, int] | None, palette: Palette
) -> None:
    if change is not None:
        band = {"fillcolor": palette.change, "line_width": 0, "layer": "below"}
        figure.add_vrect(x0=change[0] - 0.5, x1=change[1] + 0.5, **band)
    if not 0 < result.phase1 < result.n:
        return
    end = result.phase1 + 0.5
    figure.add_vline(x=end, line={"color": palette.quiet, "width": 1, "dash": "dot"})
    figure.add_annotation(
        x=end,
        y=1,
        yref="paper",
        text="Phase I",
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        font={"size": 11, "color": palette.quiet},
    )


def _title(result: ChartResult, panel: Panel, labels: ChartLabels) -> str:
    kind = result.chart.replace("_", "-").upper().replace("XBAR", "X̄")
    mark = ", simulated data" if labels.simulated else ""
    statistic = _AXIS.get(panel.statistic, words(panel.statistic))
    return f"{safe(labels.name)}: {statistic} ({kind} chart{mark})"


def _axis(panel: Panel, labels: ChartLabels) -> str:
    name = _AXIS.get(panel.statistic, words(panel.statistic))
    unit = (
        "sigma"
        if panel.statistic.startswith("cusum")
        else ("" if panel.statistic in _UNITLESS else unit_name(labels.unit))
    )
    text = f"{name}, {safe(unit)}" if unit else name
    return text[:1].upper() + text[1:]


def _limits(
    figure: go.Figure, panel: Panel, keep: NDArray[np.int64], palette: Palette, unit: str
) -> None:
    named = (
        ("CL", panel.centre_line, palette.quiet, "solid", palette.quiet),
        ("LCL", panel.lcl, palette.control, "dash", palette.control_text),
        ("UCL", panel.ucl, palette.control, "dash", palette.control_text),
    )
    for name, level, colour, dash, text in named:
        if level is not None:
            add_level(
                figure,
                name=name,
                level=level,
                keep=keep,
                n=len(panel.points),
                line={"color": colour, "dash": dash, "width": 1.4},
                text_colour=text,
                unit=unit,
            )


def _hover(panel: Panel, points: Sequence[int], labels: ChartLabels) -> list[str]:
    texts = []
    for i in points:
        parts = [
            f"Point {i + 1}: <b>{number(panel.points[i], 4)}</b> {safe(unit_name(labels.unit))}"
        ]
        if len(labels.lots) > i:
            parts.append(f"Lot {safe(labels.lots[i])}")
        if len(labels.times) > i:
            moment = labels.times[i]
            parts.append(
                f"{clock(moment, labels.zone)} ({moment.astimezone(UTC):%d %b %H:%M:%S} UTC)"
            )
        texts.append("<br>".join(parts))
    return texts


def _points(
    figure: go.Figure, panel: Panel, keep: NDArray[np.int64], labels: ChartLabels, palette: Palette
) -> None:
    colour = palette.simulated if labels.simulated else palette.ink
    size = 5.5 if len(keep) <= 300 else 3.5
    figure.add_scatter(
        x=keep + 1,
        y=panel.points[keep],
        mode="lines+markers",
        connectgaps=False,
        line={"color": colour, "width": 0.9},
        marker={"color": colour, "size": size},
        hovertext=_hover(panel, keep.tolist(), labels),
        hoverinfo="text",
        name="points",
    )


def _excluded(figure: go.Figure, panel: Panel, excluded: Sequence[int], palette: Palette) -> None:
    points = [p for p in excluded if p <= len(panel.points)]
    if points:
        figure.add_scatter(
            x=points,
            y=[panel.points[p - 1] for p in points],
            mode="markers",
            name="excluded",
            marker={
                "color": palette.surface,
                "size": 8,
                "line": {"color": palette.ink, "width": 1.4},
            },
            hovertext=[f"Point {p}: left out of the limits" for p in points],
            hoverinfo="text",
        )


def _signals(
    figure: go.Figure,
    panel: Panel,
    signals: Sequence[Signal],
    labels: ChartLabels,
    palette: Palette,
) -> None:
    if not signals:
        return
    ordered = sorted(signals, key=lambda s: s.point)
    rules = {point: [s.rule for s in same] for point, same in groupby(ordered, lambda s: s.point)}
    points = list(rules)
    hover = [
        f"{text}<br>{'; '.join(rule_meaning(r) for r in rules[p])}"
        for p, text in zip(points, _hover(panel, [p - 1 for p in points], labels), strict=True)
    ]
    figure.add_scatter(
        x=points,
        y=[panel.points[p - 1] for p in points],
        mode="markers+text",
        name="signals",
        marker={"symbol": "diamond", "color": palette.control, "size": 9},
        text=_named(rules),
        textposition="top center",
        cliponaxis=False,
        textfont={"size": 11, "color": palette.control_text},
        hovertext=hover,
        hoverinfo="text",
    )


def _named(rules: dict[int, list[str]]) -> list[str]:
    """Short names beside the signals; in a crowd only where the rule changes."""
    texts, before = [], ""
    for names in rules.values():
        text = " ".join(dict.fromkeys(rule_name(r) for r in names))
        texts.append("" if len(rules) > _NAMED_SIGNALS and text == before else text)
        before = text
    return texts


def _time_ticks(figure: go.Figure, keep: NDArray[np.int64], labels: ChartLabels) -> None:
    """Four or five points bear their time below their number."""
    if not len(labels.times) or not len(keep):
        return
    last = int(keep[-1])
    at = sorted({round(i * last / 4) for i in range(5)})
    texts = [
        f"{i + 1}<br>{clock(labels.times[i], labels.zone)}" for i in at if i < len(labels.times)
    ]
    figure.update_xaxes(tickvals=[i + 1 for i in at], ticktext=texts)
