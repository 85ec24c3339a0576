"""A characteristic against its specification."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboards.formatting import number, safe, unit_name
from dashboards.theme import Palette, new_figure

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
    values: NDArray[np.float64],
    about: Specified,
    palette: Palette,
    *,
    mean: float,
    sigma_within: float | None,
    sigma_overall: float | None,
) -> go.Figure:
    """Histogram of `values` with its specification limits and the two fitted normal curves."""
    mark = ", simulated data" if about.simulated else ""
    unit = safe(unit_name(about.unit))
    figure = new_figure(
        palette,
        title=f"{safe(about.name)} against its specification{mark}",
        x=f"{safe(about.name)}, {unit}" if unit else safe(about.name),
        y="Values",
        height=400,
    )
    counts, edges = np.histogram(values, bins=_edges(values, sigma_overall or 0.0))
    colour = palette.simulated if about.simulated else palette.ink
    figure.add_bar(
        x=(edges[1:] + edges[:-1]) / 2,
        y=counts,
        width=np.diff(edges) * 0.94,
        marker={"color": colour, "opacity": 0.45},
        showlegend=False,
        hovertemplate="%{x:.4g}: %{y} values<extra></extra>",
    )
    area = len(values) * float(edges[1] - edges[0])
    for label, sigma, dash in (
        ("overall", sigma_overall, "solid"),
        ("within", sigma_within, "dash"),
    ):
        if sigma and math.isfinite(sigma):
            _curve(figure, palette, f"normal, {label} spread", mean, sigma, area, dash)
    figure.update_layout(showlegend=True, bargap=0, margin_t=76)
    _specification(figure, about, palette)
    return figure


def _curve(
    figure: go.Figure,
    palette: Palette,
    name: str,
    mean: float,
    sigma: float,
    area: float,
    dash: str,
) -> None:
    x = np.linspace(mean - 4 * sigma, mean + 4 * sigma, 161)
    y = area * np.exp(-0.5 * ((x - mean) / sigma) ** 2) / (sigma * math.sqrt(2 * math.pi))
    line = {"color": palette.ink, "width": 1.6, "dash": dash}
    figure.add_scatter(x=x, y=y, mode="lines", name=name, hoverinfo="skip", line=line)


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


def _edges(values: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Freedman and Diaconis' bins, between 8 and 80 of them."""
    low, high = float(values.min()), float(values.max())
    if high <= low or not sigma:
        return np.linspace(low - 0.5, high + 0.5, 9)
    quartiles = np.percentile(values, [25, 75])
    width = 2 * float(quartiles[1] - quartiles[0]) / len(values) ** (1 / 3) or sigma / 3
    bins = int(min(80, max(8, math.ceil((high - low) / width))))
    return np.linspace(low, high, bins + 1)


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
