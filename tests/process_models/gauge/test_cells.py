"""Cells of a study, in the order in which they are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.gauge import cells


def test_cells_go_operator_by_operator() -> None:
    found = cells([1.0, 2, 5, 6, 3, 4, 7, 8], list("11221122"), list("aaaabbbb"))
    assert found.operators == ("a", "a", "b", "b")
    assert found.parts == ("1", "2", "1", "2")
    assert list(found.means) == [1.5, 5.5, 3.5, 7.5]
    assert found.chart is not None
    assert found.chart.panels[1].statistic == "r"
    assert list(found.chart.panels[1].points) == [1, 1, 1, 1]


def test_ragged_cells_keep_their_gaps() -> None:
    found = cells([1.0, 2, 5], list("112"), list("aaa"))
    assert np.isnan(found.values[1, 1])
    assert list(found.means) == [1.5, 5.0]


def test_no_range_chart_without_repeated_measurements() -> None:
    assert cells([1.0, 2], list("12"), list("aa")).chart is None
    assert cells([1.0, 1, 2, 2], list("1122"), list("aaaa")).chart is None


def test_levels_are_in_natural_order() -> None:
    found = cells([1.0, 2, 3], ["P10", "P2", "P1"], list("aaa"))
    assert found.parts == ("P1", "P2", "P10")
    assert found.means == pytest.approx([3, 2, 1])
