"""Levels across a figure, each named at its right end with its value and unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboards.formatting import number, safe, unit_name
from dashboards.theme import Palette

__all__ = ["add_level", "add_specification", "name_at_right"]


def name_at_right(figure: go.Figure, text: str, y: float, colour: str) -> None:
    """Write `text` in the right margin beside the height `y`."""
    figure.add_annotation(
        x=1,
        xref="paper",
        y=y,
        yref="y",
        text=text,
        showarrow=False,
        xanchor="left",
        xshift=4,
        font={"size": 11.5, "color": colour},
    )
    figure.update_layout(margin_r=max(figure.layout.margin.r or 0, 12 + 7 * len(text)))


def add_level(
    figure: go.Figure,
    *,
    name: str,
    level: float | NDArray[np.float64],
    keep: NDArray[np.int64],
    window: tuple[int, int],
    line: Mapping[str, Any],
    text_colour: str,
    unit: str,
) -> None:
    """Draw a line that is straight, or that varies from point to point.

    Parameters
    ----------
    level : float or (n,) array
    keep : indices from 0
        Points that are drawn, which a varying line follows.
    """
    values = np.asarray(level, dtype=np.float64)
    if values.ndim == 0:
        x, y = np.array([window[0] - 0.5, window[1] + 0.5]), np.repeat(values, 2)
    else:
        x, y = keep + 1, values[keep]
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        hoverinfo="skip",
        name=name,
        line={**line, **({"shape": "hvh"} if values.ndim else {})},
    )
    finite = y[np.isfinite(y)]
    if len(finite):
        shown = f"{name} {number(float(finite[-1]), 4)} {safe(unit_name(unit))}".rstrip()
        name_at_right(figure, shown, float(finite[-1]), text_colour)


def add_specification(
    figure: go.Figure,
    palette: Palette,
    *,
    lsl: float | None,
    usl: float | None,
    unit: str,
    target: float | None = None,
) -> None:
    """Draw specification limits across the figure: blue and dotted, never like control limits."""
    for name, level in (("LSL", lsl), ("Target", target), ("USL", usl)):
        if level is None:
            continue
        figure.add_hline(
            y=level,
            line={"color": palette.specification, "width": 1.6, "dash": "dot"},
            opacity=1 if name != "Target" else 0.6,
        )
        name_at_right(
            figure,
            f"{name} {number(level, 4)} {safe(unit_name(unit))}".rstrip(),
            level,
            palette.specification_text,
        )
