"""The process window as a map, and what the next cells would do to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboards.formatting import number
from dashboards.theme import Palette, new_figure
from process_models.quality.next_experiment import Experiment
from process_models.quality.window import ProcessWindow

__all__ = ["experiment_bars", "window_map"]

_TIME, _PRESSURE, _THICKNESS = "sublimation_time_s", "rolling_pressure_mpa", "thickness_um"


def window_map(window: ProcessWindow, layer: int, palette: Palette) -> go.Figure:
    """Probability over time and pressure at one thickness; the window's edge, limits, optimum.

    Parameters
    ----------
    layer : int
        Which thickness of the grid, from 0.
    """
    axes = window.axes
    thickness = float(axes[_THICKNESS][layer])
    goal = window.goal
    title = (
        f"P(CCD ≥ {number(goal.ccd_min_ma_cm2)} mA/cm² and life ≥ {number(goal.life_min_h)} h)"
        f" at {number(thickness)} µm (simulated)"
    )
    figure = new_figure(
        palette, title=title, x="Sublimation time, s", y="Rolling pressure, MPa", height=460
    )
    z = window.p[:, :, layer].T
    shades = [[0.0, palette.surface], [1.0, palette.forecast]]
    figure.add_heatmap(
        x=axes[_TIME], y=axes[_PRESSURE], z=z, zmin=0, zmax=1, colorscale=shades, opacity=0.75,
        colorbar={"title": "Probability", "thickness": 12}, name="probability",
        hovertemplate="%{x:.3g} s, %{y:.3g} MPa: %{z:.2f}<extra></extra>",
    )  # fmt: skip
    if z.min() < window.probability < z.max():
        figure.add_contour(
            x=axes[_TIME], y=axes[_PRESSURE], z=z, showscale=False, name="edge",
            contours={"start": window.probability, "end": window.probability, "size": 1,
                      "coloring": "none", "showlabels": True,
                      "labelfont": {"color": palette.ink, "size": 12}},
            line={"color": palette.ink, "width": 2.4}, hoverinfo="skip",
        )  # fmt: skip
    _add_limits(figure, window, thickness, palette)
    nearest = int(np.argmin(np.abs(axes[_THICKNESS] - window.optimum[_THICKNESS])))
    if nearest == layer:
        figure.add_scatter(
            x=[window.optimum[_TIME]], y=[window.optimum[_PRESSURE]], mode="markers+text",
            marker={"symbol": "star", "size": 15, "color": palette.ink}, name="robust optimum",
            text=[f"robust optimum {window.p_at_optimum:.2f}"], textposition="top center",
            textfont={"color": palette.ink},
            hovertemplate="%{x:.3g} s, %{y:.3g} MPa<extra>robust optimum</extra>",
        )  # fmt: skip
    return figure


def _add_limits(
    figure: go.Figure, window: ProcessWindow, thickness: float, palette: Palette
) -> None:
    """The box within which all inputs may move at once, where this thickness is in it."""
    if window.limits is None:
        return
    low, high = window.limits[_THICKNESS]
    if not low <= thickness <= high:
        return
    (x0, x1), (y0, y1) = window.limits[_TIME], window.limits[_PRESSURE]
    figure.add_shape(
        type="rect", x0=x0, x1=x1, y0=y0, y1=y1, name="limits",
        line={"color": palette.specification, "width": 2, "dash": "dot"},
    )  # fmt: skip
    figure.add_annotation(
        x=x1, y=y1, text="limits", showarrow=False, xanchor="right", yanchor="bottom",
        font={"color": palette.specification_text, "size": 12},
    )  # fmt: skip


def experiment_bars(experiments: Sequence[Experiment], palette: Palette) -> go.Figure:
    """By how much each of the next cells is expected to narrow the window, best on top."""
    title = "Expected narrowing of the window by the next cells, each given those above (simulated)"
    figure = new_figure(
        palette, title=title, x="Share of the window's uncertainty that goes", y="",
        height=120 + 48 * len(experiments),
    )  # fmt: skip
    names = [f"{rank}. {one.candidate.name}" for rank, one in enumerate(experiments, start=1)]
    figure.add_bar(
        x=[max(0.0, one.narrowing) for one in experiments], y=names, orientation="h",
        marker={"color": palette.forecast},
        text=[f"{one.narrowing:.0%}, {one.cost_h:.0f} h" for one in experiments],
        textposition="auto", hoverinfo="text",
        hovertext=[
            f"{one.narrowing:.1%} for {one.cost_h:.0f} h on a cycler;"
            f" {one.information_bits:.2f} bits"
            for one in experiments
        ],
    )  # fmt: skip
    figure.update_xaxes(tickformat=".0%", rangemode="tozero")
    figure.update_yaxes(autorange="reversed", type="category")
    return figure
