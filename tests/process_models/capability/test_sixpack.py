"""The numbers behind the six panels."""

from __future__ import annotations

import math

import numpy as np
import pytest

from process_models.capability import capability, capability_sixpack
from process_models.capability.sixpack import Spread

LABELS = [str(i // 5) for i in range(150)]


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    """Seed 50; 150 log-normal values."""
    return np.random.default_rng(50).lognormal(1.0, 0.3, 150)


def test_the_result_is_that_of_the_study(values: np.ndarray) -> None:
    options = {"lsl": 0.5, "usl": 9.0, "target": 3.0}
    view = capability_sixpack(values, subgroup=LABELS, **options)
    assert view.result.to_dict() == capability(values, subgroup=LABELS, **options).to_dict()


def test_charts_of_subgroups_and_of_single_values(values: np.ndarray) -> None:
    grouped = capability_sixpack(values, usl=9.0, subgroup=LABELS).chart
    single = capability_sixpack(values, usl=9.0).chart
    assert [panel.statistic for panel in grouped.panels] == ["xbar", "r"]
    assert [panel.statistic for panel in single.panels] == ["individual", "moving_range"]
    assert (grouped.n, single.n) == (30, 150)


def test_the_last_25_subgroups_keep_their_numbers(values: np.ndarray) -> None:
    last = capability_sixpack(values, usl=9.0, subgroup=LABELS).last
    assert np.unique(last.numbers).tolist() == list(range(6, 31))
    assert last.values.tolist() == values[25:].tolist()
    assert last.mean == pytest.approx(values.mean())


def test_ragged_subgroups_leave_no_gaps() -> None:
    view = capability_sixpack([1.0, 2.0, 3.0, 5.0, 4.0], usl=9.0, subgroup=list("aabbb"))
    assert view.last.numbers.tolist() == [1, 1, 2, 2, 2]
    assert np.isfinite(view.last.values).all()


def test_fewer_than_25_single_values_are_all_there() -> None:
    last = capability_sixpack([1.0, 2.0, 4.0], usl=9.0).last
    assert (last.numbers.tolist(), last.values.tolist()) == ([1, 2, 3], [1.0, 2.0, 4.0])


def test_the_histogram_counts_every_value(values: np.ndarray) -> None:
    drawn = capability_sixpack(values, usl=9.0).histogram
    assert drawn.counts.sum() == 150
    assert len(drawn.edges) == len(drawn.counts) + 1
    assert set(drawn.curves) == {"overall", "within"}


@pytest.mark.parametrize("name", ["normal", "lognormal", "johnson"])
def test_curves_have_the_area_of_the_histogram(name: str, values: np.ndarray) -> None:
    drawn = capability_sixpack(values, usl=9.0, distribution=name).histogram
    width = drawn.edges[1] - drawn.edges[0]
    area = np.trapezoid(drawn.curves["overall"], drawn.x)
    assert area == pytest.approx(150 * width, rel=0.03)


def test_a_histogram_of_two_heaps_of_equal_values() -> None:
    drawn = capability_sixpack([1.0] * 20 + [2.0], usl=9.0).histogram
    assert drawn.counts.sum() == 21


def test_the_probability_plot_of_a_normal_is_straight(values: np.ndarray) -> None:
    view = capability_sixpack(values, usl=9.0)
    plot, result = view.probability, view.result
    slope = np.diff(plot.line_values) / np.diff(plot.line_scores)
    assert slope == pytest.approx(np.full(40, result.sigma_overall))
    middle = len(plot.line_values) // 2
    assert plot.line_values[middle] == pytest.approx(result.mean)
    half = 1.959964 * result.sigma_overall / math.sqrt(150)
    assert plot.band_high[middle] - plot.line_values[middle] == pytest.approx(half, rel=1e-5)


def test_plotting_positions_are_median_ranks(values: np.ndarray) -> None:
    plot = capability_sixpack(values, usl=9.0).probability
    assert plot.shares[[0, -1]] == pytest.approx([0.7 / 150.4, 149.7 / 150.4])
    assert plot.values.tolist() == sorted(values.tolist())


@pytest.mark.parametrize("name", ["lognormal", "weibull", "boxcox"])
def test_the_band_of_a_fit_is_around_its_line(name: str, values: np.ndarray) -> None:
    plot = capability_sixpack(values, usl=9.0, distribution=name).probability
    inner = slice(4, -4)
    assert (plot.band_low[inner] <= plot.line_values[inner]).all()
    assert (plot.line_values[inner] <= plot.band_high[inner]).all()


def test_the_right_distribution_keeps_the_points_in_its_band(values: np.ndarray) -> None:
    plot = capability_sixpack(values, usl=9.0, distribution="lognormal").probability
    low = np.interp(plot.scores, plot.line_scores, plot.band_low)
    high = np.interp(plot.scores, plot.line_scores, plot.band_high)
    assert np.mean((low <= plot.values) & (plot.values <= high)) > 0.9


def test_spreads_of_a_normal_are_six_sigma(values: np.ndarray) -> None:
    view = capability_sixpack(values, lsl=0.5, usl=9.0)
    within, overall, asked = view.spreads
    assert within.high is not None
    assert within.low is not None
    assert within.high - within.low == pytest.approx(6 * view.result.sigma_within)
    assert overall.name == "overall"
    assert asked == Spread("specification", 0.5, 9.0)


def test_the_spread_of_a_fit_is_between_its_percentiles(values: np.ndarray) -> None:
    view = capability_sixpack(values, usl=9.0, distribution="gamma")
    overall, asked = view.spreads
    quantiles = view.result.distribution["quantiles"]
    assert (overall.low, overall.high) == (quantiles["low"], quantiles["high"])
    assert asked.low is None


def test_values_are_not_changed(values: np.ndarray) -> None:
    before = values.copy()
    capability_sixpack(values, usl=9.0, distribution="boxcox")
    assert (values == before).all()
