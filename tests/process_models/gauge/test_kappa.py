"""Kappa against worked examples, statsmodels and simulation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from statsmodels.stats.inter_rater import fleiss_kappa

from process_models.gauge import cohen, fleiss
from process_models.gauge.kappa import averaged


def test_fleiss_by_hand() -> None:
    """Two raters, four subjects, shares 5:3: observed 3 of 4, chance 34 of 64."""
    kappa = fleiss(np.array([[2, 0], [0, 2], [2, 0], [1, 1]]), ("good", "bad"))
    assert kappa.value == pytest.approx((3 / 4 - 34 / 64) / (1 - 34 / 64))
    assert kappa.categories["good"].value == pytest.approx(kappa.value)
    assert kappa.categories["good"].se == pytest.approx(math.sqrt(2 / 8))


def test_fleiss_worked_example(cases: dict[str, Any]) -> None:
    case = cases["fleiss-1971-layout"]
    table = np.array(case["data"])
    kappa = fleiss(table, list("12345"))
    assert kappa.value == pytest.approx(case["expected"]["kappa"], abs=1e-5)
    assert kappa.value == pytest.approx(fleiss_kappa(table))


def test_overall_is_the_weighted_mean_of_categories(rng: np.random.Generator) -> None:
    table = rng.multinomial(6, [0.2, 0.5, 0.3], size=12)
    kappa = fleiss(table, "abc")
    share = table.sum(axis=0) / table.sum()
    weights = share * (1 - share)
    values = [kappa.categories[name].value for name in "abc"]
    assert kappa.value == pytest.approx(np.average(values, weights=weights))


def test_fleiss_standard_error_under_no_agreement(rng: np.random.Generator) -> None:
    """Seed 20240, 2000 tables of 200 subjects and 4 raters: within 8 % of the simulated spread."""
    found = [fleiss(rng.multinomial(4, [0.2, 0.5, 0.3], size=200), "abc") for _ in range(2000)]
    values = np.array([kappa.value for kappa in found])
    assert np.mean([kappa.se for kappa in found]) == pytest.approx(values.std(), rel=0.08)
    assert values.mean() == pytest.approx(0, abs=0.01)


def test_one_category_has_no_kappa() -> None:
    kappa = fleiss(np.array([[3, 0], [3, 0]]), ("good", "bad"))
    assert kappa.value is None
    assert kappa.categories["bad"].value is None
    assert cohen(np.array([[5, 0], [0, 0]])).value is None


def test_cohen_by_hand() -> None:
    """20, 5, 10, 15: observed 0.7, chance 0.5."""
    kappa = cohen(np.array([[20, 5], [10, 15]]))
    assert kappa.value == pytest.approx(0.4)
    assert kappa.limits is not None
    assert kappa.limits.low < 0.4 < kappa.limits.high
    assert kappa.z == pytest.approx(0.4 / kappa.se)
    assert set(kappa.to_dict()) == {"kappa", "se", "z", "p", "low", "high"}


def test_cohen_of_perfect_agreement() -> None:
    kappa = cohen(np.array([[5, 0, 0], [0, 0, 0], [0, 0, 7]]))
    assert kappa.value == pytest.approx(1)
    assert kappa.limits is not None
    assert kappa.limits.high == 1


def test_mean_of_independent_kappas() -> None:
    tables = [np.array([[2, 0], [0, 2], [1, 1]]), np.array([[2, 0], [0, 2], [2, 0]])]
    one, other = (fleiss(table, "ab") for table in tables)
    mean = averaged([one, other], "ab")
    assert mean.value == pytest.approx((one.value + other.value) / 2)
    assert mean.se == pytest.approx(math.hypot(one.se, other.se) / 2)
    assert averaged([fleiss(np.array([[2, 0]]), "ab")], "ab").value is None
