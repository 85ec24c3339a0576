"""Figures of the quality model: what is drawn where, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboards.figures import Response, response_curve
from dashboards.figures.quality_difference import difference_bars
from dashboards.figures.quality_known import best_time_bars, effect_curve
from dashboards.figures.quality_surface import surface_map
from dashboards.theme import DARK, LIGHT
from process_models.quality.bands import Bands, Surface
from process_models.quality.effects import BestTimes, Effect
from process_models.quality.paired import PairedDifference
from process_models.quality.prediction import Estimate

X = np.array([0.0, 45.0, 90.0])
PRIOR = Bands(X, X * 0 + 0.2, X * 0 + 0.5, X * 0 + 1, X * 0 + 1.5, X * 0 + 3)
POSTERIOR = Bands(X, X * 0 + 0.8, X * 0 + 0.9, X * 0 + 1, X * 0 + 1.1, X * 0 + 1.2)
FOUND = PairedDifference(
    ccd_ma_cm2=Estimate(0.5, 0.1, 1.1, 0.9), ccd_ratio=Estimate(1.2, 1.0, 1.4, 0.9),
    survival=Estimate(0.1, 0.0, 0.2, 0.9), hours=400.0, survival_a=0.5, survival_b=0.6,
    p_ccd_higher=0.97, p_cell_higher=0.7,
)  # fmt: skip


def named(figure: go.Figure, name: str) -> Any:
    (found,) = [trace for trace in figure.data if trace.name == name]
    return found


def test_prior_and_posterior_differ_by_more_than_colour() -> None:
    effect = Effect("thickness_um", PRIOR, POSTERIOR, 0.25)
    figure = effect_curve(effect, LIGHT, name="Thickness", x="Thickness, µm")
    assert figure.layout.title.text == "Thickness: share of prior 25.0 %"
    assert named(figure, "prior, 90 %").line.dash == "dash"
    assert list(named(figure, "prior, 90 %").y) == [0.2] * 3
    band = named(figure, "after the evidence, 90 %")
    assert band.fill == "toself"
    assert list(band.y) == [1.2] * 3 + [0.8] * 3
    unknown = effect_curve(replace(effect, prior_share=None), DARK, name="T", x="T, s")
    assert "not known" in unknown.layout.title.text


def test_best_times_stand_side_by_side_and_the_prior_is_hatched() -> None:
    found = BestTimes(X, np.array([0.25, 0.75]), np.array([0.9, 0.1]))
    figure = best_time_bars(found, LIGHT, title="Best")
    prior, after = named(figure, "prior"), named(figure, "after the evidence")
    assert list(prior.x) == [22.5, 67.5]
    assert (list(prior.y), list(after.y)) == ([0.25, 0.75], [0.9, 0.1])
    assert (prior.marker.pattern.shape, after.marker.pattern.shape) == ("/", "")
    assert list(prior.hovertext) == ["0 to 45 s", "45 to 90 s"]


@pytest.mark.parametrize("what", ["middle", "width"])
def test_a_map_leaves_out_what_cannot_be(what: str) -> None:
    surface = Surface(
        X, X[:2], np.array([[1.0, np.nan, 2.0]] * 2), np.array([[3.0, np.nan, 4]] * 2)
    )
    figure = surface_map(surface, LIGHT, what=what, title="t", x="x", y="y", at=(45.0, 0.0))
    drawn = named(figure, what)
    assert drawn.connectgaps is False
    assert np.array_equal(drawn.z, getattr(surface, what), equal_nan=True)
    assert (named(figure, "this recipe").x[0], named(figure, "this recipe").y[0]) == (45.0, 0.0)
    without = surface_map(surface, LIGHT, what=what, title="t", x="x", y="y")
    assert [trace.name for trace in without.data] == [what]


def test_a_difference_has_its_interval_and_the_line_of_none() -> None:
    figure = difference_bars(FOUND, LIGHT)
    point = named(figure, "difference")
    assert list(point.x) == [0.5]
    assert point.error_x.array[0] == pytest.approx(0.6)
    assert point.error_x.arrayminus[0] == pytest.approx(0.4)
    assert point.text[0] == "0.50 (0.10 to 1.10) mA/cm²"
    assert figure.layout.shapes[0].x0 == 0
    low, high = figure.layout.xaxis.range
    assert low <= 0.1
    assert high >= 1.1


def test_the_inner_band_lies_upon_the_outer_one() -> None:
    response = Response(
        x=[0, 1], median=[2, 2], low=[0, 0], high=[4, 4], level=0.9, inner_low=[1, None],
        inner_high=[3, None],
    )  # fmt: skip
    figure = response_curve(response, LIGHT, title="t", x="x", y="y")
    names = [trace.name for trace in figure.data]
    assert names.index("90% interval") < names.index("50% interval") < names.index("median")
    assert list(named(figure, "50% interval").y) == [3, 1]


def test_beyond_every_observation_is_shaded_and_the_axis_ends() -> None:
    response = Response(x=[0, 1], median=[2, None], low=[0, 0], high=[4, 4], level=0.9)
    figure = response_curve(response, LIGHT, title="t", x="x", y="y", beyond=700.0)
    assert (figure.layout.shapes[0].y0, figure.layout.shapes[0].y1) == (700.0, 875.0)
    assert tuple(figure.layout.yaxis.range) == (0, 875.0)
    assert any(a.text == "beyond every observation" for a in figure.layout.annotations)
