"""Notes of people on a control chart: a ring around the point, its words under the pointer."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from dashboards.formatting import safe
from dashboards.theme import Palette
from process_models.spc import Panel

__all__ = ["add_notes"]


def add_notes(
    figure: go.Figure, panel: Panel, notes: Mapping[int, str], palette: Palette
) -> None:
    """Ring the points that somebody wrote about.

    Parameters
    ----------
    figure : Figure
    panel : Panel
    notes : mapping of int to str
        Point, from 1, to what was written; points that the panel does not have are passed over.
    palette : Palette
    """
    known = [point for point in sorted(notes) if 1 <= point <= len(panel.points)]
    if not known:
        return
    figure.add_scatter(
        x=known,
        y=[float(panel.points[point - 1]) for point in known],
        mode="markers",
        name="notes",
        marker={
            "symbol": "circle-open",
            "size": 16,
            "color": palette.specification,
            "line": {"width": 1.6},
        },
        hovertext=[f"Point {point}: {safe(notes[point])}" for point in known],
        hoverinfo="text",
    )
