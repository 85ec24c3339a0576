"""Plans and curves against published tables."""

from __future__ import annotations

import pytest
from scipy.optimize import brentq

from process_models.sampling import AttributePlan, Counting, RiskPoint, RiskPoints, find_single

CAMERON = {  # c: np accepted with 0.95, np accepted with 0.10
    0: (0.051, 2.303), 1: (0.355, 3.890), 2: (0.818, 5.322), 3: (1.366, 6.681),
    4: (1.970, 7.994), 5: (2.613, 9.275), 6: (3.285, 10.532), 7: (3.981, 11.771),
    8: (4.695, 12.995), 9: (5.426, 14.206), 10: (6.169, 15.407),
}  # fmt: skip


def quality_at(plan: AttributePlan, accept: float) -> float:
    """Quality that the plan accepts with probability `accept`."""
    return float(brentq(lambda p: plan.accept(p) - accept, 1e-9, 0.999))


@pytest.mark.parametrize("c", CAMERON)
def test_poisson_curves_are_cameron_s(c: int) -> None:
    plan = AttributePlan((1000,), (c,), (), Counting("poisson"))
    assert 1000 * quality_at(plan, 0.95) == pytest.approx(CAMERON[c][0], abs=6e-4)
    assert 1000 * quality_at(plan, 0.10) == pytest.approx(CAMERON[c][1], abs=6e-4)


@pytest.mark.parametrize(
    ("n", "c", "p95", "p10"),
    [(80, 2, 0.0103, 0.0652), (125, 3, 0.0110, 0.0527), (50, 1, 0.00715, 0.0756),
     (13, 0, 0.00394, 0.162), (200, 7, 0.0200, 0.0579)],
)  # fmt: skip
def test_curves_of_the_standard_s_single_plans(n: int, c: int, p95: float, p10: float) -> None:
    """Percentages accepted 95 and 10 % of the time, to the digits printed."""
    plan = AttributePlan((n,), (c,))
    assert quality_at(plan, 0.95) == pytest.approx(p95, rel=0.01)
    assert quality_at(plan, 0.10) == pytest.approx(p10, rel=0.01)


@pytest.mark.parametrize("c", [0, 1, 2, 5])
def test_found_plans_use_the_ratio_of_the_tables(c: int) -> None:
    """With the operating ratio of c, Poisson plans have that acceptance number."""
    good, bad = CAMERON[c]
    risks = RiskPoints(RiskPoint(0.99 * good / 1000, 0.95), RiskPoint(1.001 * bad / 1000, 0.10))
    plan = find_single(risks, Counting("poisson"))
    assert plan.c == (c,)
    assert plan.n[0] == pytest.approx(1000, abs=2)


def test_average_outgoing_quality_limit_of_dodge_and_romig() -> None:
    """n 89, c 2: the worst outgoing quality of rectifying inspection is about 1.55 %."""
    plan = AttributePlan((89,), (2,), (), Counting("hypergeometric", 10_000))
    worst = max(plan.average_outgoing_quality(p / 1000) for p in range(1, 80))
    assert worst == pytest.approx(0.0155, abs=3e-4)


def test_double_plan_follows_a_single_one_and_inspects_less() -> None:
    """ISO 2859-1, code letter J at 1 %: single 80, 2; double 50, 50, 0 3, 3 4."""
    single = AttributePlan((80,), (2,))
    double = AttributePlan((50, 50), (0, 3), (3, 4))
    for p in (0.005, 0.01, 0.02, 0.04, 0.08):
        assert double.accept(p) == pytest.approx(single.accept(p), abs=0.07)
    assert double.average_sample_number(0.002) < 80
