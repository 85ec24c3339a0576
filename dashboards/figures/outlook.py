"""Good sheets by shift, tests before they end, and whether chances came true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import plotly.graph_objects as go

from dashboards.formatting import clock, interval, percent, safe
from dashboards.theme import Palette, new_figure

__all__ = [
    "RunningTest", "ShiftOutlook", "reliability_diagram", "shift_outlook", "survival_of_tests",
]  # fmt: skip

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ShiftOutlook:
    """What is expected of one shift: mean, the interval that was asked for, and that of 50 %."""

    start: datetime
    end: datetime
    mean: float
    span: Span
    half: Span | None


@dataclass(frozen=True, slots=True)
class RunningTest:
    """A running test: its name, and its chance to outlive each of some hours."""

    name: str
    survival: Sequence[tuple[float, float]]


def shift_outlook(
    shifts: Sequence[ShiftOutlook],
    palette: Palette,
    *,
    what: str,
    level: float,
    simulated: bool = False,
    zone: tzinfo = UTC,
) -> go.Figure:
    """Shifts on a time axis with what is expected of each and its intervals."""
    note = ", from simulated data" if simulated else ""
    figure = new_figure(
        palette, title=f"{what} by shift with intervals of 50 % and {level:.0%}{note}",
        x="Shift begins", y=what, height=300,
    )  # fmt: skip
    at = [one.start.astimezone(zone).replace(tzinfo=None) for one in shifts]
    bands = (
        ([one.span for one in shifts], palette.band90, 16),
        ([one.half for one in shifts], palette.band50, 16),
    )
    for spans, colour, width in bands:
        known = [(x, span) for x, span in zip(at, spans, strict=True) if span is not None]
        figure.add_scatter(
            x=[x for x, _ in known for _ in range(3)],
            y=[end for _, span in known for end in (*span, None)],
            mode="lines", line={"color": colour, "width": width}, hoverinfo="skip",
        )  # fmt: skip
    figure.add_scatter(
        x=at, y=[one.mean for one in shifts], mode="markers",
        marker={"color": palette.forecast, "size": 7}, hoverinfo="text",
        hovertext=[
            f"{clock(one.start, zone)} to {clock(one.end, zone)}: {interval(one.mean, *one.span)}"
            for one in shifts
        ],
    )  # fmt: skip
    figure.update_yaxes(rangemode="tozero")
    return figure


def survival_of_tests(
    tests: Sequence[RunningTest], palette: Palette, *, simulated: bool = False
) -> go.Figure:
    """Chance of every test to outlive so many hours."""
    note = ", from simulated data" if simulated else ""
    figure = new_figure(
        palette, title=f"Chance of each running life test to go on{note}",
        x="Hours of cycling", y="Chance to outlive them", height=300,
    )  # fmt: skip
    for one in tests:
        figure.add_scatter(
            x=[hours for hours, _ in one.survival], y=[chance for _, chance in one.survival],
            mode="lines+markers", line={"color": palette.forecast, "width": 1.1},
            marker={"color": palette.forecast, "size": 4}, opacity=0.7, hoverinfo="text",
            hovertext=[
                f"{safe(one.name)}: {percent(chance)} beyond {hours:g} h"
                for hours, chance in one.survival
            ],
        )  # fmt: skip
    figure.update_yaxes(range=[-0.02, 1.03], tickformat=".0%")
    return figure



def reliability_diagram(
    foretold: Sequence[float],
    happened: Sequence[float],
    counts: Sequence[int],
    palette: Palette,
    *,
    what: str,
) -> go.Figure:
    """How often it came true, against the chance that was told; on the line is just right."""
    figure = new_figure(
        palette, title=f"Told and come true: {what}", x="Chance that was told",
        y="Share that came true", height=320,
    )  # fmt: skip
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", hoverinfo="skip",
        line={"color": palette.quiet, "width": 1, "dash": "dot"},
    )  # fmt: skip
    figure.add_scatter(
        x=list(foretold), y=list(happened), mode="lines+markers",
        line={"color": palette.forecast, "width": 1.2},
        marker={"color": palette.forecast, "size": 7}, hoverinfo="text",
        hovertext=[
            f"told {percent(p)}, came true {percent(q)}, {n} cases"
            for p, q, n in zip(foretold, happened, counts, strict=True)
        ],
    )  # fmt: skip
    figure.update_xaxes(range=[-0.02, 1.02], tickformat=".0%")
    figure.update_yaxes(range=[-0.02, 1.03], tickformat=".0%")
    return figure
