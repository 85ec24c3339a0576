"""Between and within: means as individuals, spread inside subgroups."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, c4, chart, d2, d3

DATA = ChartData(np.array([[1.0, 3.0], [5.0, 9.0], [2.0, 2.0]]))


def test_three_panels_by_hand() -> None:
    result = chart("i_mr_rs", DATA)
    names = [panel.statistic for panel in result.panels]
    assert names == ["individual", "moving_range", "range"]
    of_means, within = 5 / d2(2), 2 / d2(2)
    means, steps, ranges = result.panels
    assert means.points.tolist() == [2.0, 7.0, 2.0]
    assert means.ucl == pytest.approx(11 / 3 + 3 * of_means)
    assert steps.points[1:].tolist() == [5.0, 5.0]
    assert steps.ucl == pytest.approx((d2(2) + 3 * d3(2)) * of_means)
    assert ranges.ucl == pytest.approx((d2(2) + 3 * d3(2)) * within)
    between = np.sqrt(of_means**2 - within**2 / 2)
    assert result.extras["sigma_between"] == pytest.approx(between)
    assert result.sigma == pytest.approx(np.hypot(between, within))


def test_large_subgroups_show_standard_deviations() -> None:
    data = ChartData(np.random.default_rng(9).normal(size=(12, 9)))
    last = chart("i_mr_rs", data).panels[2]
    within = chart("xbar_s", data).sigma
    assert last.statistic == "sd"
    assert last.centre_line == pytest.approx(c4(9) * within)


def test_nothing_between_is_zero_not_negative() -> None:
    data = ChartData(np.array([[1.0, 3.0], [1.0, 3.0], [3.0, 1.0]]))
    assert chart("i_mr_rs", data).extras["sigma_between"] == 0.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sigma": 1.0}, "chart i_mr_rs takes no known sigma"),
        ({"sigma_method": "mr_d2"}, "sigma-method of chart i_mr_rs must be one of"),
    ],
)
def test_refusals(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        chart("i_mr_rs", DATA, ChartOptions(**options))
