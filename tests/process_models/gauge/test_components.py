"""Components from weighted mean squares, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from process_models.gauge.anova import row, squares_of, with_test
from process_models.gauge.components import components
from process_models.gauge.intervals import MeanSquares
from process_models.gauge.notes import study_notes
from process_models.gauge.options import GaugeOptions

SQUARES = MeanSquares(np.array([20.0, 4.0, 2.0]), np.array([9.0, 2.0, 27.0]))
WEIGHTS = {
    "repeatability": np.array([0.0, 0.0, 1.0]),
    "operator": np.array([0.0, 0.1, -0.1]),
    "interaction": np.zeros(3),
    "part": np.array([1 / 3, 0.0, -1 / 3]),
}


def test_components_by_hand() -> None:
    found = components(WEIGHTS, SQUARES, 0.95)
    assert found.variance == pytest.approx(
        {"repeatability": 2, "operator": 0.2, "interaction": 0, "reproducibility": 0.2,
         "gauge": 2.2, "part": 6, "total": 8.2}
    )  # fmt: skip
    assert found.negative == ()


def test_a_component_outside_the_model_stays_zero() -> None:
    found = components(WEIGHTS, SQUARES, 0.95)
    assert (found.limits["interaction"].low, found.limits["interaction"].high) == (0, 0)
    assert (found.share_limits["interaction"].low, found.share_limits["interaction"].high) == (0, 0)


def test_limits_of_the_part_share_mirror_those_of_the_gauge() -> None:
    found = components(WEIGHTS, SQUARES, 0.95)
    part, gauge = found.share_limits["part"], found.share_limits["gauge"]
    assert part.low == pytest.approx(1 - gauge.high, abs=1e-9)
    assert part.high == pytest.approx(1 - gauge.low, abs=1e-9)


def test_a_negative_component_is_zero_with_an_upper_limit() -> None:
    squares = MeanSquares(np.array([20.0, 1.0, 2.0]), np.array([9.0, 2.0, 27.0]))
    found = components(WEIGHTS, squares, 0.95)
    assert found.negative == ("operator",)
    assert found.variance["operator"] == 0
    assert found.limits["operator"].low == 0
    assert found.limits["operator"].high > 0


def test_part_to_gauge_without_any_gauge_variation() -> None:
    squares = MeanSquares(np.array([20.0, 0.0, 0.0]), np.array([9.0, 2.0, 27.0]))
    found = components(WEIGHTS, squares, 0.95)
    assert found.variance["gauge"] == 0
    assert math.isinf(found.part_to_gauge.high)


def test_rows_and_tests_by_hand() -> None:
    """MS 6 over MS 2 on 3 and 12 degrees of freedom: F 3."""
    source = with_test(row(18.0, 3), 2.0, 12)
    assert (source.ms, source.f) == (6, 3)
    assert source.p == pytest.approx(0.0728, abs=1e-4)
    assert squares_of({"a": source, "b": row(24.0, 12)}).values.tolist() == [6, 2]


@pytest.mark.parametrize(("ms", "df"), [(0.0, 5.0), (1.0, 0.0), (-1.0, 3.0)])
def test_no_test_without_an_error(ms: float, df: float) -> None:
    assert with_test(row(18.0, 3), ms, df).f is None


def test_notes_tell_what_was_done() -> None:
    found = components(WEIGHTS, SQUARES, 0.95)
    interaction = with_test(row(1.0, 2), 1.0, 20)
    auto = study_notes(found, ("a", "b", "c"), False, interaction, GaugeOptions())
    assert len(auto) == 1
    assert "is not below 0.05" in auto[0]
    asked = study_notes(
        found, ("a", "b", "c"), False, interaction, GaugeOptions(interaction="drop")
    )
    assert asked[0].endswith("as asked")
    assert study_notes(found, ("a", "b", "c"), True, interaction, GaugeOptions()) == ()
    assert "very wide" in study_notes(found, ("a", "b"))[0]
