"""What exposure, pressure and thickness do to the cell, and how much of that is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.figures.quality_evidence import draw_evidence
from dashboards.formatting import percent, unit_name, words
from dashboards.theme import Palette, new_figure
from twin.reporting.evidence_marks import EvidencePoint

__all__ = ["Response", "prior_share_bars", "response_curve", "survival_curve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Median and interval of one outcome along one input; None where it cannot be said.

    `inner_low` and `inner_high` bound the 50 % interval, where there is one.
    """

    x: Sequence[float]
    median: Sequence[float | None]
    low: Sequence[float | None]
    high: Sequence[float | None]
    level: float
    inner_low: Sequence[float | None] = ()
    inner_high: Sequence[float | None] = ()


def response_curve(
    response: Response,
    palette: Palette,
    *,
    title: str,
    x: str,
    y: str,
    at: tuple[float, float | None] | None = None,
    evidence: Sequence[EvidencePoint] = (),
    beyond: float | None = None,
) -> go.Figure:
    """Median and interval over one input, with the evidence upon it and a mark where we are.

    Parameters
    ----------
    at : (input, outcome), optional
        Where we are.
    beyond : float, optional
        Above it nothing was ever observed: shaded, and the axis ends soon after.
    """
    figure = new_figure(palette, title=title, x=x, y=y, height=440)
    _band(figure, (response.x, response.low, response.high), response.level, palette.band90)
    if response.inner_low:
        inner = (response.x, response.inner_low, response.inner_high)
        _band(figure, inner, 0.5, palette.band50)
    if beyond is not None:
        _shade_beyond(figure, beyond, palette)
    line = {"color": palette.forecast, "width": 2}
    hover = "%{x:.4g}: %{y:.3g}<extra></extra>"
    figure.add_scatter(
        x=response.x, y=response.median, mode="lines", line=line, name="median", hovertemplate=hover
    )
    draw_evidence(figure, evidence, palette)
    if at is not None and at[1] is not None:
        mark = {"symbol": "x-thin", "size": 12, "line": {"color": palette.control, "width": 2.6}}
        figure.add_scatter(
            x=[at[0]],
            y=[at[1]],
            mode="markers",
            name="this setting",
            marker=mark,
            hovertemplate=hover,
        )
    figure.update_layout(showlegend=True)
    return figure


def _band(
    figure: go.Figure,
    drawn: tuple[Sequence[float], Sequence[float | None], Sequence[float | None]],
    level: float,
    fill: str,
) -> None:
    known = [
        (x, low, high)
        for x, low, high in zip(*drawn, strict=True)
        if low is not None and high is not None
    ]
    figure.add_scatter(
        x=[*(x for x, _, _ in known), *(x for x, _, _ in reversed(known))],
        y=[*(high for _, _, high in known), *(low for _, low, _ in reversed(known))],
        fill="toself",
        mode="lines",
        fillcolor=fill,
        line={"width": 0},
        hoverinfo="skip",
        name=f"{level:.0%} interval",
    )


def _shade_beyond(figure: go.Figure, beyond: float, palette: Palette) -> None:
    top = 1.25 * beyond
    shape = {"fillcolor": palette.change, "line_width": 0, "layer": "below"}
    figure.add_hrect(y0=beyond, y1=top, **shape)
    figure.add_annotation(
        xref="paper", x=1, y=top, xanchor="right", yanchor="top", showarrow=False,
        text="beyond every observation", font={"size": 11, "color": palette.quiet},
    )  # fmt: skip
    figure.update_yaxes(range=[0, top])


def survival_curve(
    hours: Sequence[float],
    probability: Sequence[float],
    palette: Palette,
    *,
    title: str,
    longest_observed_h: float | None = None,
) -> go.Figure:
    """Share of cells still alive after so many hours; beyond every observation it is shaded."""
    figure = new_figure(palette, title=title, x="Life, h", y="Share of cells alive", height=440)
    if longest_observed_h is not None and hours and hours[-1] > longest_observed_h:
        figure.add_vrect(
            x0=longest_observed_h,
            x1=hours[-1],
            fillcolor=palette.change,
            line_width=0,
            layer="below",
        )
        figure.add_annotation(
            x=hours[-1],
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor="right",
            text="beyond every observation",
            showarrow=False,
            font={"size": 11, "color": palette.quiet},
        )
    figure.add_scatter(
        x=hours,
        y=probability,
        mode="lines",
        fill="tozeroy",
        fillcolor=palette.band90,
        line={"color": palette.forecast, "width": 2},
        hovertemplate="%{x:.0f} h: %{y:.0%}<extra></extra>",
    )
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    figure.update_xaxes(range=[0, hours[-1]], dtick=200)
    return figure


def prior_share_bars(shares: Mapping[str, float], palette: Palette) -> go.Figure:
    """For each input, how much of its effect on CCD is still prior and how much is evidence."""
    names = list(shares)[::-1]
    labels = [words(n.rsplit("_", 1)[0]) + (f", {unit_name(n.rsplit('_', 1)[1])}") for n in names]
    figure = new_figure(
        palette,
        title="How much of each effect is prior",
        x="Share of prior",
        y="",
        height=120 + 34 * len(names),
    )
    figure.add_bar(
        y=labels,
        x=[1] * len(names),
        orientation="h",
        width=0.5,
        hoverinfo="skip",
        marker={"color": palette.grid},
        name="evidence",
        text=[f"evidence {percent(1 - shares[n])}" if shares[n] < 0.8 else "" for n in names],
        textposition="inside",
        insidetextanchor="end",
        textfont={"color": palette.ink},
        textangle=0,
    )
    figure.add_bar(
        y=labels,
        x=[shares[n] for n in names],
        orientation="h",
        width=0.5,
        marker={"color": palette.states["blocked"]},
        name="prior",
        text=[f"prior {percent(shares[n])}" for n in names],
        textposition="inside",
        textfont={"color": "#1D2530"},
        insidetextanchor="start",
        hovertemplate="%{y}: %{x:.0%} prior<extra></extra>",
    )
    figure.update_layout(barmode="overlay", bargap=0.4)
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    return figure
