"""What every study of repeatability and reproducibility keeps, whatever the design."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.gauge import GaugeOptions, GaugeStudy, crossed, expanded, nested

NAMES = ("repeatability", "operator", "interaction", "reproducibility", "gauge", "part", "total")
Design = Callable[..., GaugeStudy]


def expanded_alone(values: Any, parts: Any, operators: Any, options: GaugeOptions) -> GaugeStudy:
    """`expanded` without further factors."""
    return expanded(values, parts, operators, None, options)


DESIGNS = (crossed, nested, expanded_alone)


def made(
    seed: int, p: int = 5, o: int = 3, r: int = 2
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, parts and operators of a full study."""
    rng = np.random.default_rng(seed)
    part, operator, _ = (
        x.ravel() for x in np.meshgrid(range(p), range(o), range(r), indexing="ij")
    )
    values = (
        rng.normal(0, 2, p)[part] + rng.normal(0, 0.5, o)[operator] + rng.normal(0, 1, part.size)
    )
    return values, part, operator


@pytest.fixture(params=DESIGNS, ids=lambda design: design.__name__)
def design(request: pytest.FixtureRequest) -> Design:
    """Each design in turn."""
    found: Design = request.param
    return found


@pytest.mark.parametrize("interaction", ["auto", "keep", "drop"])
def test_variances_add_up(design: Design, interaction: Any) -> None:
    study = design(*made(1), GaugeOptions(interaction=interaction, tolerance=10))
    v = study.variance
    assert set(NAMES) <= set(v)
    assert v["reproducibility"] == pytest.approx(v["operator"] + v["interaction"])
    assert v["gauge"] == pytest.approx(v["repeatability"] + v["reproducibility"])
    assert v["total"] == pytest.approx(v["gauge"] + v["part"])
    assert min(v.values()) >= 0


def test_sums_of_squares_add_up_to_the_total(design: Design) -> None:
    values, part, operator = made(2)
    study = design(values, part, operator, GaugeOptions(interaction="keep"))
    rows = [row for row in study.anova.values() if row is not None]
    assert sum(row.ss for row in rows) == pytest.approx(np.sum((values - values.mean()) ** 2))
    assert sum(row.df for row in rows) == values.size - 1
    assert all(row.ms == pytest.approx(row.ss / row.df) for row in rows)


def test_percentages_follow_from_variances(design: Design) -> None:
    study = design(*made(3), GaugeOptions(tolerance=10, study_multiplier=5.15))
    tolerance = study.percent_tolerance
    assert tolerance is not None
    for name, variance in study.variance.items():
        share = variance / study.variance["total"]
        assert study.percent_contribution[name] == pytest.approx(100 * share)
        assert study.percent_study[name] == pytest.approx(100 * math.sqrt(share))
        assert tolerance[name] == pytest.approx(51.5 * math.sqrt(variance))


def test_shifting_changes_nothing_and_scaling_scales(design: Design) -> None:
    values, part, operator = made(4)
    options = GaugeOptions(tolerance=10)
    study = design(values, part, operator, options)
    other = design(3 * values - 100, part, operator, GaugeOptions(tolerance=30))
    for name in NAMES:
        assert other.variance[name] == pytest.approx(9 * study.variance[name], abs=1e-12)
        low, high = study.components.limits[name].low, study.components.limits[name].high
        assert other.components.limits[name].low == pytest.approx(9 * low, abs=1e-9)
        assert other.components.limits[name].high == pytest.approx(9 * high, abs=1e-9)
    assert other.ndc_real == pytest.approx(study.ndc_real)
    assert other.percent_tolerance == pytest.approx(study.percent_tolerance)


def test_rows_may_come_in_any_order(design: Design) -> None:
    columns = made(5)
    order = np.random.default_rng(6).permutation(columns[0].size)
    study = design(*columns, GaugeOptions())
    mixed = design(*(column[order] for column in columns), GaugeOptions())
    assert mixed.variance == pytest.approx(study.variance)


def test_names_of_parts_and_operators_do_not_matter(design: Design) -> None:
    values, part, operator = made(7)
    study = design(values, part, operator, GaugeOptions())
    parts = [f"sheet {9 - p}" for p in part]
    renamed = design(values, parts, ["ABC"[2 - o] for o in operator], GaugeOptions())
    assert renamed.variance == pytest.approx(study.variance)


def test_inputs_are_not_changed(design: Design) -> None:
    columns = made(8)
    before = [column.copy() for column in columns]
    design(*columns, GaugeOptions())
    assert all(np.array_equal(a, b) for a, b in zip(columns, before, strict=True))


def test_more_confidence_means_wider_limits(design: Design) -> None:
    columns = made(9)
    narrow, wide = (design(*columns, GaugeOptions(confidence=c)) for c in (0.8, 0.99))
    for name in NAMES:
        inner, outer = narrow.components.limits[name], wide.components.limits[name]
        assert outer.low <= inner.low
        assert inner.high <= outer.high
    assert wide.ndc_limits.low <= narrow.ndc_limits.low <= narrow.ndc_limits.high


def test_plain_data_is_json_and_complete(design: Design) -> None:
    plain = design(*made(10), GaugeOptions(tolerance=10)).to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert {"anova", "variance", "study", "ndc", "intervals", "verdict", "notes"} <= set(plain)
    for key in ("part", "operator", "interaction", "repeatability"):
        row = plain["anova"][key]
        assert row is None or set(row) == {"ss", "df", "ms", "f", "p"}
    for key in ("percent_contribution", "percent_study", "percent_tolerance"):
        assert set(NAMES) <= set(plain["study"][key])
        assert set(NAMES) <= set(plain["intervals"][key])


def test_without_a_tolerance_there_is_no_share_of_it(design: Design) -> None:
    plain = design(*made(11), GaugeOptions()).to_dict()
    assert plain["study"]["percent_tolerance"] is None
    assert plain["intervals"]["percent_tolerance"] is None
    assert plain["verdict_tolerance"] is None


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), p=st.integers(2, 6), o=st.integers(2, 4), r=st.integers(2, 4))
def test_any_full_study_has_estimates_inside_their_limits(
    seed: int, p: int, o: int, r: int
) -> None:
    columns = made(seed, p, o, r)
    for design in DESIGNS:
        found = design(*columns, GaugeOptions()).components
        total = found.variance["total"]
        for name, value in found.variance.items():
            assert 0 <= found.limits[name].low <= value <= found.limits[name].high
            share = found.share_limits[name]
            assert 0 <= share.low <= value / total * (1 + 1e-12)
            assert value / total <= share.high * (1 + 1e-12)
            assert share.high <= 1 + 1e-12
