"""Stability: a master over time, charted by the charts next door."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.gauge import stability
from process_models.spc import ChartData, chart


def test_single_readings_make_an_individuals_chart() -> None:
    values = [10.0, 10.2, 9.9, 10.1, 12.0]
    study = stability(values, range(5), reference=10.0)
    assert study.chart.to_dict() == chart("i_mr", ChartData(np.array(values))).to_dict()
    assert study.bias is not None
    assert study.bias.bias == pytest.approx(0.44)


def test_occasions_make_subgroups_in_order_of_time() -> None:
    study = stability([1.0, 2, 5, 6, 2, 1], ["mon", "mon", "tue", "tue", "wed", "wed"])
    assert study.chart.chart == "xbar_r"
    assert list(study.chart.panels[0].points) == [1.5, 5.5, 1.5]
    assert study.occasions == ("mon", "tue", "wed")
    assert study.to_dict()["occasions"] == ["mon", "tue", "wed"]
    assert study.stable is False


def test_large_subgroups_are_charted_by_standard_deviation(rng: np.random.Generator) -> None:
    study = stability(rng.normal(size=40), np.repeat(range(4), 10))
    assert study.chart.chart == "xbar_s"
    assert study.bias is None


def test_drift_by_hand(rng: np.random.Generator) -> None:
    """Means 1, 3, 4, 6: slope 1.6."""
    study = stability([1.0, 3.0, 4.0, 6.0], range(4))
    assert study.drift is not None
    assert study.drift.value == pytest.approx(1.6)
    assert study.drift.limits.low < 1.6 < study.drift.limits.high


def test_two_occasions_have_no_drift_to_test() -> None:
    study = stability([1.0, 2.0, 2.0, 3.0], list("aabb"))
    assert study.drift is None
    assert study.to_dict()["drift_per_occasion"] is None


def test_run_rules_are_those_of_the_charts() -> None:
    values = [0.0] + [1.0, 1.1] * 5 + [-3.0]
    study = stability(values, range(12), rules=("nelson_2",))
    assert {s.rule for s in study.chart.signals} == {"nelson_2"}


@pytest.mark.parametrize(
    ("values", "occasions", "words"),
    [([1.0, 2.0], list("aa"), r"at least 2 occasions, got 1 \('a'\)"),
     ([1.0, 1.0], list("ab"), "values must vary"), ([], [], "got none"),
     ([1.0, float("nan")], list("ab"), "row 2")],
)  # fmt: skip
def test_bad_studies_are_named(values: list[float], occasions: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        stability(values, occasions)
