"""Plans by variables against reference values, limits and simulated lots."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from process_models.errors import InputError
from process_models.sampling import RiskPoint, RiskPoints, VariablesPlan, find_variables

USUAL = RiskPoints(RiskPoint(0.01, 0.95), RiskPoint(0.05, 0.10))


def test_reference_plans() -> None:
    unknown = find_variables(USUAL)
    assert unknown.n == 55
    assert unknown.k == pytest.approx(1.95219170942156, abs=2e-6)  # a root to 1e-6 in the source
    known = find_variables(USUAL, known_sigma=True)
    assert known.n == 19
    assert known.k == pytest.approx(1.94899257210411, rel=1e-12)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(("good", "bad"), [(0.01, 0.05), (0.001, 0.01), (0.1, 0.3), (0.4, 0.9)])
def test_the_plan_found_is_the_smallest(good: float, bad: float, known: bool) -> None:
    risks = RiskPoints(RiskPoint(good, 0.95), RiskPoint(bad, 0.10))
    plan = find_variables(risks, known_sigma=known)
    assert plan.keeps(risks)
    assert plan.accept(good) == pytest.approx(0.95, abs=1e-9)
    if plan.n > 2:
        root, margin = math.sqrt(plan.n - 1), norm.isf(good)
        tighter = VariablesPlan(plan.n - 1, _k_of(plan.n - 1, margin, root, known), known)
        assert tighter.accept(bad) > 0.10


def _k_of(n: int, margin: float, root: float, known: bool) -> float:
    from scipy.stats import nct

    if known:
        return float(margin - norm.ppf(0.95) / root)
    return float(nct.isf(0.95, n - 1, margin * root) / root)


def test_acceptance_by_simulation() -> None:
    """Seed 3, 20000 lots of quality 0.03, n 10, k 1.5: within four standard errors."""
    rng = np.random.default_rng(3)
    margin = norm.isf(0.03)
    samples = rng.normal(0, 1, (20_000, 10))
    statistic = (margin - samples.mean(axis=1)) / samples.std(axis=1, ddof=1)
    accept = VariablesPlan(10, 1.5).accept(0.03)
    error = 4 * math.sqrt(accept * (1 - accept) / 20_000)
    assert (statistic >= 1.5).mean() == pytest.approx(accept, abs=error)


def test_known_sigma_by_hand() -> None:
    """n 4, k = z(0.05): at quality 0.05 half of the lots pass."""
    plan = VariablesPlan(4, float(norm.isf(0.05)), known_sigma=True)
    assert plan.accept(0.05) == pytest.approx(0.5)
    assert plan.accept(0.0) == 1
    assert plan.accept(1.0) == 0
    assert plan.to_dict() == {"n": 4, "k": plan.k, "known_sigma": True}
    assert plan.point(0.05) == {"p": 0.05, "accept": plan.accept(0.05)}


def test_bad_plans_and_points_are_named() -> None:
    with pytest.raises(InputError, match="at least 2 with unknown sigma, got 1"):
        VariablesPlan(1, 1.0)
    with pytest.raises(InputError, match="k must be finite"):
        VariablesPlan(5, math.nan)
    with pytest.raises(InputError, match="from 0 to 1"):
        VariablesPlan(5, 1.0).accept(2)
    with pytest.raises(InputError, match="too close"):
        find_variables(RiskPoints(RiskPoint(0.01, 0.95), RiskPoint(0.010001, 0.10)))


@pytest.mark.parametrize(
    ("prp", "crp", "words"),
    [((0.0, 0.95), (0.05, 0.1), "quality of a risk point"),
     ((0.01, 1.0), (0.05, 0.1), "probability of acceptance"),
     ((0.05, 0.95), (0.01, 0.1), "must be below that at --crp"),
     ((0.01, 0.10), (0.05, 0.95), "must be above that at --crp")],
)  # fmt: skip
def test_bad_promises_are_named(
    prp: tuple[float, float], crp: tuple[float, float], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        RiskPoints(RiskPoint(*prp), RiskPoint(*crp))
