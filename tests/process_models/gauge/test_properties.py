"""What every gauge study obeys: units, order of labels, sums, nested intervals."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.gauge import GaugeOptions, GaugeStudy, crossed, expanded, nested
from process_models.gauge.agreement import agreement
from process_models.gauge.bias import bias, type1
from process_models.gauge.linearity import linearity

SEEDS = st.integers(0, 5_000)
PARTS = np.repeat(np.arange(6), 6).astype(str).tolist()
OPERATORS = np.tile(np.repeat(["a", "b", "c"], 2), 6).tolist()
OWN_PARTS = [f"{o}{p}" for o, p in zip(OPERATORS, PARTS, strict=True)]
Study = Callable[..., GaugeStudy]


def crossed_of(values: np.ndarray, options: GaugeOptions | None = None) -> GaugeStudy:
    return crossed(values, PARTS, OPERATORS, options)


def nested_of(values: np.ndarray, options: GaugeOptions | None = None) -> GaugeStudy:
    return nested(values, OWN_PARTS, OPERATORS, options)


def expanded_of(values: np.ndarray, options: GaugeOptions | None = None) -> GaugeStudy:
    return expanded(values, PARTS, OPERATORS, {}, options)


DESIGNS = pytest.mark.parametrize("study", [crossed_of, nested_of, expanded_of])


def readings(seed: int, gauge: float = 0.3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    part = np.repeat(rng.normal(0, 1.0, 6), 6)
    operator = np.tile(np.repeat(rng.normal(0, 0.2, 3), 2), 6)
    return 60.0 + part + operator + rng.normal(0, gauge, 36)


@DESIGNS
@settings(max_examples=12)
@given(seed=SEEDS, scale=st.floats(1e-3, 1e3), offset=st.floats(-100, 100))
def test_another_unit_changes_no_percentage(
    study: Study, seed: int, scale: float, offset: float
) -> None:
    values = readings(seed)
    here = study(values, GaugeOptions(tolerance=8.0))
    there = study(scale * (values + offset), GaugeOptions(tolerance=8.0 * scale))
    assert there.percent_study == pytest.approx(here.percent_study, rel=1e-5, abs=1e-3)
    assert there.percent_tolerance == pytest.approx(here.percent_tolerance, rel=1e-5, abs=1e-3)
    assert there.verdict == here.verdict
    for name, variance in here.variance.items():
        assert there.variance[name] == pytest.approx(
            scale**2 * variance, rel=1e-5, abs=1e-7 * scale**2
        )


@DESIGNS
@settings(max_examples=12)
@given(seed=SEEDS)
def test_components_add_up_and_none_is_negative(study: Study, seed: int) -> None:
    made = study(readings(seed, gauge=1.5))
    variance = made.variance
    assert min(variance.values()) >= 0
    assert variance["gauge"] == pytest.approx(
        variance["repeatability"] + variance["reproducibility"]
    )
    assert variance["total"] == pytest.approx(variance["gauge"] + variance["part"])
    share = made.percent_contribution
    assert share["gauge"] + share["part"] == pytest.approx(100.0)
    squared = made.percent_study["gauge"] ** 2 + made.percent_study["part"] ** 2
    assert squared == pytest.approx(100.0**2)


@DESIGNS
@settings(max_examples=8)
@given(seed=SEEDS)
def test_intervals_hold_their_value_and_grow_with_confidence(study: Study, seed: int) -> None:
    values = readings(seed)
    levels = [
        study(values, GaugeOptions(confidence=level, interaction="drop"))
        for level in (0.8, 0.95, 0.99)
    ]
    for made in levels:
        for name, interval in made.components.limits.items():
            assert interval.low <= made.variance[name] + 1e-9 <= interval.high + 2e-9
        for name, interval in made.study_limits.items():
            assert 0 <= interval.low <= interval.high <= 100 + 1e-9
            assert interval.low - 1e-6 <= made.percent_study[name] <= interval.high + 1e-6
    for narrow, wide in pairwise(levels):
        for name, interval in narrow.components.limits.items():
            assert wide.components.limits[name].low <= interval.low + 1e-9
            assert wide.components.limits[name].high >= interval.high - 1e-9


@DESIGNS
@settings(max_examples=8)
@given(seed=SEEDS, order=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(study: Study, seed: int, order: object) -> None:
    values = readings(seed)
    rows = np.arange(36)
    order.shuffle(rows)  # type: ignore[attr-defined]
    shuffled = {
        crossed_of: lambda: crossed(
            values[rows], [PARTS[i] for i in rows], [OPERATORS[i] for i in rows]
        ),
        nested_of: lambda: nested(
            values[rows], [OWN_PARTS[i] for i in rows], [OPERATORS[i] for i in rows]
        ),
        expanded_of: lambda: expanded(
            values[rows], [PARTS[i] for i in rows], [OPERATORS[i] for i in rows], {}
        ),
    }[study]()
    assert shuffled.variance == pytest.approx(study(values).variance, rel=1e-5, abs=1e-9)


@settings(max_examples=10)
@given(seed=SEEDS)
def test_names_of_parts_and_operators_do_not_matter(seed: int) -> None:
    values = readings(seed)
    renamed = crossed(values, [f"P{9 - int(p)}" for p in PARTS], [f"<{o}>" for o in OPERATORS])
    assert renamed.variance == pytest.approx(crossed_of(values).variance, rel=1e-9, abs=1e-12)


def test_balanced_data_agree_whichever_way_they_are_worked_out() -> None:
    values = readings(7)
    by_anova = crossed_of(values, GaugeOptions(interaction="keep"))
    by_likelihood = expanded_of(values, GaugeOptions(interaction="keep"))
    assert by_likelihood.variance["part"] == pytest.approx(by_anova.variance["part"], rel=0.02)
    assert by_likelihood.variance["gauge"] == pytest.approx(by_anova.variance["gauge"], rel=0.02)


@settings(max_examples=20)
@given(seed=SEEDS, scale=st.floats(1e-3, 1e3), offset=st.floats(-50, 50))
def test_a_type_1_study_knows_no_unit(seed: int, scale: float, offset: float) -> None:
    values = np.random.default_rng(seed).normal(10.1, 0.2, 25)
    here = type1(values, 10.0, 4.0)
    there = type1(scale * (values + offset), scale * (10.0 + offset), scale * 4.0)
    assert (there.cg, there.cgk) == pytest.approx((here.cg, here.cgk), rel=1e-6)
    assert there.bias.t == pytest.approx(here.bias.t, rel=1e-6)
    assert there.bias.significant == here.bias.significant
    assert here.cgk <= here.cg
    assert here.cg_limits.low <= here.cg <= here.cg_limits.high
    assert here.cgk_limits.low <= here.cgk <= here.cgk_limits.high


@settings(max_examples=20)
@given(seed=SEEDS)
def test_a_bias_is_significant_exactly_when_p_is_below_alpha(seed: int) -> None:
    values = np.random.default_rng(seed).normal(0.1, 0.3, 12)
    found = bias(values, 0.0, confidence=0.9)
    assert found.significant == (found.p < 0.1)
    assert bias(-values, 0.0).t == pytest.approx(-bias(values, 0.0).t)


@settings(max_examples=15)
@given(slope=st.floats(-0.5, 0.5), constant=st.floats(-1, 1), seed=SEEDS)
def test_linearity_finds_the_line_that_was_put_in(slope: float, constant: float, seed: int) -> None:
    references = np.repeat([2.0, 4.0, 6.0, 8.0, 10.0], 6)
    noise = np.random.default_rng(seed).normal(0, 0.05, 30)
    found = linearity(references + constant + slope * references + noise, references)
    assert found.slope.value == pytest.approx(slope, abs=6 * 0.05 / np.sqrt(30 * 8))
    assert found.slope.limits.low <= found.slope.value <= found.slope.limits.high


@settings(max_examples=15)
@given(st.lists(st.sampled_from(["good", "bad"]), min_size=24, max_size=24))
def test_agreement_is_between_nothing_and_all(judged: list[str]) -> None:
    parts = np.tile(np.arange(6), 4).astype(str).tolist()
    operators = np.repeat(["a", "b"], 12).tolist()
    standard = ["good", "bad"] * 12
    found = agreement(judged, parts, operators, standard).to_dict()

    def kappas(node: object) -> list[float]:
        if isinstance(node, dict):
            mine = [node["kappa"]] if isinstance(node.get("kappa"), float) else []
            return mine + [k for child in node.values() for k in kappas(child)]
        if isinstance(node, list):
            return [k for child in node for k in kappas(child)]
        return []

    assert all(-1 - 1e-9 <= kappa <= 1 + 1e-9 for kappa in kappas(found))
