"""What a station lost: from the planned busy time down to good lots."""

from __future__ import annotations

from datetime import timedelta

import plotly.graph_objects as go

from dashboards.formatting import age, number, percent, safe, words
from dashboards.theme import Palette, new_figure
from twin.losses import StationLosses

__all__ = ["LOSS_LABELS", "loss_steps"]

LOSS_LABELS = {
    "down": "Down",
    "maintenance": "Maintenance",
    "setup": "Set-up",
    "blocked": "Blocked",
    "starved": "Starved",
    "speed": "Speed",
    "scrap": "Scrap",
    "rework": "Rework",
}
_LEAST = 0.0005  # of the planned busy time; less is not drawn


def loss_steps(station: StationLosses, palette: Palette, *, simulated: bool = False) -> go.Figure:
    """Lots that the planned busy time was good for, less what each loss took, largest first."""
    mark = ", simulated data" if simulated else ""
    figure = new_figure(
        palette,
        title=f"What {safe(words(station.station).lower())} lost{mark}",
        x="Lots that could have been made",
        y="",
    )
    whole = station.planned_busy_s / (station.run_s_per_lot or 1.0)
    _step(figure, "Planned busy time", 0.0, whole, palette.quiet, station.planned_busy_s, palette)
    left, drawn = whole, 2
    for name in sorted(station.lost_s, key=lambda one: -station.lost_s[one]):
        lost_s = station.lost_s[name]
        if lost_s <= _LEAST * station.planned_busy_s:
            continue
        lots = lost_s / (station.run_s_per_lot or 1.0)
        left, drawn = left - lots, drawn + 1
        colour = palette.states.get(name, palette.simulated)
        _step(figure, LOSS_LABELS[name], left, lots, colour, lost_s, palette, station)
    good = station.good_s / (station.run_s_per_lot or 1.0)
    _step(figure, "Good lots", 0.0, good, palette.good, station.good_s, palette, station)
    figure.update_layout(height=110 + 34 * drawn, bargap=0.3)
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(rangemode="tozero", range=[0, max(whole, 1.0) * 1.18])
    return figure


def _step(
    figure: go.Figure, name: str, base: float, lots: float, colour: str, seconds: float,
    palette: Palette, station: StationLosses | None = None,
) -> None:  # fmt: skip
    share = ""
    if station is not None and station.planned_busy_s:
        share = f", {percent(seconds / station.planned_busy_s)} of the planned busy time"
    hours = str(timedelta(seconds=round(seconds))) if seconds >= 120 else age(seconds)
    figure.add_bar(
        y=[name], x=[lots], base=[base], orientation="h",
        marker={"color": colour, "line": {"color": palette.surface, "width": 1}},
        text=[number(lots)], textposition="outside", cliponaxis=False,
        textfont={"color": palette.ink, "size": 12},
        hovertemplate=f"{name}: {number(lots)} lots, {hours}{share}<extra></extra>",
    )  # fmt: skip
