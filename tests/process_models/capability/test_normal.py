"""Capability indices, their intervals, and parts out of specification."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from process_models.capability import capability
from process_models.capability.freedom import nominal
from process_models.capability.indices import nearest_limit, target_index
from process_models.capability.specification import Specification
from process_models.errors import InputError
from process_models.spc import c4, d2

CASES = Path(__file__).resolve().parents[2] / "cases" / "spc.json"
FIVE = [9.8, 10.1, 10.0, 9.9, 10.2]


@pytest.fixture(scope="module")
def rings() -> dict[str, Any]:
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    return next(c for c in cases if c["id"].startswith("V14"))


def test_piston_rings_with_their_intervals(rings: dict[str, Any]) -> None:
    p = rings["parameters"]
    values = np.array(rings["data"]["phase1"])
    result = capability(
        values.reshape(-1),
        lsl=p["lsl"],
        usl=p["usl"],
        target=p["target"],
        subgroup=np.repeat(np.arange(len(values)), values.shape[1]).astype(str).tolist(),
        sigma_within=p["sigma_value"],
    )
    expected = rings["expected"]["indices_value_low_high"]
    for name, key in (("cp", "Cp"), ("cpk", "Cp_k")):
        index = result.indices[name]
        assert [index.value, index.low, index.high] == pytest.approx(expected[key], rel=1e-8)
    assert result.indices["cpl"].value == pytest.approx(expected["Cp_l"], rel=1e-8)
    assert result.indices["cpu"].value == pytest.approx(expected["Cp_u"], rel=1e-8)


def test_piston_rings_with_the_constants_of_tables(rings: dict[str, Any]) -> None:
    """d2 rounded to 2.326, as the program of the reference has it."""
    p, values = rings["parameters"], np.array(rings["data"]["phase1"])
    labels = np.repeat(np.arange(25), 5).astype(str).tolist()
    spec = {"lsl": p["lsl"], "usl": p["usl"], "subgroup": labels, "constants": "rounded"}
    result = capability(values.reshape(-1), **spec)
    assert result.sigma_within == pytest.approx(p["sigma_value"], rel=1e-9)
    expected = rings["expected"]["indices_value_low_high"]
    for name, key in (("cp", "Cp"), ("cpk", "Cp_k")):
        index = result.indices[name]
        assert [index.value, index.low, index.high] == pytest.approx(expected[key], rel=1e-8)


@pytest.mark.parametrize("method", ["sbar_c4", "pooled"])
def test_other_estimates_of_sigma_within(method: str) -> None:
    values, labels = [1.0, 2.0, 2.0, 5.0], list("aabb")
    result = capability(values, lsl=0.0, subgroup=labels, sigma_method=method)
    deviations = np.array([1.0, 3.0]) / math.sqrt(2)
    expected = {
        "sbar_c4": deviations.mean() / c4(2),
        "pooled": math.sqrt((deviations**2).mean()) / c4(3),
    }
    assert result.sigma_within == pytest.approx(expected[method])


def test_cpm_off_target_has_the_interval_of_boyles(rings: dict[str, Any]) -> None:
    p = rings["parameters"]
    spec = Specification(p["lsl"], p["usl"], p["target"])
    mean = float(np.mean(rings["data"]["phase1"]))
    index = target_index(spec, mean, p["sigma_value"], p["n"], p["confidence"])
    expected = rings["expected"]["indices_value_low_high"]["Cpm"]
    assert [index.value, index.low, index.high] == pytest.approx(expected, rel=1e-8)


def test_single_values_by_hand() -> None:
    result = capability(FIVE, lsl=9.0, usl=11.0, target=10.0)
    assert result.mean == pytest.approx(10.0)
    assert result.sigma_within == pytest.approx((0.3 + 0.1 + 0.1 + 0.3) / 4 / d2(2))
    assert result.sigma_overall == pytest.approx(math.sqrt(0.025))
    assert result.indices["cp"].value == pytest.approx(2 / (6 * result.sigma_within))
    assert result.indices["ppk"].value == pytest.approx(2 / (6 * math.sqrt(0.025)))
    assert result.indices["cpm"].value == pytest.approx(result.indices["pp"].value)


def test_a_one_sided_specification_leaves_two_sided_indices_empty() -> None:
    printed = capability(FIVE, usl=11.0).to_dict()
    nothing = {"value": None, "low": None, "high": None}
    for name in ("cp", "cpl", "pp", "ppl", "cpm"):
        assert printed["indices"][name] == nothing
    assert printed["indices"]["cpk"] == printed["indices"]["cpu"]
    assert printed["ppm"]["observed"]["below_lsl"] is None
    assert printed["ppm"]["expected_within"]["total"] > 0


def test_parts_out_of_specification_are_counted_and_expected() -> None:
    result = capability(FIVE, lsl=9.85, usl=10.15)
    assert result.ppm["observed"] == {
        "below_lsl": 200_000.0,
        "above_usl": 200_000.0,
        "total": 400_000.0,
    }
    tail = 0.5e6 * math.erfc(0.15 / math.sqrt(0.025) / math.sqrt(2))
    assert result.ppm["expected_overall"]["below_lsl"] == pytest.approx(tail)


def test_the_chart_of_the_same_data_says_whether_it_is_in_control() -> None:
    steady = np.tile([9.9, 10.1, 10.0], 10)
    assert capability(steady, lsl=9.0, usl=11.0).in_control
    assert not capability([*steady, 12.0], lsl=9.0, usl=11.0).in_control


def test_subgroups_may_be_ragged_and_apart() -> None:
    labels = ["a", "b", "a", "b", "b"]
    result = capability([1.0, 2.0, 3.0, 6.0, 4.0], lsl=0.0, usl=9.0, subgroup=labels)
    assert result.sigma_within == pytest.approx((2 / d2(2) + 4 / d2(3)) / 2)


def test_subgroups_of_one_are_single_values() -> None:
    single = capability(FIVE, lsl=9.0, subgroup=list("abcde"))
    assert single.sigma_within == capability(FIVE, lsl=9.0).sigma_within


def test_no_variation_within_subgroups_leaves_the_within_indices_empty() -> None:
    result = capability([1.0, 1.0, 2.0, 2.0], lsl=0.0, usl=3.0, subgroup=list("aabb"))
    assert result.indices["cp"].value is None
    assert result.indices["pp"].value is not None
    assert result.ppm["expected_within"]["total"] is None


def test_a_negative_cpk_has_an_interval_around_it() -> None:
    index = nearest_limit(-3.0, 1.0, 50, nominal(50), 0.95)
    assert index.value == -1.0
    assert index.low is not None
    assert index.high is not None
    assert index.low < -1.0 < index.high


@pytest.mark.parametrize(("mean", "target"), [(10.0, 10.0), (10.8, 10.0)])
def test_intervals_cover_the_truth_as_often_as_they_say(mean: float, target: float) -> None:
    """Seed 20; of 2,000 samples of 50, 95 % cover within 4 standard errors (2 %)."""
    rng, true = np.random.default_rng(20), {}
    spec = {"lsl": 6.0, "usl": 14.0, "target": target}
    true["pp"] = 8 / 6
    true["ppk"] = (14 - mean) / 3
    true["cpm"] = 8 / (6 * math.hypot(1.0, mean - target))
    hits = dict.fromkeys(true, 0)
    for _ in range(2000):
        found = capability(rng.normal(mean, 1.0, 50), **spec).indices
        for name, value in true.items():
            index = found[name]
            assert index.low is not None
            assert index.high is not None
            hits[name] += index.low <= value <= index.high
    for name, count in hits.items():
        assert count / 2000 == pytest.approx(0.95, abs=0.02), name


def test_normality_is_tested_from_eight_values() -> None:
    """Seed 8; an exponential sample of 200 is far from normal, a normal one is not."""
    rng = np.random.default_rng(8)
    assert capability(FIVE, lsl=0.0).distribution["p"] is None
    assert capability(rng.normal(size=200), lsl=-9.0).distribution["p"] > 0.05
    assert capability(rng.exponential(size=200), lsl=0.0).distribution["p"] < 1e-6


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        (FIVE, {"lsl": 11.0, "usl": 9.0}, "lsl must be below usl, got lsl 11 and usl 9"),
        (FIVE, {}, "a specification needs lsl, usl or both, got neither"),
        (FIVE, {"lsl": math.nan}, "lsl must be finite, got nan"),
        ([1.0], {"lsl": 0.0}, "capability needs at least 2 values, got 1"),
        ([2.0] * 9, {"lsl": 0.0}, "capability needs values that vary, all 9 are 2"),
        ([1.0, math.nan], {"lsl": 0.0}, "value 2 must be finite, got nan"),
        (FIVE, {"lsl": 0.0, "confidence": 1.0}, "confidence must be above 0 and below 1, got 1"),
        (FIVE, {"lsl": 0.0, "subgroup": ["a"]}, "subgroup must be 5 labels, got 1"),
        (FIVE, {"lsl": 0.0, "sigma_within": 0.0}, "sigma_within must be above 0, got 0"),
        (FIVE, {"lsl": 0.0, "distribution": "pareto"}, "distribution must be one of normal"),
    ],
)
def test_refusals(values: list[float], options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        capability(values, **options)
