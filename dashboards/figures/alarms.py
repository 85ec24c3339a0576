"""How many alarms came when, by severity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

import plotly.graph_objects as go

from dashboards.theme import Palette, new_figure

__all__ = ["AlarmTime", "alarms_over_time"]

AlarmTime = tuple[datetime, str]
_MOST_BARS = 168
MANAGEABLE_PER_H = 12.0


def alarms_over_time(
    alarms: Sequence[AlarmTime], since: datetime, until: datetime, zone: tzinfo, palette: Palette
) -> go.Figure:
    """Bars of alarms in equal pieces of the period, stacked by severity, beside what one can take.

    Parameters
    ----------
    alarms : sequence of (datetime, str)
        When each was raised, and its severity.
    """
    hours = max(1, -(-int((until - since).total_seconds()) // 3600 // _MOST_BARS))
    piece = timedelta(hours=hours)
    name = "hour" if hours == 1 else f"{hours} hours"
    figure = new_figure(
        palette, title=f"Alarms raised per {name}", x="Time", y=f"Alarms per {name}", height=300
    )
    counts = Counter(((at - since) // piece, severity) for at, severity in alarms)
    bars = range(-(-(until - since) // piece))
    colours = {
        "critical": palette.control, "major": palette.states["blocked"],
        "minor": palette.states["starved"], "info": palette.quiet,
    }  # fmt: skip
    for severity, colour in colours.items():
        heights = [counts[bar, severity] for bar in bars]
        if any(heights):
            times = [(since + bar * piece).astimezone(zone) for bar in bars]
            figure.add_bar(x=times, y=heights, name=severity, marker={"color": colour})
    limit = MANAGEABLE_PER_H * hours
    figure.add_hline(
        y=limit, line={"color": palette.quiet, "dash": "dot"},
        annotation={"text": f"most that one can manage: {limit:g}", "font_color": palette.quiet},
    )  # fmt: skip
    figure.update_layout(barmode="stack", showlegend=True, margin_t=48)
    figure.update_yaxes(rangemode="tozero")
    return figure
