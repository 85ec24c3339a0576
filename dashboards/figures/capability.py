"""A characteristic against its specification."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dashboards.formatting import number, safe, unit_name
from dashboards.theme import Palette, new_figure
from process_models.capability.histogram import Histogram

__all__ = ["Specified", "capability_histogram", "index_intervals"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Specified:
    """A characteristic with its specification limits, either of which may be absent."""

    name: str
    unit: str
    lsl: float | None
    usl: float | None
    target: float | None = None
    simulated: bool = False


def capability_histogram(
    drawn: Histogram, about: Specified, palette: Palette, *, family: str = "normal"
) -> go.Figure:
    """Counts of the values with their specification limits and the fitted curves.

    Parameters
    ----------
    drawn : Histogram
    about : Specified
    palette : Palette
    family : str
        Name of the fitted distribution, as the legend gives it.
    """
    mark = ", simulated data" if about.simulated else ""
    unit = safe(unit_name(about.unit))
    figure = new_figure(
        palette,
        title=f"{safe(about.name)} against its specification{mark}",
        x=f"{safe(about.name)}, {unit}" if unit else safe(about.name),
        y="Values",
        height=400,
    )
    colour = palette.simulated if about.simulated else palette.ink
    figure.add_bar(
        x=(drawn.edges[1:] + drawn.edges[:-1]) / 2,
        y=drawn.counts,
        width=np.diff(drawn.edges) * 0.94,
        marker={"color": colour, "opacity": 0.45},
        showlegend=False,
        hovertemplate="%{x:.4g}: %{y} values<extra></extra>",
    )
    for name, curve in drawn.curves.items():
        line = {
            "color": palette.ink,
            "width": 1.6,
            "dash": "solid" if name == "overall" else "dash",
        }
        figure.add_scatter(
            x=drawn.x,
            y=curve,
            mode="lines",
            name=f"{family}, {name} spread" if len(drawn.curves) > 1 else family,
            hoverinfo="skip",
            line=line,
        )
    figure.update_layout(showlegend=True, bargap=0, margin_t=76)
    _specification(figure, about, palette)
    return figure


def _specification(figure: go.Figure, about: Specified, palette: Palette) -> None:
    for label, level in (("LSL", about.lsl), ("Target", about.target), ("USL", about.usl)):
        if level is None:
            continue
        width = 1.2 if label == "Target" else 2.0
        figure.add_vline(
            x=level, line={"color": palette.specification, "dash": "dot", "width": width}
        )
        figure.add_annotation(
            x=level,
            y=1,
            yref="paper",
            yanchor="bottom",
            showarrow=False,
            text=f"{label} {number(level, 4)} {safe(unit_name(about.unit))}".rstrip(),
            font={"size": 12, "color": palette.specification_text},
        )


def index_intervals(
    indices: dict[str, tuple[float, float, float]], palette: Palette, *, wanted: float = 1.33
) -> go.Figure:
    """Capability indices with their intervals, beside the least that is wanted."""
    names = list(indices)[::-1]
    values = [indices[n][0] for n in names]
    figure = new_figure(
        palette,
        title="Capability indices with their intervals",
        x="Index",
        y="",
        height=90 + 34 * len(names),
    )
    figure.add_vline(x=wanted, line={"color": palette.quiet, "dash": "dot", "width": 1.2})
    figure.add_annotation(
        x=wanted,
        y=1,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
        text=f"wanted {number(wanted)}",
        font={"size": 11, "color": palette.quiet},
    )
    figure.add_scatter(
        x=values,
        y=[n.capitalize() for n in names],
        mode="markers",
        marker={"color": palette.ink, "size": 8},
        error_x={
            "type": "data",
            "symmetric": False,
            "color": palette.ink,
            "thickness": 1.4,
            "width": 4,
            "array": [indices[n][2] - indices[n][0] for n in names],
            "arrayminus": [indices[n][0] - indices[n][1] for n in names],
        },
        hovertemplate="%{y} %{x:.3g}<extra></extra>",
    )
    return figure
