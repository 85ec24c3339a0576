"""Laney's p' and u'."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, chart, d2

Case = Callable[[str], dict[str, Any]]


def test_reference_chart(case: Case) -> None:
    known = case("V21")
    data = ChartData(np.array(known["data"]["counts"]), np.array(known["data"]["sizes"]))
    result = chart("laney_p", data)
    panel, expected = result.panels[0], known["expected"]
    assert panel.statistic == "laney_p"
    assert panel.centre_line == pytest.approx(expected["center"], rel=1e-9)
    assert result.extras["sigma_z"] == pytest.approx(expected["sigma_z"], rel=1e-9)
    assert panel.lcl == pytest.approx(expected["lcl"], rel=1e-9)
    assert panel.ucl == pytest.approx(expected["ucl"], rel=1e-9)


def test_rates_by_hand() -> None:
    data = ChartData(np.array([4.0, 8.0, 12.0]), np.array([2.0, 2.0, 2.0]))
    result = chart("laney_u", data)
    spread = np.sqrt(4 / 2)
    sigma_z = 2 / spread / d2(2)
    assert result.extras["sigma_z"] == pytest.approx(sigma_z)
    assert result.panels[0].ucl == pytest.approx(4 + 3 * spread * sigma_z)
    assert result.sigma == pytest.approx(2.0)


def test_none_defective_never_signals() -> None:
    data = ChartData(np.zeros(5), np.full(5, 9.0))
    assert chart("laney_p", data).signals == ()


def test_counts_are_checked_as_those_of_a_p_chart() -> None:
    with pytest.raises(InputError, match="must be at most its sample size, 5, got 6"):
        chart("laney_p", ChartData(np.array([6.0]), np.array([5.0])))
    with pytest.raises(InputError, match="chart laney_u takes no sigma"):
        chart("laney_u", ChartData(np.ones(3), np.ones(3)), ChartOptions(sigma=1.0))
