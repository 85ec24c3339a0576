"""The bottleneck over time: which station held the line back when, alone or shifting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

import plotly.graph_objects as go

from dashboards.formatting import safe, words
from dashboards.theme import Palette, new_figure
from twin.bottleneck import Bottleneck, BottleneckSpan
from twin.line_time import line_time

__all__ = ["bottleneck_spans"]

_MS = 1000.0


def bottleneck_spans(
    found: Bottleneck, palette: Palette, *, simulated: bool = False, zone: tzinfo = UTC
) -> go.Figure:
    """A row a station; full where it was the bottleneck alone, hatched where it was shifting."""
    mark = ", simulated data" if simulated else ""
    stations = list(found.sole_share)
    figure = new_figure(
        palette, title=f"The bottleneck over time{mark}", x="Time", y="",
        height=130 + 24 * len(stations),
    )  # fmt: skip
    for sole, label in ((True, "Alone"), (False, "Shifting")):
        spans = [one for one in found.spans if one.sole == sole]
        if spans:
            _bars(figure, spans, label, palette, zone, simulated=simulated)
    figure.update_layout(
        barmode="overlay", bargap=0.35, showlegend=True, margin_t=74,
        legend={"yref": "paper", "y": 1, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    figure.update_yaxes(
        type="category", categoryorder="array", range=[len(stations) - 0.4, -0.6],
        categoryarray=[safe(words(name)) for name in stations],
        tickmode="array", tickvals=[safe(words(name)) for name in stations],
    )  # fmt: skip
    figure.update_xaxes(type="date")
    return figure


def _bars(
    figure: go.Figure, spans: Sequence[BottleneckSpan], label: str, palette: Palette,
    zone: tzinfo, *, simulated: bool,
) -> None:  # fmt: skip
    tone = palette.simulated if simulated else palette.ink
    begun = [line_time(one.start_s).astimezone(zone).replace(tzinfo=None) for one in spans]
    ended = [line_time(one.end_s).astimezone(zone).replace(tzinfo=None) for one in spans]
    pattern = {"shape": "" if label == "Alone" else "/", "fgcolor": tone, "size": 6}
    figure.add_bar(
        y=[safe(words(one.machine)) for one in spans],
        x=[(one.end_s - one.start_s) * _MS for one in spans],
        base=begun, orientation="h", name=label,
        marker={
            "color": tone if label == "Alone" else palette.grid, "pattern": pattern,
            "line": {"color": tone, "width": 1},
        },
        hovertext=[
            f"{safe(words(one.machine))}: {label.lower()}, {start:%d %b %H:%M} to {end:%d %b %H:%M}"
            for one, start, end in zip(spans, begun, ended, strict=True)
        ],
        hoverinfo="text",
    )  # fmt: skip
