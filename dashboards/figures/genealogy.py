"""A picture of a descent: what it came from on the left, what it became on the right."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboards.formatting import safe, words
from dashboards.theme import Palette, new_figure
from twin.genealogy.layout import Layout, Node

__all__ = ["KIND_SYMBOLS", "family_tree"]

KIND_SYMBOLS = {
    "foil_roll": "circle", "lot": "square", "furnace_run": "hexagon", "wound_roll": "circle-open",
    "roll_pass": "hourglass", "sheet": "square-open", "coupon": "triangle-up", "cell": "diamond",
}  # fmt: skip
"""Every kind has a form of its own, so that nothing depends on colour."""
_RUNS = ("furnace_run", "roll_pass")


def family_tree(
    drawn: Layout, thing: str, palette: Palette, *, simulated: bool = False
) -> go.Figure:
    """The picture; the thing that was asked about is filled in the colour of a signal.

    Parameters
    ----------
    thing : str
        Named in the title.
    """
    mark = ", simulated data" if simulated else ""
    left_out = f" ({drawn.hidden} more rows are in the table)" if drawn.hidden else ""
    figure = new_figure(
        palette, title=f"Where {safe(thing)} came from and went{left_out}{mark}",
        x="From origin to product", y="", height=150 + 42 * max(2, drawn.rows),
    )  # fmt: skip
    _links(figure, drawn, palette)
    for kind in KIND_SYMBOLS:
        nodes = [node for node in drawn.nodes if node.kind == kind]
        if nodes:
            _nodes(figure, kind, nodes, palette, simulated)
    figure.update_layout(showlegend=True)
    figure.update_xaxes(showticklabels=False, showgrid=False, range=[-0.6, _last(drawn) + 0.6])
    figure.update_yaxes(visible=False, range=[max(2, drawn.rows) - 0.4, -0.8])
    return figure


def _last(drawn: Layout) -> int:
    return max((node.x for node in drawn.nodes), default=0)


def _links(figure: go.Figure, drawn: Layout, palette: Palette) -> None:
    x: list[float | None] = []
    y: list[float | None] = []
    for a, b in drawn.links:
        start, end = drawn.nodes[a], drawn.nodes[b]
        x += [start.x, end.x, None]
        y += [start.y, end.y, None]
    if x:
        figure.add_scatter(
            x=x, y=y, mode="lines", line={"color": palette.quiet, "width": 1.2},
            hoverinfo="skip", showlegend=False, name="made from",
        )  # fmt: skip


def _nodes(
    figure: go.Figure, kind: str, nodes: list[Node], palette: Palette, simulated: bool
) -> None:
    usual = palette.simulated if simulated else palette.ink
    colours = [palette.control if node.asked else usual for node in nodes]
    figure.add_scatter(
        x=[node.x for node in nodes],
        y=[node.y for node in nodes],
        mode="markers+text",
        name=words(kind),
        text=[_label(node) for node in nodes],
        textposition="top center",
        textfont={"color": palette.ink, "size": 12},
        marker={
            "symbol": KIND_SYMBOLS[kind],
            "size": [17 if node.asked else 12 for node in nodes],
            "color": colours,
            "line": {"color": colours, "width": 2},
            "opacity": 1,
        },
        hovertext=[_hover(node) for node in nodes],
        hoverinfo="text",
        cliponaxis=False,
    )


def _label(node: Node) -> str:
    if node.kind in _RUNS:
        return safe(node.name.split("@")[0])
    return f"<b>{safe(node.name)}</b>" if node.asked else safe(node.name)


def _hover(node: Node) -> str:
    note = f", {safe(node.note)}" if node.note else ""
    return f"{words(node.kind)} {safe(node.name)}{note}"
