"""Shifts side by side: OEE with its factors, or one other figure, with its target."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType

import plotly.graph_objects as go

from dashboards.formatting import number, percent
from dashboards.theme import Palette, new_figure
from twin.line_time import line_time
from twin.shift_kpi import ShiftKpi

__all__ = ["SHIFT_FIGURES", "ShiftFigure", "oee_by_shift", "shift_name", "shift_values"]


@dataclass(frozen=True, slots=True)
class ShiftFigure:
    """How one figure of a shift is named and written."""

    label: str
    unit: str
    scale: float = 1.0

    def text(self, value: float) -> str:
        """The value in words; a dash when there is none."""
        if self.unit == "%":
            return percent(value)
        return number(None if math.isnan(value) else value * self.scale)


SHIFT_FIGURES: Mapping[str, ShiftFigure] = MappingProxyType(
    {
        "throughput_per_h": ShiftFigure("Throughput", "lots/h"),
        "good_lots": ShiftFigure("Good lots", "lots"),
        "availability": ShiftFigure("Availability", "%"),
        "effectiveness": ShiftFigure("Effectiveness", "%"),
        "quality_ratio": ShiftFigure("Quality ratio", "%"),
        "oee": ShiftFigure("OEE", "%"),
        "first_pass_yield": ShiftFigure("First-pass yield", "%"),
        "rolled_yield": ShiftFigure("Rolled yield", "%"),
        "wip": ShiftFigure("Work in process", "lots"),
        "waiting_s": ShiftFigure("Waiting a lot", "min", 1 / 60),
    }
)
_FACTORS = (("availability", "/"), ("effectiveness", "."), ("quality_ratio", "x"), ("oee", ""))


def shift_name(shift: ShiftKpi, zone: tzinfo = UTC) -> str:
    """When a shift began, and that it is still going on.

    Examples
    --------
    >>> from dataclasses import fields
    >>> names = {field.name: 0 for field in fields(ShiftKpi)}
    >>> shift_name(ShiftKpi(**{**names, "over": False}))
    'Mon 1 Jan 06:00, so far'
    """
    begun: datetime = line_time(shift.start_s).astimezone(zone)
    return f"{begun:%a} {begun.day} {begun:%b %H:%M}{'' if shift.over else ', so far'}"


def _two_lines(shift: ShiftKpi, zone: tzinfo) -> str:
    begun = line_time(shift.start_s).astimezone(zone)
    return f"{begun:%a} {begun.day}<br>{begun:%H:%M}{'' if shift.over else '…'}"


def oee_by_shift(
    shifts: Sequence[ShiftKpi], palette: Palette, *, target: float, simulated: bool = False,
    zone: tzinfo = UTC,
) -> go.Figure:  # fmt: skip
    """OEE beside its three factors for each shift, and the target of OEE."""
    figure = _frame(shifts, palette, "OEE and its factors by shift", "Share", simulated, zone)
    tone = palette.simulated if simulated else palette.ink
    for name, pattern in _FACTORS:
        values = [getattr(shift, name) for shift in shifts]
        label = SHIFT_FIGURES[name].label
        figure.add_bar(
            x=list(range(len(shifts))), y=values, name=label,
            marker={
                "color": tone if name == "oee" else palette.grid,
                "line": {"color": tone, "width": 1},
                "pattern": {"shape": pattern, "fgcolor": tone, "size": 5, "solidity": 0.25},
            },
            text=[f"{100 * value:.0f}" if name == "oee" else "" for value in values],
            textposition="outside", textfont={"color": palette.ink, "size": 11}, cliponaxis=False,
            hovertemplate=f"{label} %{{y:.1%}}<extra></extra>",
        )  # fmt: skip
    _target(figure, palette, target, len(shifts), f"Target {target:.0%}")
    figure.update_layout(barmode="group", bargap=0.25, showlegend=True)
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    return figure


def shift_values(
    shifts: Sequence[ShiftKpi], name: str, palette: Palette, *, target: float | None = None,
    simulated: bool = False, zone: tzinfo = UTC,
) -> go.Figure:  # fmt: skip
    """One figure of `SHIFT_FIGURES` for each shift, with a target where it has one."""
    about = SHIFT_FIGURES[name]
    heading = about.label if about.unit == "%" else f"{about.label}, {about.unit}"
    figure = _frame(shifts, palette, f"{about.label} by shift", heading, simulated, zone)
    values = [getattr(shift, name) * about.scale for shift in shifts]
    figure.add_bar(
        x=list(range(len(shifts))), y=values,
        marker={"color": palette.simulated if simulated else palette.ink}, showlegend=False,
        text=[about.text(getattr(shift, name)) for shift in shifts], textposition="outside",
        textfont={"color": palette.ink, "size": 11}, cliponaxis=False, hoverinfo="skip",
    )  # fmt: skip
    if target is not None:
        _target(figure, palette, target * about.scale, len(shifts), f"Target {about.text(target)}")
    figure.update_yaxes(rangemode="tozero", tickformat=".0%" if about.unit == "%" else None)
    return figure


def _frame(
    shifts: Sequence[ShiftKpi], palette: Palette, title: str, y: str, simulated: bool, zone: tzinfo
) -> go.Figure:
    mark = ", simulated data" if simulated else ""
    figure = new_figure(palette, title=f"{title}{mark}", x="Shift that began", y=y, height=340)
    names = [_two_lines(shift, zone) for shift in shifts]
    figure.update_xaxes(tickmode="array", tickvals=list(range(len(shifts))), ticktext=names)
    return figure


def _target(figure: go.Figure, palette: Palette, value: float, shifts: int, text: str) -> None:
    figure.add_scatter(
        x=[-0.5, shifts - 0.5], y=[value, value], mode="lines", name=text, hoverinfo="skip",
        line={"color": palette.good, "dash": "longdash", "width": 2},
    )  # fmt: skip
    figure.update_layout(showlegend=True)
