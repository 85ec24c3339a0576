"""Which lots will be good, when, and how sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import plotly.graph_objects as go

from dashboards.formatting import percent, safe
from dashboards.theme import Palette, new_figure

__all__ = ["ForecastLot", "finish_intervals", "yield_intervals"]


@dataclass(frozen=True, slots=True)
class ForecastLot:
    """A lot in process as it is drawn: when it will be finished and how good it will be."""

    lot_id: str
    finish: datetime
    finish_low: datetime
    finish_high: datetime
    yield_mean: float
    yield_low: float
    yield_high: float


def _height(n: int) -> int:
    return 120 + max(3, n) * 26


def finish_intervals(
    lots: Sequence[ForecastLot], palette: Palette, *, level: float, simulated: bool = False
) -> go.Figure:
    """Lots on a time axis: expected finish and its interval, the next to finish on top."""
    title = f"Expected finish with its {level:.0%} interval{_mark(simulated)}"
    figure = new_figure(palette, title=title, x="Time, UTC", y="", height=_height(len(lots)))
    for lot in lots:
        figure.add_scatter(
            x=[lot.finish_low, lot.finish_high],
            y=[safe(lot.lot_id)] * 2,
            mode="lines",
            line={"color": palette.band90, "width": 11},
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=[lot.finish for lot in lots],
        y=[safe(lot.lot_id) for lot in lots],
        mode="markers",
        marker={"color": palette.forecast, "size": 8},
        hovertext=[
            f"{safe(lot.lot_id)}: {lot.finish:%d %b %H:%M} UTC "
            f"({lot.finish_low:%d %b %H:%M} to {lot.finish_high:%d %b %H:%M})"
            for lot in lots
        ],
        hoverinfo="text",
    )
    figure.update_yaxes(autorange="reversed", type="category", dtick=1)
    return figure


def yield_intervals(
    lots: Sequence[ForecastLot], palette: Palette, *, level: float, simulated: bool = False
) -> go.Figure:
    """Lots with the yield that is expected of them and its interval, in the same order."""
    title = f"Expected lot yield with its {level:.0%} interval{_mark(simulated)}"
    figure = new_figure(
        palette, title=title, x="Yield, share of the lot's area", y="", height=_height(len(lots))
    )
    figure.add_scatter(
        x=[lot.yield_mean for lot in lots],
        y=[safe(lot.lot_id) for lot in lots],
        mode="markers",
        marker={"color": palette.forecast, "size": 8},
        error_x={
            "type": "data",
            "symmetric": False,
            "color": palette.forecast,
            "thickness": 1.6,
            "width": 4,
            "array": [lot.yield_high - lot.yield_mean for lot in lots],
            "arrayminus": [lot.yield_mean - lot.yield_low for lot in lots],
        },
        hovertext=[
            f"{safe(lot.lot_id)}: {percent(lot.yield_mean)} ({percent(lot.yield_low)} to "
            f"{percent(lot.yield_high)})"
            for lot in lots
        ],
        hoverinfo="text",
    )
    figure.update_xaxes(range=[-0.02, 1.02], tickformat=".0%")
    figure.update_yaxes(autorange="reversed", type="category", dtick=1)
    return figure


def _mark(simulated: bool) -> str:
    return ", from simulated data" if simulated else ""
