"""Fit, evaluate and chart; limits, data and options as they stand between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, FrozenLimits, chart, evaluate, fit

VALUES = np.array([9.9, 10.1, 10.0, 9.8, 10.2, 12.0])


def test_later_points_alone_are_judged_by_frozen_limits() -> None:
    limits = fit("i_mr", ChartData(VALUES[:5]))
    later = evaluate(limits, ChartData(VALUES[5:]), ChartOptions(phase1=0))
    assert (later.n, later.phase1) == (1, 0)
    assert [s.point for s in later.signals] == [1]
    whole = chart("i_mr", ChartData(VALUES), ChartOptions(phase1=5))
    assert later.panels[0].ucl == whole.panels[0].ucl


def test_limits_remember_their_phase_one() -> None:
    limits = fit("i_mr", ChartData(VALUES), ChartOptions(phase1=5, exclude=(2,)))
    assert (limits.phase1, limits.excluded, limits.parameters["points"]) == (5, (2,), 4)
    assert evaluate(limits, ChartData(VALUES)).phase1 == 5
    assert evaluate(limits, ChartData(VALUES)).excluded == (2,)


def test_signals_come_in_order_of_panel_point_and_rule() -> None:
    options = ChartOptions(centre=0.0, sigma=1.0, rules=("nelson_5", "beyond_limits", "nelson_1"))
    result = chart("i_mr", ChartData(np.array([4.0, 0.0, 5.0])), options)
    found = [(s.panel, s.point, s.rule) for s in result.signals]
    assert found == [
        ("individual", 1, "beyond_limits"),
        ("individual", 1, "nelson_1"),
        ("individual", 3, "nelson_5"),
        ("individual", 3, "beyond_limits"),
        ("individual", 3, "nelson_1"),
        ("moving_range", 2, "beyond_limits"),
        ("moving_range", 2, "nelson_1"),
        ("moving_range", 3, "beyond_limits"),
        ("moving_range", 3, "nelson_1"),
    ]


def test_no_rules_no_signals() -> None:
    assert chart("i_mr", ChartData(VALUES), ChartOptions(rules=(), phase1=5)).signals == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"nsigma": 0.0}, "nsigma must be above 0, got 0"),
        ({"lam": 1.5}, "lambda must be above 0 and at most 1, got 1.5"),
        ({"width": -1.0}, "width must be above 0, got -1"),
        ({"sigma": 0.0}, "sigma must be above 0, got 0"),
        ({"centre": float("nan")}, "centre must be finite, got nan"),
        ({"k": -0.5}, "k must not be negative, got -0.5"),
        ({"h": 0.0}, "h must be above 0, got 0"),
        ({"head_start": -1.0}, "head-start must not be negative"),
        ({"alpha": 1.0}, "alpha must be above 0 and below 1, got 1"),
        ({"phase1": -1}, "phase1 must be at least 0, got -1"),
        ({"exclude": (0,)}, "an excluded point must be at least 1, got 0"),
        ({"components": 0}, "components must be at least 1, got 0"),
        ({"span": 1}, "span must be at least 2, got 1"),
        ({"limits": "wide"}, "limits must be one of exact, asymptotic, got 'wide'"),
        ({"covariance": "x"}, "covariance must be one of sample, successive, got 'x'"),
        ({"sigma_method": "x"}, "sigma-method must be one of rbar_d2, .* got 'x'"),
        ({"rules": ("x",)}, "rule must be one of"),
    ],
)
def test_options_are_checked_where_they_are_made(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ChartOptions(**options)


@pytest.mark.parametrize(
    ("values", "sizes", "message"),
    [
        (np.empty(0), None, "a chart needs at least one point, got none"),
        (np.float64(1.0), None, "values must have 1 to 3 dimensions, got 0"),
        (np.array([[1.0, 2.0], [np.nan, np.nan]]), None, "subgroup 2 must have at least one value"),
        (np.array([[1.0, 2.0], [np.inf, 1.0]]), None, "the values of subgroup 2 must be finite"),
        (np.ones(2), np.ones(3), r"sizes must be 2, one a point, got \(3,\)"),
        (np.ones(2), np.array([1.0, 0.0]), "the size of point 2 must be above 0, got 0"),
    ],
)
def test_data_is_checked_where_it_is_made(
    values: np.ndarray, sizes: np.ndarray | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        ChartData(values, sizes)


def test_limits_that_lack_a_number_say_so() -> None:
    limits = FrozenLimits("i_mr", 5, (), {"sigma": "much"})
    with pytest.raises(InputError, match="limits of chart i_mr have no number 'centre'"):
        limits.number("centre")
    with pytest.raises(InputError, match="limits of chart i_mr have no number 'sigma'"):
        evaluate(limits, ChartData(VALUES))
    with pytest.raises(InputError, match="limits of chart i_mr have no list 'mean'"):
        limits.array("mean")


@pytest.mark.parametrize("stored", [{}, {"kind": "i_mr", "phase1": "x"}])
def test_stored_limits_that_cannot_be_read_say_so(stored: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="stored limits cannot be read"):
        FrozenLimits.from_dict(stored)


def test_phase_one_of_no_points_gives_no_limits() -> None:
    with pytest.raises(InputError, match="phase1 must be at least 1 to give limits, got 0"):
        fit("i_mr", ChartData(VALUES), ChartOptions(phase1=0))
