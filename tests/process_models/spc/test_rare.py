"""Rare events: opportunities and times between them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, PointError, chart
from process_models.spc.rare import fit_weibull


def test_geometric_limits_by_hand() -> None:
    panel = chart("g", ChartData(np.array([3.0, 5.0, 4.0, 60.0])), ChartOptions(phase1=3)).panels[0]
    assert panel.centre_line == 4.0
    assert panel.ucl == pytest.approx(4 + 3 * math.sqrt(20))
    assert panel.lcl == 0.0


def test_a_long_wait_signals() -> None:
    data = ChartData(np.array([3.0, 5.0, 4.0, 60.0]))
    assert [s.point for s in chart("g", data, ChartOptions(phase1=3)).signals] == [4]


def test_weibull_solves_its_likelihood_equations() -> None:
    times = np.array([1.0, 2.5, 4.0, 7.0, 3.0])
    shape, scale = fit_weibull(times)
    powers = times**shape
    assert scale**shape == pytest.approx(powers.mean())
    logs = np.log(times)
    assert powers @ logs / powers.sum() - 1 / shape == pytest.approx(logs.mean())


def test_weibull_is_found_in_a_large_sample() -> None:
    """Seed 6; 20,000 times, standard error of the shape 0.6 %, so 3 % is beyond four."""
    shape, scale = fit_weibull(5.0 * np.random.default_rng(6).weibull(1.7, 20_000))
    assert shape == pytest.approx(1.7, rel=0.03)
    assert scale == pytest.approx(5.0, rel=0.03)


def test_limits_of_times_are_quantiles() -> None:
    data = ChartData(np.array([1.0, 2.5, 4.0, 7.0, 3.0]))
    result = chart("t", data)
    shape, scale = result.extras["shape"], result.extras["scale"]
    panel = result.panels[0]
    assert panel.centre_line == pytest.approx(scale * math.log(2) ** (1 / shape))
    tail = 0.5 * math.erfc(3 / math.sqrt(2))
    assert panel.ucl == pytest.approx(scale * (-math.log(tail)) ** (1 / shape))
    assert panel.lcl == pytest.approx(scale * (-math.log1p(-tail)) ** (1 / shape))


@pytest.mark.parametrize(
    ("kind", "values", "options", "message"),
    [
        ("t", [1.0, 0.0], {}, "the time of point 2 must be above 0, got 0"),
        ("g", [1.0, 2.5], {}, "the count of point 2 must be a whole number"),
    ],
)
def test_bad_points_are_named(
    kind: str, values: list[float], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(PointError, match=message):
        chart(kind, ChartData(np.array(values)), ChartOptions(**options))


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("t", {}, "a Weibull distribution needs times that vary, all are 2"),
        ("t", {"centre": 1.0}, "chart t takes no known centre"),
        ("t", {"sigma": 1.0}, "chart t takes no sigma"),
        ("g", {"sigma": 1.0}, "chart g takes no sigma"),
        ("g", {"centre": -1.0}, "centre of chart g must not be negative, got -1"),
    ],
)
def test_refusals(kind: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        chart(kind, ChartData(np.full(3, 2.0)), ChartOptions(**options))


def test_times_in_subgroups_are_refused() -> None:
    with pytest.raises(InputError, match="chart t needs one time a point"):
        chart("t", ChartData(np.ones((2, 2))))
