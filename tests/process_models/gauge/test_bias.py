"""Type 1 and bias studies by hand, against scipy and by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from process_models.errors import InputError
from process_models.gauge import bias, type1


def test_bias_by_hand() -> None:
    study = bias([5.0, 6.0, 7.0], 5.0)
    assert (study.bias, study.sd, study.n) == (1, 1, 3)
    assert study.t == pytest.approx(math.sqrt(3))
    assert study.limits.high == pytest.approx(1 + 4.302653 / math.sqrt(3))
    assert study.significant is False
    assert study.to_dict()["df"] == 2


def test_bias_agrees_with_scipy(rng: np.random.Generator) -> None:
    values = rng.normal(10.3, 0.4, 25)
    expected = ttest_1samp(values, 10.0)
    study = bias(values, 10.0)
    assert study.t == pytest.approx(expected.statistic)
    assert study.p == pytest.approx(expected.pvalue)
    limits = expected.confidence_interval(0.95)
    assert (study.limits.low + 10, study.limits.high + 10) == pytest.approx(limits)
    assert study.significant is True


def test_type1_by_hand() -> None:
    """s 1, bias 1, tolerance 60: Cg = 12 / 6, Cgk = (6 - 1) / 3."""
    study = type1([5.0, 6.0, 7.0], 5.0, 60.0, resolution=1.5)
    assert study.cg == 2
    assert study.cgk == pytest.approx(5 / 3)
    assert study.percent_repeatability == 10
    assert study.percent_repeatability_and_bias == pytest.approx(12)
    assert study.capable is True
    assert study.to_dict()["resolution_percent"] == 2.5


def test_type1_with_other_conventions() -> None:
    """K 15 %, L 4: Cg = 9 / 4, Cgk = (4.5 - 1) / 2."""
    study = type1([5.0, 6.0, 7.0], 5.0, 60.0, percent=15, study_multiplier=4)
    assert study.cg == 2.25
    assert study.cgk == 1.75


def test_a_bias_beyond_its_allowance_is_not_capable() -> None:
    study = type1([5.0, 6.0, 7.0], 0.0, 30.0)
    assert study.cgk < 0
    assert study.capable is False
    assert math.isinf(study.percent_repeatability_and_bias)


def test_limits_hold_the_truth_as_often_as_they_say(rng: np.random.Generator) -> None:
    """Seed 20240, 2000 studies of 30: Cg within four standard errors of 95 %, Cgk 93 to 97 %."""
    held = {"cg": 0, "cgk": 0}
    for sample in rng.normal(10.1, 0.2, (2000, 30)):
        study = type1(sample, 10.0, 10.0)
        held["cg"] += study.cg_limits.low <= 2 / 1.2 <= study.cg_limits.high
        held["cgk"] += study.cgk_limits.low <= 0.9 / 0.6 <= study.cgk_limits.high
    assert held["cg"] / 2000 == pytest.approx(0.95, abs=4 * math.sqrt(0.0475 / 2000))
    assert 0.93 <= held["cgk"] / 2000 <= 0.97


@pytest.mark.parametrize(
    ("values", "reference", "tolerance", "words"),
    [([1.0], 1.0, 1.0, "at least 2 values"), ([1.0, 1.0], 1.0, 1.0, "must vary"),
     ([1.0, math.nan], 1.0, 1.0, "value 2 must be finite"),
     ([1.0, 2.0], math.inf, 1.0, "reference must be finite"),
     ([1.0, 2.0], 1.0, -3.0, "tolerance must be above 0, got -3")],
)  # fmt: skip
def test_bad_studies_are_named(
    values: list[float], reference: float, tolerance: float, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        type1(values, reference, tolerance)


@pytest.mark.parametrize("option", ["percent", "study_multiplier", "resolution", "confidence"])
def test_bad_options_are_named(option: str) -> None:
    with pytest.raises(InputError, match="above 0"):
        type1([1.0, 2.0], 1.0, 1.0, **{option: 0.0})
