"""Attribute plans against sums written out by hand, and Monte Carlo inspection."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import binom, hypergeom, poisson

from process_models.errors import InputError
from process_models.sampling import AttributePlan, Counting, RiskPoint, RiskPoints

DOUBLE = AttributePlan((125, 125), (1, 4), (4, 5))


def test_single_plan_by_hand() -> None:
    """n 2, c 0: accepted when both are good."""
    plan = AttributePlan((2,), (0,))
    assert plan.accept(0.1) == pytest.approx(0.81)
    assert plan.r == (1,)
    assert plan.average_sample_number(0.1) == 2
    assert plan.average_outgoing_quality(0.1) == pytest.approx(0.081)


@pytest.mark.parametrize("p", [0.0, 0.005, 0.01, 0.03, 1.0])
def test_double_plan_is_the_sum_over_first_samples(p: float) -> None:
    first = [binom.pmf(x, 125, p) for x in range(5)]
    expected = (
        first[0] + first[1]
        + first[2] * binom.cdf(2, 125, p) + first[3] * binom.cdf(1, 125, p)
    )  # fmt: skip
    assert DOUBLE.accept(p) == pytest.approx(expected, abs=1e-14)
    assert DOUBLE.average_sample_number(p) == pytest.approx(125 * (1 + first[2] + first[3]))


def test_double_plan_without_replacement_remembers_the_first_sample() -> None:
    lot, bad = 1000, 20
    plan = AttributePlan((125, 125), (1, 4), (4, 5), Counting.of(None, lot))
    expected = hypergeom.cdf(1, lot, bad, 125) + sum(
        hypergeom.pmf(x, lot, bad, 125) * hypergeom.cdf(4 - x, lot - 125, bad - x, 125)
        for x in (2, 3)
    )
    assert plan.accept(0.02) == pytest.approx(expected, abs=1e-14)


def test_multiple_plan_equals_inspection_played_out() -> None:
    """Seed 5, 40000 lots: acceptance and sample number within four standard errors."""
    plan = AttributePlan((20, 20, 20), (0, 1, 3), (3, 4, 4))
    rng, lots, p = np.random.default_rng(5), 40_000, 0.05
    found = np.cumsum(rng.binomial(20, p, (lots, 3)), axis=1)
    fate = np.full(lots, -1)
    stage_of = np.zeros(lots, dtype=int)
    for stage in range(3):
        still = fate < 0
        fate[still & (found[:, stage] <= plan.c[stage])] = 1
        fate[still & (found[:, stage] >= plan.r[stage])] = 0
        stage_of[still] = stage + 1
    accept = plan.accept(p)
    assert (fate == 1).mean() == pytest.approx(accept, abs=4 * math.sqrt(accept / lots))
    assert 20 * stage_of.mean() == pytest.approx(plan.average_sample_number(p), abs=0.3)


def test_multiple_plan_by_hand() -> None:
    """One item a sample, c (-, 0), r (1, 1): both must be good, and none is accepted early."""
    plan = AttributePlan((1, 1), (-1, 0), (1, 1))
    assert plan.accept(0.2) == pytest.approx(0.64)
    assert plan.average_sample_number(0.2) == pytest.approx(1.8)


def test_poisson_counts_nonconformities() -> None:
    plan = AttributePlan((50,), (2,), (), Counting("poisson"))
    assert plan.accept(0.04) == pytest.approx(poisson.cdf(2, 2.0))
    double = AttributePlan((50, 50), (0, 2), (2, 3), Counting("poisson"))
    expected = poisson.pmf(0, 2) + poisson.pmf(1, 2) * poisson.cdf(1, 2)
    assert double.accept(0.04) == pytest.approx(expected)


def test_outgoing_quality_and_total_inspection_of_a_lot() -> None:
    plan = AttributePlan((80,), (2,), (3,), Counting("hypergeometric", 1000))
    accept = plan.accept(0.02)
    assert plan.average_outgoing_quality(0.02) == pytest.approx(0.02 * accept * 0.92)
    assert plan.average_total_inspection(0.02) == pytest.approx(80 + (1 - accept) * 920)
    assert DOUBLE.average_total_inspection(0.02) is None


def test_point_and_plan_as_plain_data() -> None:
    assert set(DOUBLE.point(0.01)) == {"p", "accept", "asn", "aoq", "ati"}
    assert DOUBLE.to_dict() == {"n": [125, 125], "c": [1, 4], "r": [4, 5]}
    assert AttributePlan((132,), (3,)).to_dict() == {"n": 132, "c": 3, "r": 4}


def test_acceptance_falls_as_quality_worsens() -> None:
    curve = [DOUBLE.accept(p) for p in np.linspace(0, 0.2, 41)]
    assert all(b <= a for a, b in pairwise(curve))
    assert curve[0] == 1


def test_a_plan_tells_whether_it_keeps_promises() -> None:
    risks = RiskPoints(RiskPoint(0.01, 0.95), RiskPoint(0.05, 0.10))
    assert AttributePlan((132,), (3,)).keeps(risks)
    assert not AttributePlan((131,), (3,)).keeps(risks)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [(((), ()), "one number for each sample"), (((5,), (1, 2)), "got 1 and 2"),
     (((0,), (0,)), "n must be at least 1"), (((5,), (-1,)), "c must not be negative"),
     (((5, 5), (2, 1)), "must not fall"), (((5, 5), (0, 1), (1,)), "r must have 2 numbers"),
     (((5, 5), (1, 2), (1, 3)), "r must be above c"), (((5,), (1,), (3,)), "last r")],
)  # fmt: skip
def test_bad_plans_are_named(numbers: tuple[tuple[int, ...], ...], words: str) -> None:
    with pytest.raises(InputError, match=words):
        AttributePlan(*numbers)


def test_samples_must_fit_into_the_lot() -> None:
    with pytest.raises(InputError, match="fit into the lot of 100, got 120"):
        AttributePlan((60, 60), (0, 1), (2, 2), Counting.of(None, 100))


def test_quality_must_be_a_fraction() -> None:
    with pytest.raises(InputError, match=r"from 0 to 1, got -0\.1"):
        DOUBLE.accept(-0.1)
    with pytest.raises(InputError, match="from 0 to 1"):
        AttributePlan((5,), (1,)).accept(1.1)
