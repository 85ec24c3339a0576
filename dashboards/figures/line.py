"""The line: where its time goes, and what became of its lots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo

import plotly.graph_objects as go

from dashboards.formatting import percent, safe, words
from dashboards.theme import STATES, Palette, new_figure

__all__ = ["lot_yield_points", "state_shares"]


def state_shares(
    shares: Mapping[str, Mapping[str, float]], palette: Palette, *, simulated: bool = False
) -> go.Figure:
    """Share of time that each station spent in each state, stations in order of the line."""
    mark = ", simulated data" if simulated else ""
    stations = list(shares)
    figure = new_figure(
        palette,
        title=f"Where each station's time went{mark}",
        x="Share of time",
        y="",
        height=110 + 30 * len(stations),
    )
    names = [safe(words(s)) for s in stations]
    for state in STATES:
        values = [shares[station].get(state, 0.0) for station in stations]
        if any(values):
            _state_bars(figure, state, names, values, palette)
    figure.update_layout(
        barmode="stack",
        bargap=0.35,
        showlegend=True,
        legend={"yref": "paper", "y": 1, "yanchor": "bottom", "x": 0},
        margin_t=74,
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    return figure


def _state_bars(
    figure: go.Figure, state: str, names: list[str], values: list[float], palette: Palette
) -> None:
    style = STATES[state]
    edge = {"color": palette.surface, "width": 1}
    figure.add_bar(
        y=names,
        x=values,
        orientation="h",
        name=style.label,
        marker={"color": palette.states[state], "line": edge},
        text=[style.letter if v > 0.04 else "" for v in values],
        textposition="inside",
        insidetextanchor="middle",
        textfont={"color": "#1D2530", "size": 11},
        textangle=0,
        hovertemplate=f"%{{y}}: {style.label} %{{x:.1%}}<extra></extra>",
    )


def lot_yield_points(
    lots: Sequence[str],
    finished: Sequence[datetime],
    yields: Sequence[float],
    palette: Palette,
    *,
    simulated: bool = False,
    zone: tzinfo = UTC,
) -> go.Figure:
    """Yield of finished lots over time."""
    mark = ", simulated data" if simulated else ""
    figure = new_figure(
        palette,
        title=f"Yield of finished lots{mark}",
        x="Finished",
        y="Yield, share of area",
        height=300,
    )
    colour = palette.simulated if simulated else palette.ink
    figure.add_scatter(
        x=[moment.astimezone(zone).replace(tzinfo=None) for moment in finished],
        y=list(yields),
        mode="lines+markers",
        line={"color": colour, "width": 0.9},
        marker={"color": colour, "size": 6},
        hovertext=[f"Lot {safe(lot)}: {percent(y)}" for lot, y in zip(lots, yields, strict=True)],
        hoverinfo="text",
    )
    figure.update_yaxes(range=[min([0.9, *yields]) - 0.03, 1.02], tickformat=".0%")
    return figure
