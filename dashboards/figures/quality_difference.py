"""The difference of two recipes: a point with its interval against no difference."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboards.formatting import interval, level_name
from dashboards.theme import Palette, new_figure
from process_models.quality.paired import PairedDifference

__all__ = ["difference_bars"]


def difference_bars(found: PairedDifference, palette: Palette) -> go.Figure:
    """Median CCD of B less that of A, paired over the draws, with a line at no difference."""
    ccd = found.ccd_ma_cm2
    middle, low, high = (value or 0.0 for value in (ccd.median, ccd.low, ccd.high))
    figure = new_figure(
        palette,
        title=f"Median CCD of B less that of A, {level_name(ccd.level)} interval (simulated)",
        x="Difference, mA/cm²", y="", height=190,
    )  # fmt: skip
    figure.add_vline(x=0, line={"color": palette.quiet, "width": 1.4})
    figure.add_scatter(
        x=[middle], y=["B less A"], mode="markers+text", name="difference",
        text=[interval(middle, low, high, "mA/cm2")], textposition="top center",
        textfont={"color": palette.ink}, hoverinfo="skip",
        marker={"size": 12, "color": palette.forecast, "symbol": "diamond"},
        error_x={"type": "data", "symmetric": False, "array": [high - middle],
                 "arrayminus": [middle - low], "color": palette.forecast, "thickness": 3,
                 "width": 8},
    )  # fmt: skip
    reach = 1.25 * max(abs(low), abs(high), 0.1)
    figure.update_xaxes(range=[-reach, reach])
    return figure
