"""Statements of the evidence as marks: what is known of each value is seen without its colour.

A laboratory is a shape. Filled stands for an exact value, open for one that is only known in part:
an arrow upwards for "at least", downwards for "at most", a bar with ends for an interval, a dotted
bar with its words for an order.
"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboards.formatting import safe
from dashboards.theme import Palette
from twin.reporting.evidence_marks import EvidencePoint

__all__ = ["draw_evidence"]

_SHAPES = ("circle", "square", "diamond", "pentagon", "hexagon", "star", "hourglass", "bowtie")
_ARROW_PX = 34


def draw_evidence(figure: go.Figure, points: Sequence[EvidencePoint], palette: Palette) -> None:
    """Add the marks of `points` to a figure, a legend entry for each laboratory and origin."""
    sources = list(dict.fromkeys((p.laboratory, p.origin, p.shape) for p in points))
    for laboratory, origin, place in sources:
        shape = _SHAPES[place % len(_SHAPES)]
        _marks(
            figure,
            [p for p in points if (p.laboratory, p.origin) == (laboratory, origin)],
            (shape, ", ".join(filter(None, (laboratory or "evidence", origin)))),
            palette,
        )
    for point in points:
        if point.censoring in ("right", "left"):
            _arrow(figure, point, palette, up=point.censoring == "right")


def _marks(
    figure: go.Figure,
    points: Sequence[EvidencePoint],
    drawn: tuple[str, str],
    palette: Palette,
) -> None:
    shape, name = drawn
    for kind in ("interval", "ordinal"):
        spans = [p for p in points if p.censoring == kind and None not in (p.low, p.high)]
        _bars(figure, spans, palette, dotted=kind == "ordinal")
    figure.add_scatter(
        x=[p.x for p in points],
        y=[p.value for p in points],
        mode="markers+text",
        name=f"evidence: {safe(name)}",
        text=[safe(p.words).replace("\n", "<br>") for p in points],
        textposition="middle right",
        textfont={"size": 11, "color": palette.quiet},
        cliponaxis=False,
        hovertext=[safe(p.text) for p in points],
        hoverinfo="text",
        showlegend=True,
        marker={
            "symbol": [shape if p.censoring == "exact" else f"{shape}-open" for p in points],
            "size": 11,
            "color": palette.ink,
            "line": {"color": palette.ink, "width": 1.8},
        },
    )


def _bars(
    figure: go.Figure, points: Sequence[EvidencePoint], palette: Palette, *, dotted: bool
) -> None:
    """Bars between two bounds; those of an order are dotted and have no ends."""
    for point in points:
        line = {"color": palette.ink, "width": 1.4, "dash": "dot" if dotted else "solid"}
        figure.add_scatter(
            x=[point.x, point.x],
            y=[point.low, point.high],
            mode="lines" if dotted else "lines+markers",
            line=line,
            marker={"symbol": "line-ew", "size": 12, "line": {"color": palette.ink, "width": 1.4}},
            hoverinfo="skip",
            showlegend=False,
            name="order" if dotted else "interval",
        )


def _arrow(figure: go.Figure, point: EvidencePoint, palette: Palette, *, up: bool) -> None:
    figure.add_annotation(
        x=point.x,
        y=point.value,
        ax=0,
        ay=-_ARROW_PX if up else _ARROW_PX,
        text="",
        showarrow=True,
        arrowside="start",
        startarrowhead=2,
        startarrowsize=1.2,
        arrowwidth=1.6,
        arrowcolor=palette.ink,
        standoff=6,
        name="at least" if up else "at most",
    )
