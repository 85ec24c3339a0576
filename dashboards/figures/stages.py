"""Stages on a control chart: a line where one begins, and its name."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboards.formatting import safe
from dashboards.theme import Palette
from process_models.spc import ChartResult

__all__ = ["add_stages"]


def add_stages(figure: go.Figure, result: ChartResult, palette: Palette) -> None:
    """Name the stages of a chart whose limits begin anew with each of them."""
    for stage in result.extras.get("stages", ()):
        start = float(stage["first"]) - 0.5
        if stage["first"] > 1:
            line = {"color": palette.quiet, "width": 1, "dash": "dot"}
            figure.add_vline(x=start, line=line)
        figure.add_annotation(
            x=start,
            y=1,
            yref="paper",
            text=safe(stage["stage"]),
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            xshift=3,
            font={"size": 11, "color": palette.quiet},
        )
