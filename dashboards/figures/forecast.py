"""Which lots will be good, when, and how sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

import plotly.graph_objects as go

from dashboards.formatting import percent, safe
from dashboards.theme import Palette, new_figure

__all__ = ["ForecastLot", "add_spans", "finish_intervals", "yield_intervals"]


@dataclass(frozen=True, slots=True)
class ForecastLot:
    """A lot in process as it is drawn: when it will be finished and how good it will be.

    `yields` is mean, low and high, or None where nothing can be said; `half` is the interval that
    holds the finish in half of the futures, or None.
    """

    lot_id: str
    finish: datetime
    finish_low: datetime
    finish_high: datetime
    yields: tuple[float, float, float] | None
    half: tuple[datetime, datetime] | None = None


def finish_intervals(
    lots: Sequence[ForecastLot],
    palette: Palette,
    *,
    level: float,
    simulated: bool = False,
    zone: tzinfo = UTC,
) -> go.Figure:
    """Lots on a time axis: expected finish, its interval and that of 50 %, the next on top."""
    title = f"Expected finish with its {level:.0%} interval{_mark(simulated)}"
    figure = new_figure(palette, title=title, x="Time", y="", height=_height(lots))
    whole = [(safe(lot.lot_id), lot.finish_low, lot.finish_high) for lot in lots]
    half = [(safe(lot.lot_id), *lot.half) for lot in lots if lot.half is not None]
    for spans, colour in ((whole, palette.band90), (half, palette.band50)):
        walls = [(place, _wall(low, zone), _wall(high, zone)) for place, low, high in spans]
        add_spans(figure, walls, colour)
    figure.add_scatter(
        x=[_wall(lot.finish, zone) for lot in lots],
        y=[safe(lot.lot_id) for lot in lots],
        mode="markers",
        marker={"color": palette.forecast, "size": 7},
        hovertext=[_hover(lot) for lot in lots],
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
        palette, title=title, x="Yield, share of the lot's area", y="", height=_height(lots)
    )
    known = [(safe(lot.lot_id), lot.yields) for lot in lots if lot.yields is not None]
    bars = {
        "type": "data",
        "symmetric": False,
        "color": palette.forecast,
        "thickness": 1.6,
        "width": 4,
        "array": [high - mean for _, (mean, _, high) in known],
        "arrayminus": [mean - low for _, (mean, low, _) in known],
    }
    figure.add_scatter(
        x=[mean for _, (mean, _, _) in known],
        y=[lot for lot, _ in known],
        mode="markers",
        marker={"color": palette.forecast, "size": 7},
        error_x=bars,
        hovertext=[
            f"{lot}: {percent(mean)} ({percent(low)} to {percent(high)})"
            for lot, (mean, low, high) in known
        ],
        hoverinfo="text",
    )
    order = [safe(lot.lot_id) for lot in lots]
    figure.update_xaxes(range=[-0.02, 1.03], tickformat=".0%")
    figure.update_yaxes(
        autorange="reversed", type="category", dtick=1, categoryorder="array", categoryarray=order
    )
    return figure


def add_spans(
    figure: go.Figure, spans: Sequence[tuple[str, Any, Any]], colour: str, width: int = 10
) -> None:
    """Horizontal bars from low to high, each at its place on the other axis."""
    figure.add_scatter(
        x=[end for _, low, high in spans for end in (low, high, None)],
        y=[place for place, _, _ in spans for _ in range(3)],
        mode="lines",
        line={"color": colour, "width": width},
        hoverinfo="skip",
    )


def _height(lots: Sequence[ForecastLot]) -> int:
    return 120 + max(3, len(lots)) * 24


def _wall(moment: datetime, zone: tzinfo) -> datetime:
    """Wall-clock time without its zone, as a time axis draws it."""
    return moment.astimezone(zone).replace(tzinfo=None)


def _hover(lot: ForecastLot) -> str:
    times = [lot.finish, lot.finish_low, lot.finish_high]
    mean, low, high = (f"{moment.astimezone(UTC):%d %b %H:%M}" for moment in times)
    return f"{safe(lot.lot_id)}: {mean} UTC ({low} to {high})"


def _mark(simulated: bool) -> str:
    return ", from simulated data" if simulated else ""
