"""The trace of a cell test with the call of its short marked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dashboards.figures.cell_words import RULE_NAMES
from dashboards.formatting import number, safe
from dashboards.theme import Palette, new_figure
from process_models.cells import CellTrace, Short
from twin.reporting.drawing.thinning import kept_points

__all__ = ["CalledTrace", "cell_trace"]

_DRAWN = 2000


@dataclass(frozen=True, eq=False)
class CalledTrace:
    """What is drawn: the trace, the call that stands, the rule's own, and a name."""

    name: str
    trace: CellTrace
    called: Short | None
    by_rule: Short | None
    area_cm2: float
    provenance: str = "imported"


def cell_trace(drawn: CalledTrace, palette: Palette) -> go.Figure:
    """Voltage and current density over hours; a filled diamond at the call that stands.

    The rule's call is a hollow diamond where a person has called another one.
    """
    trace, called = drawn.trace, drawn.called
    said = "no short" if called is None else f"{called.kind} short at {number(called.time_h, 4)} h"
    title = f"Trace of {safe(drawn.name)}: {said} ({drawn.provenance})"
    figure = new_figure(palette, title=title, x="Time, h", y="Voltage, V", height=440)
    hours = trace.test_time_s / 3600
    keep = kept_points(trace.voltage_v, _marked(drawn), _DRAWN)
    colour = palette.simulated if drawn.provenance == "simulated" else palette.ink
    figure.add_scatter(
        x=hours[keep], y=trace.voltage_v[keep], mode="lines", name="voltage",
        line={"color": colour, "width": 0.9},
    )  # fmt: skip
    density = trace.current_ma / drawn.area_cm2
    steps = kept_points(density, (), _DRAWN)
    figure.add_scatter(
        x=hours[steps], y=density[steps], mode="lines", name="current", yaxis="y2",
        line={"color": palette.quiet, "width": 0.9, "dash": "dot", "shape": "hv"}, opacity=0.7,
    )  # fmt: skip
    figure.update_layout(
        yaxis2={
            "title": "Current density, mA/cm²", "overlaying": "y", "side": "right",
            "showgrid": False, "color": palette.quiet,
        },
        margin_r=70,
    )  # fmt: skip
    if drawn.by_rule is not None and drawn.by_rule != called:
        _mark(figure, trace, drawn.by_rule, palette, filled=False)
    if called is not None:
        _mark(figure, trace, called, palette, filled=True)
    return figure


def _marked(drawn: CalledTrace) -> tuple[int, ...]:
    """Points of the calls, from 0, which are always drawn."""
    shorts = (drawn.called, drawn.by_rule)
    return tuple(short.point for short in shorts if short is not None)


def _mark(
    figure: go.Figure, trace: CellTrace, short: Short, palette: Palette, *, filled: bool
) -> None:
    symbol = "diamond" if filled else "diamond-open"
    figure.add_scatter(
        x=[float(np.round(trace.test_time_s[short.point] / 3600, 6))],
        y=[float(trace.voltage_v[short.point])],
        mode="markers+text",
        name="call" if filled else "call of the rule",
        text=[RULE_NAMES.get(short.rule, safe(short.rule))],
        textposition="top center",
        textfont={"color": palette.control_text if filled else palette.quiet},
        marker={"symbol": symbol, "size": 12, "color": palette.control},
        hovertext=[f"{short.kind} short at {number(short.time_h, 5)} h"],
        hoverinfo="text",
    )
