"""Moving averages by hand."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, chart

KNOWN = {"centre": 2.0, "sigma": 1.0}


def test_the_first_points_average_what_there_is() -> None:
    data = ChartData(np.array([1.0, 2.0, 6.0, 4.0]))
    panel = chart("ma", data, ChartOptions(span=3, **KNOWN)).panels[0]
    assert panel.points == pytest.approx([1.0, 1.5, 3.0, 4.0])
    assert panel.ucl == pytest.approx(2 + 3 / np.sqrt([1, 2, 3, 3]))
    assert panel.lcl == pytest.approx(2 - 3 / np.sqrt([1, 2, 3, 3]))


def test_subgroups_of_different_sizes_weigh_alike_but_vary_differently() -> None:
    data = ChartData(np.array([[1.0, 3.0, np.nan], [4.0, 4.0, 4.0]]))
    panel = chart("ma", data, ChartOptions(span=2, **KNOWN)).panels[0]
    assert panel.points == pytest.approx([2.0, 3.0])
    assert panel.ucl == pytest.approx([2 + 3 / np.sqrt(2), 2 + 3 * np.sqrt(1 / 2 + 1 / 3) / 2])


def test_a_span_longer_than_the_series_never_fills() -> None:
    panel = chart("ma", ChartData(np.array([1.0, 2.0])), ChartOptions(span=9, **KNOWN)).panels[0]
    assert panel.points == pytest.approx([1.0, 1.5])


def test_runs_of_overlapping_averages_are_not_judged() -> None:
    with pytest.raises(InputError, match="chart ma takes the rule beyond_limits only"):
        chart("ma", ChartData(np.arange(5.0)), ChartOptions(rules=("we_4",)))
