"""A proposed setting within its window."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboards.formatting import label, number, unit_name
from dashboards.theme import Palette, new_figure
from twin.advice import MoveAdvice

__all__ = ["move_figure"]


def move_figure(move: MoveAdvice, palette: Palette) -> go.Figure:
    """The window of a setting as a bar, where it is now as a hollow dot, the next lot filled."""
    name = f"{label(move.setting)}: from now to the next lot"
    figure = new_figure(
        palette, title=f"{name}, advised", x=f"{label(move.setting)}, {unit_name(move.unit)}",
        y="", height=190,
    )  # fmt: skip
    figure.add_scatter(
        x=[move.low, move.high], y=[0, 0], mode="lines", hoverinfo="skip",
        line={"color": palette.band50, "width": 14},
    )  # fmt: skip
    points = (("now", move.now, palette.surface), ("next lot", move.proposed, palette.ink))
    for place, (text, value, fill) in enumerate(points):
        figure.add_scatter(
            x=[value], y=[0], mode="markers+text", text=[f"{text} {number(value, 4)}"],
            textposition="top center" if place else "bottom center",
            marker={"color": fill, "size": 12, "line": {"color": palette.ink, "width": 1.8}},
            hoverinfo="text", textfont={"size": 12, "color": palette.ink},
        )  # fmt: skip
    for limit in (move.low, move.high):
        figure.add_annotation(
            x=limit, y=0, text=number(limit, 4), showarrow=False, yshift=-20,
            font={"size": 11, "color": palette.quiet},
        )  # fmt: skip
    margin = 0.08 * (move.high - move.low)
    figure.update_xaxes(range=[move.low - margin, move.high + margin])
    figure.update_yaxes(range=[-1, 1], showticklabels=False, showgrid=False)
    return figure
