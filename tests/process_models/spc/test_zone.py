"""Zone scores by hand."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, chart

KNOWN = ChartOptions(centre=0.0, sigma=1.0)


@pytest.mark.parametrize(
    ("values", "scores", "signals"),
    [
        ([0.5, 1.0, 1.1, 2.1], [0.0, 0.0, 2.0, 6.0], []),
        ([2.5, 2.5], [4.0, 8.0], [2]),
        ([3.1], [8.0], [1]),
        ([3.0], [4.0], []),
        ([2.5, -1.5, -2.5, -2.1], [4.0, 2.0, 6.0, 10.0], [4]),
        ([2.5, 0.0, 2.5], [4.0, 0.0, 4.0], []),
    ],
)
def test_scores_add_up_on_one_side(
    values: list[float], scores: list[float], signals: list[int]
) -> None:
    result = chart("zone", ChartData(np.array(values)), KNOWN)
    assert result.panels[0].points.tolist() == scores
    assert [(s.point, s.rule) for s in result.signals] == [(p, "beyond_limits") for p in signals]


def test_subgroup_means_score_in_their_own_standard_errors() -> None:
    result = chart("zone", ChartData(np.array([[1.0, 1.0, 1.0, 1.0]])), KNOWN)
    assert result.panels[0].points.tolist() == [2.0]


def test_a_phase_one_without_variation_cannot_score_what_varies_later() -> None:
    with pytest.raises(InputError, match="chart zone needs a sigma above 0"):
        chart("zone", ChartData(np.array([1.0, 1.0, 2.0])), ChartOptions(phase1=2))
