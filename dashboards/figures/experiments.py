"""What scenarios and factors change: dots with intervals about the line as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.formatting import interval, number, safe
from dashboards.theme import Palette, new_figure

__all__ = ["Change", "change_intervals", "half_normal_points", "tornado"]


@dataclass(frozen=True, slots=True)
class Change:
    """A change and what it does, with the interval; `group` is the factor it belongs to.

    `half_normal` is the quantile that its size stands against, where there is one.
    """

    name: str
    mean: float
    low: float
    high: float
    group: str = ""
    half_normal: float | None = None


def change_intervals(
    changes: Sequence[Change], palette: Palette, *, title: str, unit: str, better: int = 1
) -> go.Figure:
    """A row a change, about a zero line; what surely is better or worse is filled.

    Parameters
    ----------
    better : int
        1 where more is better, -1 where less is.
    """
    figure = _frame(changes, palette, title, unit)
    for change in changes:
        _add_dot(figure, change, _row(change), palette, better)
    rows = [_row(change) for change in changes]
    figure.update_yaxes(categoryorder="array", categoryarray=rows)
    return figure


def tornado(
    changes: Sequence[Change], palette: Palette, *, title: str, unit: str, better: int = 1
) -> go.Figure:
    """A row a factor, the strongest on top: a bar from its least to its greatest effect."""
    groups = list(dict.fromkeys(change.group for change in changes))
    figure = _frame(groups, palette, title, unit)
    for group in groups:
        means = [0.0, *(change.mean for change in changes if change.group == group)]
        figure.add_scatter(
            x=[min(means), max(means)], y=[safe(group)] * 2, mode="lines",
            line={"color": palette.band50, "width": 14}, hoverinfo="skip",
        )  # fmt: skip
    for change in changes:
        _add_dot(figure, change, safe(change.group), palette, better, label=True)
    figure.update_yaxes(categoryorder="array", categoryarray=[safe(group) for group in groups])
    return figure


def half_normal_points(
    changes: Sequence[Change], palette: Palette, *, title: str, unit: str
) -> go.Figure:
    """Sizes of effects against half-normal quantiles: chance lies on a line through 0.

    What surely has an effect bears its name.
    """
    figure = new_figure(
        palette, title=f"{title}, simulated", x="Half-normal quantile", y=f"Size, {unit}"
    )
    shown = [change for change in changes if change.half_normal is not None]
    figure.add_scatter(
        x=[change.half_normal for change in shown],
        y=[abs(change.mean) for change in shown],
        mode="markers+text",
        marker={"color": palette.simulated, "size": 8},
        text=[safe(change.name) if _sure(change) else "" for change in shown],
        textposition="top left",
        textfont={"size": 11, "color": palette.quiet},
        hovertext=[_hover(change, unit) for change in shown],
        hoverinfo="text",
        cliponaxis=False,
    )
    return figure


def _frame(rows: Sequence[object], palette: Palette, title: str, unit: str) -> go.Figure:
    figure = new_figure(
        palette, title=f"{title}, simulated", x=f"Difference, {unit}", y="",
        height=130 + 34 * max(3, len(rows)),
    )  # fmt: skip
    figure.add_vline(x=0, line={"color": palette.quiet, "width": 1.4})
    figure.update_yaxes(type="category", autorange="reversed", dtick=1)
    return figure


def _row(change: Change) -> str:
    return safe(change.name)


def _add_dot(
    figure: go.Figure, change: Change, row: str, palette: Palette, better: int, label: bool = False
) -> None:
    """A dot with its interval: filled when the interval leaves out 0, hollow when it does not."""
    sure = _sure(change)
    good = change.mean * better > 0
    colour = (palette.good if good else palette.control) if sure else palette.simulated
    figure.add_scatter(
        x=[change.mean],
        y=[row],
        mode="markers+text" if label else "markers",
        text=[safe(change.name)] if label else None,
        textposition="top center",
        textfont={"size": 11, "color": palette.quiet},
        marker={
            "color": colour if sure else palette.surface,
            "size": 10,
            "symbol": "circle" if good or not sure else "diamond",
            "line": {"color": colour, "width": 1.6},
        },
        error_x={
            "type": "data", "symmetric": False, "color": colour, "thickness": 1.8, "width": 5,
            "array": [change.high - change.mean], "arrayminus": [change.mean - change.low],
        },
        hovertext=[_hover(change, "")],
        hoverinfo="text",
        cliponaxis=False,
    )  # fmt: skip


def _sure(change: Change) -> bool:
    return change.low > 0 or change.high < 0


def _hover(change: Change, unit: str) -> str:
    return f"{safe(change.name)}: <b>{_signed(change)}</b> {safe(unit)}".rstrip()


def _signed(change: Change) -> str:
    text = interval(change.mean, change.low, change.high)
    return f"+{text}" if change.mean > 0 and number(change.mean) != "0" else text
