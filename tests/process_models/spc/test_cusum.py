"""Tabular CUSUM."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, chart

Case = Callable[[str], dict[str, Any]]


def test_montgomery_s_table(case: Case) -> None:
    known = case("V11")
    p, expected = known["parameters"], known["expected"]
    options = ChartOptions(centre=p["target"], sigma=p["sigma"], k=p["k"], h=p["h"])
    result = chart("cusum", ChartData(np.array(known["data"]["x"])), options)
    high, low = result.panels
    assert (high.statistic, low.statistic, high.ucl) == ("cusum_high", "cusum_low", 5.0)
    assert high.points == pytest.approx(expected["c_plus"], rel=1e-9, abs=1e-12)
    assert low.points == pytest.approx(expected["c_minus"], rel=1e-9, abs=1e-12)
    assert result.extras["n_plus"].tolist() == expected["n_plus"]
    assert result.extras["n_minus"].tolist() == expected["n_minus"]
    assert [(s.panel, s.point) for s in result.signals] == [("cusum_high", 29), ("cusum_high", 30)]


def test_head_start_by_hand() -> None:
    options = ChartOptions(centre=0.0, sigma=1.0, k=0.5, h=4.0, head_start=2.0)
    result = chart("cusum", ChartData(np.array([0.0, 1.0, -3.0])), options)
    assert result.panels[0].points.tolist() == [1.5, 2.0, 0.0]
    assert result.panels[1].points.tolist() == [1.5, 0.0, 2.5]
    assert result.extras["n_plus"].tolist() == [1, 2, 0]
    assert result.to_dict()["n_minus"] == [1, 0, 1]


def test_subgroup_means_are_standardised_by_their_own_error() -> None:
    options = ChartOptions(centre=0.0, sigma=2.0, k=0.5)
    result = chart("cusum", ChartData(np.array([[2.0, 2.0, 2.0, 2.0]])), options)
    assert result.panels[0].points.tolist() == [1.5]


def test_a_phase_one_without_variation_cannot_standardise_what_varies_later() -> None:
    data = ChartData(np.array([1.0, 1.0, 1.0, 2.0]))
    with pytest.raises(InputError, match="chart cusum needs a sigma above 0"):
        chart("cusum", data, ChartOptions(phase1=3))
