"""The simulator against exact answers, one for each of its charts and circumstances."""

from __future__ import annotations

import math

import numpy as np
import pytest

from process_models.run_length import Conditions, Scheme, solve
from process_models.run_length.simulation import Sampled, simulate

SCHEMES = {
    "individuals": Scheme(nsigma=2.5),
    "one side": Scheme(nsigma=2.3, one_sided=True),
    "rules": Scheme(chart="rules", rules=("we",)),
    "ordered rules": Scheme(chart="rules", rules=("beyond_limits", "nelson_3", "nelson_4:8")),
    "moving range": Scheme(chart="rules", rules=("beyond_limits", "nelson_2"), moving_range=True),
    "cusum": Scheme(chart="cusum", h=3.0, head_start=1.0),
    "one-sided cusum": Scheme(chart="cusum", h=3.0, one_sided=True),
    "ewma": Scheme(chart="ewma", width=2.3),
    "one-sided ewma": Scheme(chart="ewma", width=2.3, one_sided=True, limits="asymptotic"),
    "mewma": Scheme(chart="mewma", h=7.0, variables=3),
    "t2": Scheme(chart="t2", h=8.0, variables=2),
}


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("steady", [None, "conditional", "cyclical"])
def test_simulated_and_exact_run_lengths_agree(name: str, steady: str | None) -> None:
    """4000 replicates of seed 1, shift 0.6 and spread 1.1; within 4 standard errors."""
    conditions = Conditions(shift=0.6, spread=1.1, steady=steady)  # type: ignore[arg-type]
    exact = solve(SCHEMES[name], conditions)
    assert exact.standard_error is None
    sample = simulate(SCHEMES[name], conditions, seed=1, replicates=4000)
    assert sample.signalled.all()
    assert sample.mean() == pytest.approx(exact.law.mean(), abs=4 * sample.standard_error())


@pytest.mark.parametrize("name", ["individuals", "one-sided cusum", "ewma", "rules"])
@pytest.mark.parametrize("steady", [None, "conditional"])
def test_autocorrelated_data(name: str, steady: str | None) -> None:
    """4000 replicates of seed 2, phi 0.5; within 4 standard errors."""
    conditions = Conditions(shift=0.6, phi=0.5, steady=steady)  # type: ignore[arg-type]
    sample = simulate(SCHEMES[name], conditions, seed=2, replicates=4000)
    exact = solve(SCHEMES[name], conditions).law.mean()
    assert sample.mean() == pytest.approx(exact, abs=4 * sample.standard_error())


@pytest.mark.parametrize("name", ["individuals", "cusum", "one-sided ewma"])
@pytest.mark.parametrize("method", ["sd", "sd_c4"])
def test_limits_from_estimates(name: str, method: str) -> None:
    """6000 replicates of seed 3, 60 individuals; within 4 standard errors."""
    conditions = Conditions(shift=0.8, estimated_from=60, sigma_method=method)  # type: ignore[arg-type]
    sample = simulate(SCHEMES[name], conditions, seed=3, replicates=6000)
    exact = solve(SCHEMES[name], conditions)
    assert exact.standard_error is None
    assert sample.mean() == pytest.approx(exact.law.mean(), abs=4 * sample.standard_error())
    assert sample.quantile(0.5) == pytest.approx(exact.law.quantile(0.5), rel=0.12)


def test_the_same_seed_gives_the_same_run_lengths() -> None:
    one, other = (simulate(SCHEMES["ewma"], Conditions(), seed=5, replicates=50) for _ in range(2))
    assert one.lengths.tolist() == other.lengths.tolist()


def test_another_seed_gives_others() -> None:
    one, other = (simulate(SCHEMES["ewma"], Conditions(), seed=s, replicates=50) for s in (5, 6))
    assert one.lengths.tolist() != other.lengths.tolist()


def test_what_has_not_signalled_when_the_effort_is_spent_is_cut_off() -> None:
    sample = simulate(Scheme(), Conditions(), seed=1, replicates=1000, effort=100_000)
    assert 0 < sample.signalled.sum() < 1000
    assert sample.mean() == pytest.approx(370.4, abs=4 * sample.standard_error())


def test_mean_and_error_of_a_sample_by_hand() -> None:
    sample = Sampled(np.array([1, 2, 3, 4]), np.ones(4, dtype=bool))
    assert sample.mean() == 2.5
    assert sample.standard_error() == pytest.approx(math.sqrt(5) / 4)
    assert [sample.quantile(p) for p in (0.25, 0.5, 0.75, 0.9)] == [1, 2, 3, 4]


def test_a_sample_without_signals_tells_no_mean() -> None:
    sample = Sampled(np.array([5, 5]), np.zeros(2, dtype=bool))
    assert math.isinf(sample.mean())
    assert math.isinf(sample.standard_error())
