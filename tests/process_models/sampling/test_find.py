"""The plans found keep both promises and none smaller does."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from process_models.errors import InputError, NotSupported
from process_models.sampling import (
    AttributePlan,
    Counting,
    RiskPoint,
    RiskPoints,
    find_double,
    find_single,
)

USUAL = RiskPoints(RiskPoint(0.01, 0.95), RiskPoint(0.05, 0.10))


def test_reference_plan_and_its_curve() -> None:
    plan = find_single(USUAL)
    assert (plan.n, plan.c) == ((132,), (3,))
    expected = {0.001: 0.999989091313558, 0.01: 0.955747494174034, 0.1: 0.000580367934139458}
    for p, accept in expected.items():
        assert plan.accept(p) == pytest.approx(accept, rel=1e-9)


@pytest.mark.parametrize(
    ("good", "bad"), [(0.01, 0.05), (0.02, 0.08), (0.005, 0.03), (0.05, 0.2), (0.01, 0.02)]
)
def test_no_smaller_single_plan_keeps_the_promises(good: float, bad: float) -> None:
    """Every smaller sample, each with the largest c the consumer's promise allows."""
    plan = find_single(RiskPoints(RiskPoint(good, 0.95), RiskPoint(bad, 0.10)))
    assert plan.accept(good) >= 0.95
    assert plan.accept(bad) <= 0.10
    for n in range(1, plan.n[0]):
        c = int(binom.ppf(0.10, n, bad))
        c -= binom.cdf(c, n, bad) > 0.10
        assert c < 0 or binom.cdf(c, n, good) < 0.95


def test_a_finite_lot_needs_a_smaller_sample() -> None:
    plan = find_single(USUAL, Counting.of(None, 500))
    assert plan.n[0] < 132
    assert plan.keeps(USUAL)
    assert not AttributePlan((plan.n[0] - 1,), plan.c, (), plan.counting).keeps(USUAL)


def test_small_lot_is_searched_below_its_own_defects() -> None:
    """Lot of 40 with 2 bad at the consumer's point: only c 0 and 1 can refuse it."""
    plan = find_single(USUAL, Counting.of(None, 40))
    assert plan.keeps(USUAL)
    assert plan.c == (0,)


def test_very_close_qualities_are_found_at_once() -> None:
    risks = RiskPoints(RiskPoint(0.01, 0.95), RiskPoint(0.0101, 0.10))
    plan = find_single(risks)
    assert plan.n[0] > 8_000_000
    assert plan.keeps(risks)


def test_poisson_plan() -> None:
    plan = find_single(USUAL, Counting("poisson"))
    assert (plan.n, plan.c) == ((134,), (3,))


def test_double_plan_keeps_the_promises_and_inspects_less() -> None:
    plan = find_double(USUAL)
    assert plan.keeps(USUAL)
    assert plan.n[0] == plan.n[1]
    assert plan.average_sample_number(0.01) < 132
    smaller = AttributePlan((plan.n[0] - 1,) * 2, plan.c, plan.r)
    assert not smaller.keeps(USUAL)


def test_double_plan_of_a_finite_lot() -> None:
    plan = find_double(USUAL, Counting.of(None, 500))
    assert plan.keeps(USUAL)
    assert sum(plan.n) <= 500


def test_a_lot_without_bad_items_at_the_consumer_s_point_cannot_be_judged() -> None:
    with pytest.raises(InputError, match="no single plan up to the lot-size 5"):
        find_single(USUAL, Counting.of(None, 5))


def test_a_double_plan_that_would_take_minutes_is_refused() -> None:
    with pytest.raises(NotSupported, match="use a single plan"):
        find_double(RiskPoints(RiskPoint(0.01, 0.95), RiskPoint(0.012, 0.10)))
