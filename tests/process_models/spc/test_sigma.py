"""Estimates of sigma by hand, equal and ragged."""

from __future__ import annotations

import math

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import c4, d2, d3
from process_models.spc.constants import MEDIAN_MOVING_RANGE
from process_models.spc.sigma import (
    SUBGROUP_METHODS,
    Subgroups,
    exact_mean,
    moving_range,
    step_sigma,
    subgroup_sigma,
)

EQUAL = np.array([[1.0, 3.0], [2.0, 6.0]])
RAGGED = np.array([[1.0, 3.0, np.nan], [2.0, 6.0, 4.0], [5.0, np.nan, np.nan]])


def all_used(n: int) -> np.ndarray:
    return np.ones(n, dtype=np.bool_)


def test_statistics_of_ragged_subgroups() -> None:
    found = Subgroups.of(RAGGED)
    assert found.means.tolist() == [2.0, 4.0, 5.0]
    assert found.sizes.tolist() == [2, 3, 1]
    assert found.ranges[:2].tolist() == [2.0, 4.0]
    assert found.deviations[:2] == pytest.approx([math.sqrt(2), 2.0])
    assert math.isnan(found.ranges[2])
    assert math.isnan(found.deviations[2])


def test_a_subgroup_may_begin_with_a_gap() -> None:
    found = Subgroups.of(np.array([[np.nan, 1.0, 3.0]]))
    assert (found.means[0], found.ranges[0], found.sizes[0]) == (2.0, 2.0, 2)


@pytest.mark.parametrize(
    ("method", "sigma"),
    [
        ("rbar_d2", 3 / d2(2)),
        ("uwave_r", 3 / d2(2)),
        ("mvlue_r", 3 / d2(2)),
        ("sbar_c4", 1.5 * math.sqrt(2) / c4(2)),
        ("uwave_sd", 1.5 * math.sqrt(2) / c4(2)),
        ("mvlue_sd", 1.5 * math.sqrt(2) / c4(2)),
        ("pooled", math.sqrt(5) / c4(3)),
    ],
)
def test_equal_subgroups_by_hand(method: str, sigma: float) -> None:
    assert subgroup_sigma(Subgroups.of(EQUAL), all_used(2), method) == pytest.approx(sigma)


def test_ragged_subgroups_by_hand() -> None:
    groups, used = Subgroups.of(RAGGED), all_used(3)
    plain = (2 / d2(2) + 4 / d2(3)) / 2
    w2, w3 = (d2(2) / d3(2)) ** 2, (d2(3) / d3(3)) ** 2
    weighted = (w2 * 2 / d2(2) + w3 * 4 / d2(3)) / (w2 + w3)
    assert subgroup_sigma(groups, used, "rbar_d2") == pytest.approx(plain)
    assert subgroup_sigma(groups, used, "mvlue_r") == pytest.approx(weighted)
    v2, v3 = (c4(n) ** 2 / (1 - c4(n) ** 2) for n in (2, 3))
    by_sd = (v2 * math.sqrt(2) / c4(2) + v3 * 2 / c4(3)) / (v2 + v3)
    assert subgroup_sigma(groups, used, "mvlue_sd") == pytest.approx(by_sd)
    assert subgroup_sigma(groups, used, "pooled") == pytest.approx(math.sqrt(10 / 3) / c4(4))


@pytest.mark.parametrize("method", SUBGROUP_METHODS)
def test_every_method_finds_sigma_in_many_subgroups(method: str) -> None:
    """Seed 3; 4,000 subgroups of 5 give a standard error below 0.6 %, so 2 % is beyond three."""
    values = np.random.default_rng(3).normal(10.0, 2.0, (4000, 5))
    found = subgroup_sigma(Subgroups.of(values), all_used(4000), method)
    assert found == pytest.approx(2.0, rel=0.02)


def test_steps_by_hand() -> None:
    values = np.array([1.0, 2.0, 4.0, 3.0])
    assert step_sigma(values, all_used(4), "mr_d2") == pytest.approx(4 / 3 / d2(2))
    assert step_sigma(values, all_used(4), "median_mr") == pytest.approx(1 / MEDIAN_MOVING_RANGE)


def test_steps_that_touch_an_unused_point_do_not_count() -> None:
    values = np.array([1.0, 2.0, 50.0, 3.0, 5.0])
    used = np.array([True, True, False, True, True])
    assert step_sigma(values, used, "mr_d2") == pytest.approx(1.5 / d2(2))


def test_moving_range_keeps_the_numbers_of_the_points() -> None:
    steps = moving_range(np.array([1.0, 4.0, 2.0]))
    assert math.isnan(steps[0])
    assert steps[1:].tolist() == [3.0, 2.0]


def test_the_mean_of_equal_values_is_that_value() -> None:
    assert exact_mean(np.full(7, 0.1)) == 0.1
    assert Subgroups.of(np.full((3, 7), 0.1)).means.tolist() == [0.1] * 3


def test_nothing_to_estimate_from_is_an_error() -> None:
    with pytest.raises(InputError, match="sigma by mr_d2 needs two neighbouring points"):
        step_sigma(np.array([1.0, 2.0]), np.array([True, False]), "mr_d2")
    with pytest.raises(InputError, match="sigma by rbar_d2 needs a Phase I subgroup"):
        subgroup_sigma(Subgroups.of(np.array([[1.0], [2.0]])), all_used(2), "rbar_d2")
