"""An outcome over two inputs, and beside it how wide its interval is."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboards.theme import Palette, new_figure
from process_models.quality.bands import Surface

__all__ = ["surface_map"]


def surface_map(
    surface: Surface,
    palette: Palette,
    *,
    what: str,
    title: str,
    x: str,
    y: str,
    at: tuple[float, float] | None = None,
) -> go.Figure:
    """A map of the middle (`what="middle"`) or of the width of its interval (`what="width"`).

    Where physics forbids the recipe nothing is drawn. `at` is where we are.
    """
    figure = new_figure(palette, title=title, x=x, y=y, height=380)
    z = getattr(surface, what)
    colour = palette.forecast if what == "middle" else palette.states["blocked"]
    figure.add_contour(
        x=surface.x, y=surface.y, z=z, connectgaps=False, name=what,
        colorscale=[[0.0, palette.surface], [1.0, colour]], opacity=0.85,
        contours={"showlabels": True, "labelfont": {"color": palette.ink, "size": 11}},
        line={"color": palette.quiet, "width": 0.8}, colorbar={"thickness": 10},
        hovertemplate="%{x:.3g}, %{y:.3g}: %{z:.3g}<extra></extra>",
    )  # fmt: skip
    if at is not None:
        figure.add_scatter(
            x=[at[0]], y=[at[1]], mode="markers", name="this recipe", hoverinfo="name",
            marker={"symbol": "x-thin", "size": 13, "line": {"color": palette.ink, "width": 3}},
        )  # fmt: skip
    return figure
