"""Individuals and moving ranges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, chart, d2, d3

Case = Callable[[str], dict[str, Any]]


def test_flow_rate_of_the_nist_handbook(case: Case) -> None:
    flow = case("V09")
    data, expected = ChartData(np.array(flow["data"]["x"])), flow["expected"]
    result = chart("i_mr", data)
    value, step = result.panels
    found = [result.sigma, value.centre_line, value.lcl, value.ucl]
    found += [step.centre_line, step.lcl, step.ucl]
    names = ("sigma", "center", "lcl", "ucl", "mr_bar", "mr_lcl", "mr_ucl")
    assert found == pytest.approx([expected[name] for name in names], rel=1e-9)
    assert result.signals == ()
    median = chart("i_mr", data, ChartOptions(sigma_method="median_mr"))
    assert median.sigma == pytest.approx(expected["sigma_from_median_mr"], rel=1e-9)


def test_the_first_moving_range_is_null() -> None:
    printed = chart("i_mr", ChartData(np.array([1.0, 3.0, 2.0]))).to_dict()
    assert [panel["statistic"] for panel in printed["panels"]] == ["individual", "moving_range"]
    assert printed["panels"][1]["points"] == [None, 2.0, 1.0]


def test_phase_two_is_judged_by_phase_one() -> None:
    values = np.array([9.9, 10.1, 10.0, 9.8, 10.2, 12.0, 12.1])
    result = chart("i_mr", ChartData(values), ChartOptions(phase1=5))
    assert result.panels[0].centre_line == pytest.approx(10.0)
    assert result.sigma == pytest.approx((0.2 + 0.1 + 0.2 + 0.4) / 4 / d2(2))
    assert [(s.panel, s.point) for s in result.signals] == [
        ("individual", 6),
        ("individual", 7),
        ("moving_range", 6),
    ]


def test_known_sigma_sets_the_moving_range_too() -> None:
    _, step = chart("i_mr", ChartData(np.array([1.0])), ChartOptions(centre=0.0, sigma=2.0)).panels
    assert step.centre_line == pytest.approx(2 * d2(2))
    assert step.ucl == pytest.approx(2 * (d2(2) + 3 * d3(2)))


def test_a_known_centre_leaves_sigma_to_the_data() -> None:
    result = chart("i_mr", ChartData(np.array([1.0, 3.0, 2.0])), ChartOptions(centre=7.0))
    assert result.panels[0].centre_line == 7.0
    assert result.sigma == pytest.approx(1.5 / d2(2))


def test_moving_ranges_are_judged_one_at_a_time() -> None:
    data = ChartData(np.arange(20.0))
    result = chart("i_mr", data, ChartOptions(rules=("nelson",)))
    assert result.extras["rules"]["moving_range"] == ["nelson_1"]


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([5.0], {}, "sigma by mr_d2 needs two neighbouring points in Phase I, got none"),
        ([1.0, 2.0, 3.0], {"phase1": 4}, "phase1 must be at most the number of points, 3, got 4"),
        ([1.0, 2.0, 3.0], {"exclude": (4,)}, "an excluded point must be from 1 to 3, got 4"),
        ([1.0, 2.0], {"exclude": (1, 2)}, "every one of the 2 points of Phase I is excluded"),
        ([1.0, 2.0, 3.0], {"sigma_method": "rbar_d2"}, "must be one of mr_d2, median_mr, got"),
    ],
)
def test_refusals(values: list[float], options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        chart("i_mr", ChartData(np.array(values)), ChartOptions(**options))


def test_subgroups_are_refused() -> None:
    with pytest.raises(InputError, match="chart i_mr needs one value a point, got subgroups"):
        chart("i_mr", ChartData(np.ones((3, 2))))
