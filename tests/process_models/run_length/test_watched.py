"""All panels of a chart together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from process_models.errors import InputError
from process_models.run_length import Scheme, WatchedChart, profile, run_lengths
from process_models.spc import c4, d2, d3


def watched(*rules: str, nsigma: float = 3.0, **changes: Any) -> WatchedChart:
    scheme = Scheme(chart="rules", rules=rules or ("beyond_limits",), nsigma=nsigma)
    return WatchedChart(**{"name": "chart", "scheme": scheme, "points_per_week": 100, **changes})


def test_a_chart_with_one_panel_is_its_scheme() -> None:
    found = profile(watched("we"), (1.0,))
    assert found.arl0 == pytest.approx(91.7508, rel=1e-5)
    assert found.exact


def test_the_delay_is_that_after_a_long_time_in_control() -> None:
    found = profile(watched("we"), (1.0,)).delays[0]
    zero_state = run_lengths(Scheme(chart="rules", rules=("we",)), (1.0,)).arl[0]
    assert found == pytest.approx(8.539085, rel=1e-6)
    assert found < zero_state


def test_the_mean_of_a_subgroup_sees_a_larger_shift() -> None:
    of_four = profile(watched(subgroup=4), (1.0,)).delays[0]
    assert of_four == pytest.approx(profile(watched(), (2.0,)).delays[0], rel=1e-12)
    unscaled = profile(watched(subgroup=4, shift_scale=1.0), (1.0,)).delays[0]
    assert unscaled == pytest.approx(profile(watched(), (1.0,)).delays[0], rel=1e-12)


def test_s_panel_is_a_second_independent_chart() -> None:
    """Both limits of S for subgroups of five: the lower one is 0."""
    found = profile(watched(subgroup=5, dispersion=("s",)), ()).arl0
    high = c4(5) + 3 * math.sqrt(1 - c4(5) ** 2)
    p = 1 - (1 - 2 * stats.norm.sf(3)) * (1 - stats.chi2.sf(4 * high**2, 4))
    assert found == pytest.approx(1 / p, rel=1e-9)


def test_both_limits_of_s_count_in_large_subgroups() -> None:
    found = profile(watched(subgroup=20, dispersion=("s",)), ()).arl0
    reach = 3 * math.sqrt(1 - c4(20) ** 2)
    inside = np.diff(stats.chi2.cdf(19 * (c4(20) + np.array([-reach, reach])) ** 2, 19))[0]
    p = 1 - (1 - 2 * stats.norm.sf(3)) * inside
    assert found == pytest.approx(1 / p, rel=1e-9)


@pytest.mark.parametrize("size", [2, 5])
def test_r_panel_against_the_studentized_range(size: int) -> None:
    found = profile(watched(subgroup=size, dispersion=("r",)), ()).arl0
    upper = d2(size) + 3 * d3(size)
    tail = stats.studentized_range.sf(upper, size, np.inf)
    p = 1 - (1 - 2 * stats.norm.sf(3)) * (1 - tail)
    assert found == pytest.approx(1 / p, rel=1e-6)


def test_runs_of_ranges_count_too() -> None:
    limits = profile(watched("beyond_limits", subgroup=5, dispersion=("r",)), ()).arl0
    both = profile(watched("beyond_limits", "nelson_2", subgroup=5, dispersion=("r",)), ()).arl0
    means_only = profile(watched("beyond_limits", "nelson_2", subgroup=5), ()).arl0
    assert both < means_only
    assert 1 / both > 1 / limits + 2 * 0.9 / 511


def test_runs_of_ranges_against_the_rules_of_the_charts() -> None:
    """Xbar-R with limits and runs of nine, 400,000 subgroups of seed 13; 4 standard errors.

    The chart begins anew after every signal, as the run length does.
    """
    size = 5
    chart = watched("beyond_limits", "nelson_2", subgroup=size, dispersion=("r",))
    values = np.random.default_rng(13).standard_normal((400_000, size))
    mean = values.mean(axis=1) * math.sqrt(size)
    spread = np.ptp(values, axis=1)
    middle, reach = d2(size), 3 * d3(size)
    beyond = (np.abs(mean) > 3) | (np.abs(spread - middle) > reach)
    sides = [np.sign(mean).tolist(), np.sign(spread - middle).tolist()]
    lengths, start, runs = [], 0, [0, 0]
    for i, out in enumerate(beyond.tolist()):
        for panel, side in enumerate(sides):
            same = i > start and side[i] == side[i - 1]
            runs[panel] = runs[panel] + 1 if same else 1
        if out or max(runs) >= 9:
            lengths.append(i + 1 - start)
            start, runs = i + 1, [0, 0]
    found = np.array(lengths)
    error = found.std(ddof=1) / math.sqrt(len(found))
    assert profile(chart, ()).arl0 == pytest.approx(found.mean(), abs=4 * error)


def test_moving_ranges_count_when_the_limits_are_a_rule() -> None:
    alone = profile(watched("beyond_limits"), ()).arl0
    with_ranges = profile(watched("beyond_limits", dispersion=("moving_range",)), ()).arl0
    assert with_ranges == pytest.approx(105.330932, rel=1e-6)
    assert with_ranges < alone
    runs = profile(watched("nelson_2", dispersion=("moving_range",)), ()).arl0
    assert runs == pytest.approx(511, rel=1e-9)


def test_three_panels() -> None:
    two = profile(watched("beyond_limits", dispersion=("moving_range",)), ()).arl0
    chart = watched("beyond_limits", subgroup=5, dispersion=("moving_range", "r"))
    three = profile(chart, ()).arl0
    assert 1 / three == pytest.approx(1 / two + 0.0046, rel=0.03)


def test_another_limit_and_other_rules() -> None:
    chart = watched("we").redrawn(("beyond_limits",), 2.5)
    assert chart.scheme.rules == ("beyond_limits",)
    assert chart.limit == 2.5
    cusum = WatchedChart(name="c", scheme=Scheme(chart="cusum"), points_per_week=1)
    assert cusum.redrawn(("beyond_limits",), 4.0).scheme.h == 4.0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"points_per_week": 0.0}, "points per week of chart chart must be above 0, got 0"),
        ({"weight": -1.0}, "weight of chart chart must be above 0, got -1"),
        ({"dispersion": ("r",)}, "chart chart needs subgroups of at least 2, got 1"),
    ],
)
def test_what_a_watched_chart_refuses(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        watched(**given)
    assert str(caught.value) == message
