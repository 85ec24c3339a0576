"""A Gantt chart: a row for each server, a bar for each state that it was in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo

import plotly.graph_objects as go

from dashboards.formatting import age, percent, safe, words
from dashboards.theme import STATES, Palette, new_figure
from twin.gantt import GanttBar
from twin.line_time import line_time

__all__ = ["gantt_figure"]

_LETTER_FROM = 0.012  # share of the window below which a letter does not fit into its bar
_MS = 1000.0


def gantt_figure(
    bars: Sequence[GanttBar], palette: Palette, *, simulated: bool = False, zone: tzinfo = UTC
) -> go.Figure:
    """What each server did when; stations in order of the line, first at the top.

    Parameters
    ----------
    bars : sequence of GanttBar
        As `twin.gantt.gantt` gives them; their seconds are those of the line.
    """
    mark = ", simulated data" if simulated else ""
    names = _row_names(bars)
    figure = new_figure(
        palette, title=f"What each server did when{mark}", x="Time", y="",
        height=170 + 24 * len(names),
    )  # fmt: skip
    span_s = max((bar.end_s for bar in bars), default=1.0) - min(
        (bar.start_s for bar in bars), default=0.0
    )
    for state in STATES:
        chosen = [bar for bar in bars if bar.state == state]
        if chosen:
            _add_state(figure, state, chosen, names, palette, zone, span_s)
    figure.update_layout(
        barmode="overlay", bargap=0.3, showlegend=True,  # below: on a phone it takes three rows
    )  # fmt: skip
    figure.update_yaxes(
        categoryorder="array", categoryarray=list(names.values()), autorange="reversed"
    )
    figure.update_xaxes(type="date")
    return figure


def _row_names(bars: Sequence[GanttBar]) -> dict[tuple[str, int], str]:
    """A row a server, in order; servers are numbered where a station shows several."""
    rows = list(dict.fromkeys((bar.station, bar.server) for bar in bars))
    stations = [station for station, _ in rows]
    return {
        (station, server): safe(words(station))
        + (f" {server}" if stations.count(station) > 1 else "")
        for station, server in rows
    }


def _add_state(
    figure: go.Figure,
    state: str,
    chosen: Sequence[GanttBar],
    names: Mapping[tuple[str, int], str],
    palette: Palette,
    zone: tzinfo,
    span_s: float,
) -> None:
    style = STATES[state]
    figure.add_bar(
        y=[names[bar.station, bar.server] for bar in chosen],
        base=[line_time(bar.start_s).astimezone(zone).replace(tzinfo=None) for bar in chosen],
        x=[(bar.end_s - bar.start_s) * _MS for bar in chosen],
        orientation="h",
        name=f"{style.letter} {style.label}",
        marker={"color": palette.states[state], "line": {"width": 0}},
        text=[
            style.letter if bar.end_s - bar.start_s > _LETTER_FROM * span_s else ""
            for bar in chosen
        ],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": "#1D2530", "size": 11},
        hovertext=[_hover(bar, names, style.label) for bar in chosen],
        hoverinfo="text",
    )


def _hover(bar: GanttBar, names: Mapping[tuple[str, int], str], label: str) -> str:
    text = f"{names[bar.station, bar.server]}: {label} for {age(bar.end_s - bar.start_s)}"
    if bar.lot:
        text += f", lot {safe(bar.lot)}" + (f" and {bar.lots - 1} more" if bar.lots > 1 else "")
    if bar.share < 1:
        text += f" ({percent(bar.share)} of this time"
        text += f"; {bar.lots} lots began)" if bar.lots else ")"
    return text
