"""Binomial and Poisson capability."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.stats

from process_models.capability import binomial_capability, poisson_capability
from process_models.errors import InputError


def test_a_proportion_and_its_exact_interval() -> None:
    result = binomial_capability([3, 5, 2], [100, 120, 80])
    exact = scipy.stats.binomtest(10, 300).proportion_ci(0.95, method="exact")
    assert (result.samples, result.inspected, result.defectives) == (3, 300, 10)
    assert result.proportion.value == pytest.approx(1 / 30)
    assert result.proportion.low == pytest.approx(exact.low, rel=1e-9)
    assert result.proportion.high == pytest.approx(exact.high, rel=1e-9)
    assert result.ppm.value == pytest.approx(1e6 / 30)


def test_the_process_z_has_the_bounds_of_the_proportion_turned_round() -> None:
    result = binomial_capability([10], [300])
    assert result.proportion.high is not None
    assert result.process_z.value == pytest.approx(scipy.stats.norm.isf(1 / 30))
    assert result.process_z.low == pytest.approx(scipy.stats.norm.isf(result.proportion.high))


def test_no_defective_item_has_an_upper_bound_only() -> None:
    result = binomial_capability([0, 0], [50, 50])
    assert (result.proportion.value, result.proportion.low) == (0.0, 0.0)
    assert result.proportion.high == pytest.approx(1 - 0.025 ** (1 / 100))
    assert (result.process_z.value, result.process_z.high) == (None, None)
    assert result.process_z.low is not None


def test_all_defective_has_a_lower_bound_only() -> None:
    result = binomial_capability([5], [5])
    assert (result.proportion.value, result.proportion.high) == (1.0, 1.0)
    assert result.proportion.low == pytest.approx(0.025 ** (1 / 5))


def test_a_rate_and_its_exact_interval() -> None:
    result = poisson_capability([4, 2, 6], [10, 10, 20])
    low, high = scipy.stats.chi2.ppf(0.025, 24) / 80, scipy.stats.chi2.ppf(0.975, 26) / 80
    assert (result.defects, result.units) == (12, 40.0)
    assert [result.dpu.value, result.dpu.low, result.dpu.high] == pytest.approx([0.3, low, high])
    assert result.dpu_range == (0.2, 0.4)
    assert result.unit_yield.value == pytest.approx(math.exp(-0.3))
    assert result.unit_yield.low == pytest.approx(math.exp(-high))


def test_no_defect_has_an_upper_bound_only() -> None:
    result = poisson_capability([0], [100])
    assert (result.dpu.value, result.dpu.low) == (0.0, 0.0)
    assert result.dpu.high == pytest.approx(-math.log(0.025) / 100)


@pytest.mark.parametrize("study", [binomial_capability, poisson_capability])
def test_the_chart_says_whether_it_was_in_control(study: Any) -> None:
    assert study([5, 4, 6, 5], [100] * 4).in_control
    assert not study([5, 4, 6, 5, 40], [100] * 5).in_control


@pytest.mark.parametrize(
    ("study", "keys"),
    [
        (binomial_capability, {"defectives", "inspected", "proportion", "ppm", "process_z"}),
        (poisson_capability, {"defects", "units", "dpu", "unit_yield", "dpu_lowest"}),
    ],
)
def test_what_is_printed(study: Any, keys: set[str]) -> None:
    printed = study([1, 2], [50, 50]).to_dict()
    assert keys <= set(printed)
    assert printed["n"] == 2
    assert printed["confidence"] == 0.95


@pytest.mark.parametrize(
    ("study", "counts", "sizes", "message"),
    [
        (binomial_capability, [], [], "defectives must be at least 1 sample, got 0"),
        (binomial_capability, [1, 2], [5], "sizes must be 2 numbers, one a sample, got 1"),
        (binomial_capability, [1, -2], [5, 5], "sample 2: defectives must be a whole number"),
        (binomial_capability, [1.5], [5], "sample 1: defectives must be a whole number"),
        (binomial_capability, [6], [5], "whole and at least its defectives, got 6 of 5"),
        (binomial_capability, [1], [5.5], "whole and at least its defectives, got 1 of 5.5"),
        (poisson_capability, [1, 2], [5, 0], "sample 2: its size must be above 0, got 0"),
        (poisson_capability, [math.nan], [5], "sample 1: defects must be a whole number"),
    ],
)
def test_refusals(study: Any, counts: list[float], sizes: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        study(counts, sizes)


@pytest.mark.parametrize("study", [binomial_capability, poisson_capability])
def test_confidence_must_be_a_share(study: Any) -> None:
    with pytest.raises(InputError, match="confidence must be above 0 and below 1, got 2"):
        study([1], [5], confidence=2.0)


@pytest.mark.parametrize("share", [0.01, 0.1])
def test_exact_intervals_cover_at_least_as_often_as_they_say(share: float) -> None:
    """No simulation: every count of 200 items with its probability."""
    covered = 0.0
    for count in range(60):
        found = binomial_capability([count], [200]).proportion
        assert found.low is not None
        assert found.high is not None
        weight = scipy.stats.binom.pmf(count, 200, share)
        covered += float(weight) * (found.low <= share <= found.high)
    assert 0.95 <= covered <= 1.0


def test_rates_cover_at_least_as_often_as_they_say() -> None:
    """No simulation: every count with its probability, 3.5 defects expected."""
    covered = 0.0
    for count in range(40):
        found = poisson_capability([count], [10]).dpu
        assert found.low is not None
        assert found.high is not None
        weight = scipy.stats.poisson.pmf(count, 3.5)
        covered += float(weight) * (found.low <= 0.35 <= found.high)
    assert 0.95 <= covered <= 1.0


def test_counts_may_be_arrays() -> None:
    assert poisson_capability(np.array([1.0]), np.array([2.5])).dpu.value == 0.4
