"""What every sampling plan obeys: curves fall, larger samples judge harder, promises are kept."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from process_models.errors import LacssError
from process_models.sampling import (
    AttributePlan,
    Counting,
    RiskPoint,
    RiskPoints,
    VariablesPlan,
    find_double,
    find_single,
    find_variables,
)

QUALITIES = (0.0, 0.002, 0.01, 0.05, 0.1, 0.3, 0.6, 1.0)
COUNTINGS = st.sampled_from([Counting(), Counting("poisson"), Counting("hypergeometric", 400)])


@st.composite
def plans(draw: st.DrawFn) -> AttributePlan:
    """Single and double plans that are possible."""
    n, c = draw(st.integers(2, 80)), draw(st.integers(0, 4))
    counting = draw(COUNTINGS)
    if draw(st.booleans()):
        return AttributePlan((n,), (c,), (c + 1,), counting)
    more = draw(st.integers(1, 4))
    return AttributePlan((n, n), (c, c + more), (c + more + 1,) * 2, counting)


@settings(max_examples=40)
@given(plans())
def test_worse_lots_are_never_accepted_more_often(plan: AttributePlan) -> None:
    chances = [plan.accept(p) for p in QUALITIES]
    assert chances[0] == pytest.approx(1.0)
    assert all(0 <= chance <= 1 + 1e-12 for chance in chances)
    assert all(worse <= better + 1e-12 for better, worse in pairwise(chances))


@settings(max_examples=40)
@given(plans(), st.sampled_from(QUALITIES[1:-1]))
def test_what_is_inspected_lies_between_one_sample_and_all(plan: AttributePlan, p: float) -> None:
    asn = plan.average_sample_number(p)
    assert plan.n[0] - 1e-9 <= asn <= sum(plan.n) + 1e-9
    assert 0 <= plan.average_outgoing_quality(p) <= p + 1e-12
    total = plan.average_total_inspection(p)
    if plan.counting.lot_size is None:
        assert total is None
    else:
        assert total is not None
        assert asn - 1e-9 <= total <= plan.counting.lot_size + 1e-9


@settings(max_examples=30)
@given(n=st.integers(5, 120), c=st.integers(0, 4), p=st.floats(0.001, 0.5))
def test_a_larger_sample_or_fewer_allowed_is_stricter(n: int, c: int, p: float) -> None:
    plan = AttributePlan((n,), (c,))
    assert AttributePlan((n + 5,), (c,)).accept(p) <= plan.accept(p) + 1e-12
    assert AttributePlan((n,), (c + 1,)).accept(p) >= plan.accept(p) - 1e-12


@settings(max_examples=30)
@given(n=st.integers(5, 60), c=st.integers(0, 3), more=st.integers(1, 4), p=st.floats(0.001, 0.4))
def test_a_double_plan_accepts_at_least_what_its_first_sample_does(
    n: int, c: int, more: int, p: float
) -> None:
    double = AttributePlan((n, n), (c, c + more))
    assert double.accept(p) >= AttributePlan((n,), (c,)).accept(p) - 1e-12
    assert double.accept(p) <= AttributePlan((n,), (c + more,)).accept(p) + 1e-12


def test_a_very_large_lot_is_an_endless_one() -> None:
    for p in (0.01, 0.05, 0.2):
        endless = AttributePlan((50,), (2,)).accept(p)
        large = AttributePlan((50,), (2,), (), Counting("hypergeometric", 1_000_000)).accept(p)
        assert large == pytest.approx(endless, rel=1e-3)


@settings(max_examples=25)
@given(
    good=st.floats(0.001, 0.05), ratio=st.floats(3.0, 12.0),
    producer=st.floats(0.9, 0.99), consumer=st.floats(0.02, 0.15), counting=COUNTINGS,
)  # fmt: skip
def test_what_is_found_keeps_both_promises_and_nothing_smaller_does(
    good: float, ratio: float, producer: float, consumer: float, counting: Counting
) -> None:
    assume(good * ratio < 0.5)
    risks = RiskPoints(RiskPoint(good, producer), RiskPoint(good * ratio, consumer))
    try:
        plan = find_single(risks, counting)
    except LacssError:
        assert counting.lot_size is not None
        return
    assert plan.keeps(risks)
    n, c = plan.n[0], plan.c[0]
    assert not any(
        AttributePlan((size,), (number,), (), counting).keeps(risks)
        for number in range(c + 1)
        for size in range(max(1, n - 6), n)
    )


@settings(max_examples=8)
@given(ratio=st.floats(4.0, 10.0))
def test_a_double_plan_keeps_them_with_less_work(ratio: float) -> None:
    risks = RiskPoints(RiskPoint(0.01, 0.95), RiskPoint(0.01 * ratio, 0.1))
    single, double = find_single(risks), find_double(risks)
    assert double.keeps(risks)
    assert double.average_sample_number(0.01) <= single.n[0]


@settings(max_examples=25)
@given(n=st.integers(2, 100), k=st.floats(0.5, 3.0), known=st.booleans())
def test_plans_by_variables_fall_too_and_a_larger_k_is_stricter(
    n: int, k: float, known: bool
) -> None:
    plan = VariablesPlan(n, k, known)
    chances = [plan.accept(p) for p in QUALITIES]
    assert chances[0] == 1.0
    assert chances[-1] == 0.0
    assert all(worse <= better + 1e-9 for better, worse in pairwise(chances))
    stricter = replace(plan, k=k + 0.2)
    assert all(stricter.accept(p) <= plan.accept(p) + 1e-9 for p in QUALITIES)


@settings(max_examples=12)
@given(good=st.floats(0.001, 0.03), ratio=st.floats(3.0, 10.0))
def test_variables_need_fewer_and_known_sigma_fewer_still(good: float, ratio: float) -> None:
    risks = RiskPoints(RiskPoint(good, 0.95), RiskPoint(good * ratio, 0.1))
    unknown, known = find_variables(risks), find_variables(risks, known_sigma=True)
    assert unknown.keeps(risks)
    assert known.keeps(risks)
    assert known.n <= unknown.n <= find_single(risks).n[0]


@pytest.mark.parametrize("known", [True, False])
def test_variables_accept_as_often_as_simulated_lots(known: bool) -> None:
    """Seed 5, 20 000 samples: within 4 standard errors."""
    plan, p, runs = VariablesPlan(12, 1.6, known), 0.02, 20_000
    rng = np.random.default_rng(5)
    sample = rng.standard_normal((runs, plan.n))
    limit = 2.0537489106318225  # upper 2 % point of a standard normal
    sd = 1.0 if known else sample.std(axis=1, ddof=1)
    seen = float(np.mean((limit - sample.mean(axis=1)) / sd >= plan.k))
    expected = plan.accept(p)
    assert abs(seen - expected) < 4 * np.sqrt(expected * (1 - expected) / runs)
