"""Belief and knowledge side by side: effects and the best exposure, before and after evidence."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboards.formatting import percent
from dashboards.theme import Palette, new_figure
from process_models.quality.bands import Bands
from process_models.quality.effects import BestTimes, Effect

__all__ = ["best_time_bars", "effect_curve"]


def effect_curve(effect: Effect, palette: Palette, *, name: str, x: str) -> go.Figure:
    """CCD relative to the reference along one input: prior dashed, posterior as a band.

    Parameters
    ----------
    name, x : str
        Of the input, alone and with its unit.
    """
    known = "not known" if effect.prior_share is None else percent(effect.prior_share)
    figure = new_figure(
        palette, title=f"{name}: share of prior {known}", x=x, y="CCD over reference", height=300
    )
    prior, posterior = effect.prior, effect.posterior
    _band(figure, posterior, palette.band90, "after the evidence, 90 %")
    figure.add_scatter(
        x=posterior.x, y=posterior.middle, mode="lines", name="after, median",
        line={"color": palette.forecast, "width": 2}, hovertemplate="%{x:.3g}: %{y:.3g}",
    )  # fmt: skip
    for values, label in ((prior.low90, "prior, 90 %"), (prior.high90, "")):
        figure.add_scatter(
            x=prior.x, y=values, mode="lines", name=label or "prior", showlegend=bool(label),
            line={"color": palette.states["blocked"], "width": 1.8, "dash": "dash"},
            hovertemplate="prior %{x:.3g}: %{y:.3g}<extra></extra>",
        )  # fmt: skip
    figure.add_scatter(
        x=prior.x, y=prior.middle, mode="lines", name="prior, median",
        line={"color": palette.states["blocked"], "width": 1.4, "dash": "dot"},
        hovertemplate="prior %{x:.3g}: %{y:.3g}<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(rangemode="tozero")
    return figure


def _band(figure: go.Figure, bands: Bands, fill: str, name: str) -> None:
    figure.add_scatter(
        x=_there_and_back(bands.x, bands.x), y=_there_and_back(bands.high90, bands.low90),
        fill="toself", mode="lines", fillcolor=fill, line={"width": 0}, hoverinfo="skip", name=name,
    )  # fmt: skip


def _there_and_back(first: NDArray[np.float64], second: NDArray[np.float64]) -> list[float]:
    return [*first.tolist(), *second[::-1].tolist()]


def best_time_bars(found: BestTimes, palette: Palette, *, title: str) -> go.Figure:
    """How likely the best exposure lies in each bin, the prior hatched beside the posterior."""
    figure = new_figure(
        palette, title=title, x="Best sublimation time, s", y="Probability", height=340
    )
    edges = found.edges_s
    middle = (edges[:-1] + edges[1:]) / 2
    names = [f"{a:g} to {b:g} s" for a, b in pairwise(edges)]
    for shares, name, colour, pattern in (
        (found.prior, "prior", palette.states["blocked"], "/"),
        (found.posterior, "after the evidence", palette.forecast, ""),
    ):
        figure.add_bar(
            x=middle, y=shares, name=name, hovertext=names,
            marker={"color": colour, "pattern": {"shape": pattern, "size": 6}},
            hovertemplate="%{hovertext}: %{y:.1%}<extra>" + name + "</extra>",
        )  # fmt: skip
    figure.update_layout(barmode="group", bargap=0.15, showlegend=True)
    figure.update_yaxes(tickformat=".0%")
    figure.update_xaxes(range=[edges[0], edges[-1]])
    return figure
