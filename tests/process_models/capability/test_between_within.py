"""Sigma between and within subgroups."""

from __future__ import annotations

import math

import numpy as np
import pytest

from process_models.capability import Specification, capability
from process_models.capability.between_within import between_within
from process_models.capability.freedom import of_subgroups
from process_models.errors import InputError
from process_models.spc import d2

ROWS = np.array([[10.0, 12.0], [14.0, 16.0], [9.0, 11.0], [15.0, 17.0]])
SPEC = Specification(0.0, 26.0)


def test_by_hand() -> None:
    found = between_within(ROWS, SPEC, 13.0, 0.95)
    within = 2 / d2(2)
    of_means = (4 + 5 + 6) / 3 / d2(2)
    between = math.sqrt(of_means**2 - within**2 / 2)
    assert found.sigma_within == pytest.approx(within)
    assert found.sigma_between == pytest.approx(between)
    assert found.sigma_total == pytest.approx(math.hypot(between, within))
    assert found.indices["cp"].value == pytest.approx(26 / (6 * found.sigma_total))
    assert found.indices["cpk"].value == pytest.approx(13 / (3 * found.sigma_total))


def test_subgroups_alike_have_no_variation_between() -> None:
    found = between_within(np.tile([9.0, 11.0], (6, 1)), SPEC, 10.0, 0.95)
    assert found.sigma_between == 0
    assert found.sigma_total == found.sigma_within
    assert found.freedom == of_subgroups(np.full(6, 2), "rbar_d2")


def test_the_interval_widens_with_variation_between() -> None:
    alike = between_within(np.tile([9.0, 11.0], (4, 1)), SPEC, 10.0, 0.95)
    apart = between_within(ROWS, SPEC, 13.0, 0.95)
    assert apart.freedom.degrees < alike.freedom.degrees


def test_ragged_subgroups_use_the_harmonic_mean() -> None:
    rows = np.array([[10.0, 12.0, np.nan], [20.0, 21.0, 22.0], [9.0, 11.0, np.nan]])
    found = between_within(rows, SPEC, 13.0, 0.95)
    of_means = (10 + 11) / 2 / d2(2)
    inverse = (1 / 2 + 1 / 3 + 1 / 2) / 3
    assert found.sigma_between == pytest.approx(
        math.sqrt(of_means**2 - found.sigma_within**2 * inverse)
    )


def test_printed_beside_the_study() -> None:
    labels = [str(i // 2) for i in range(8)]
    values = ROWS.reshape(-1)
    plain = capability(values, lsl=0.0, usl=26.0, subgroup=labels).to_dict()
    printed = capability(values, lsl=0.0, usl=26.0, subgroup=labels, between_within=True).to_dict()
    assert set(printed) - set(plain) == {
        "sigma_between",
        "sigma_between_within",
        "between_within",
    }
    both = printed["between_within"]
    assert set(both["indices"]) == {"cp", "cpl", "cpu", "cpk"}
    assert both["ppm"]["total"] == pytest.approx(
        both["ppm"]["below_lsl"] + both["ppm"]["above_usl"]
    )


@pytest.mark.parametrize("subgroup", [None, list("abcd")])
def test_single_values_have_one_source_only(subgroup: list[str] | None) -> None:
    with pytest.raises(InputError, match="between-within needs subgroups of at least 2 values"):
        capability([1.0, 2.0, 3.0, 4.0], lsl=0.0, subgroup=subgroup, between_within=True)


def test_one_subgroup_is_too_few() -> None:
    with pytest.raises(InputError, match="between-within needs at least 2 subgroups, got 1"):
        between_within(ROWS[:1], SPEC, 11.0, 0.95)


@pytest.mark.parametrize("between", [0.5, 2.0])
def test_intervals_cover_as_often_as_they_say(between: float) -> None:
    """Seed 40; of 500 samples of 25 subgroups of 4, 95 % cover within 4 s.e. (3.9 %)."""
    rng = np.random.default_rng(40)
    spec, true = Specification(-8.0, 8.0), 16 / (6 * math.hypot(between, 1.0))
    hits = 0
    for _ in range(500):
        rows = rng.normal(size=(25, 4)) + between * rng.normal(size=(25, 1))
        index = between_within(rows, spec, float(rows.mean()), 0.95).indices["cp"]
        assert index.low is not None
        assert index.high is not None
        hits += index.low <= true <= index.high
    assert hits / 500 == pytest.approx(0.95, abs=0.039)
