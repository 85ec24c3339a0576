"""Exponentially weighted moving averages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, chart

Case = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize("number", ["V10", "V12"])
def test_reference_charts(case: Case, number: str) -> None:
    known = case(number)
    p, expected = known["parameters"], known["expected"]
    options = ChartOptions(
        centre=p["target"], sigma=p["sigma"], lam=p["lambda"], width=p["L"], limits=p["limits"]
    )
    result = chart("ewma", ChartData(np.array(known["data"]["x"])), options)
    panel = result.panels[0]
    assert panel.points == pytest.approx(expected["z"], rel=1e-9)
    n = len(panel.points)
    assert np.broadcast_to(panel.lcl, n) == pytest.approx(expected["lcl"], rel=1e-9)
    assert np.broadcast_to(panel.ucl, n) == pytest.approx(expected["ucl"], rel=1e-9)
    assert [s.point for s in result.signals] == expected["signals_1based"]


def test_exact_limits_grow_to_the_asymptotic_ones() -> None:
    data = ChartData(np.random.default_rng(2).normal(size=200))
    exact = chart("ewma", data).panels[0]
    straight = chart("ewma", data, ChartOptions(limits="asymptotic")).panels[0]
    assert isinstance(straight.ucl, float)
    assert isinstance(exact.ucl, np.ndarray)
    assert np.all(np.diff(exact.ucl) >= 0)
    assert exact.ucl[-1] == pytest.approx(straight.ucl, rel=1e-9)


def test_lambda_one_is_a_shewhart_chart() -> None:
    data = ChartData(np.random.default_rng(4).normal(size=30))
    ewma, shewhart = (
        chart("ewma", data, ChartOptions(lam=1.0)).panels[0],
        chart("i_mr", data).panels[0],
    )
    assert ewma.points == pytest.approx(shewhart.points)
    assert ewma.ucl == pytest.approx(shewhart.ucl)


def test_subgroup_means_of_different_sizes() -> None:
    values = np.array([[1.0, 3.0, np.nan], [4.0, 4.0, 4.0]])
    options = ChartOptions(centre=2.0, sigma=1.0, lam=0.5, width=2.0)
    panel = chart("ewma", ChartData(values), options).panels[0]
    assert panel.points.tolist() == [2.0, 3.0]
    variance = [0.25 / 2, 0.25 * 0.25 / 2 + 0.25 / 3]
    assert panel.ucl == pytest.approx(2 + 2 * np.sqrt(variance))


def test_width_defaults_to_nsigma() -> None:
    data = ChartData(np.arange(5.0))
    assert chart("ewma", data, ChartOptions(nsigma=2.5)).extras["width"] == 2.5


def test_run_rules_are_refused() -> None:
    with pytest.raises(InputError, match="chart ewma takes the rule beyond_limits only"):
        chart("ewma", ChartData(np.arange(5.0)), ChartOptions(rules=("nelson_2",)))
