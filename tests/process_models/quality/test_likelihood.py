"""Every kind of censoring against closed forms of scipy, in numpy and in jax."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from process_models.quality.likelihood import exact, interval, not_better_than

CASES = [(0.0, 0.0, 1.0), (0.3, 1.0, 0.2), (-2.0, 3.0, 0.5), (5.0, 5.1, 0.05)]


@pytest.mark.parametrize(("y", "mean", "sd"), CASES)
def test_exact_is_the_normal_density(y: float, mean: float, sd: float) -> None:
    assert float(exact(y, mean, sd)) == pytest.approx(stats.norm.logpdf(y, mean, sd), rel=1e-12)


@pytest.mark.parametrize(("y", "mean", "sd"), CASES)
def test_left_is_the_distribution_function(y: float, mean: float, sd: float) -> None:
    expected = stats.norm.logcdf(y, mean, sd)
    assert float(interval(-np.inf, y, mean, sd)) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("y", "mean", "sd"), CASES)
def test_right_is_the_survival_function(y: float, mean: float, sd: float) -> None:
    expected = stats.norm.logsf(y, mean, sd)
    assert float(interval(y, np.inf, mean, sd)) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("low", "high"), [(-1.0, 1.0), (2.0, 2.5), (-2.5, -2.0), (8.0, 9.0), (-9.0, -8.0)])
def test_interval_is_the_difference_even_far_out(low: float, high: float) -> None:
    def density(y: float) -> float:
        return float(stats.norm.pdf(y))

    expected = np.log(integrate.quad(density, low, high, epsabs=0, epsrel=1e-10)[0])
    assert float(interval(low, high, 0.0, 1.0)) == pytest.approx(expected, rel=1e-8)


def test_an_interval_open_on_both_sides_says_nothing() -> None:
    assert float(interval(-np.inf, np.inf, 3.0, 0.1)) == pytest.approx(0.0, abs=1e-12)


def test_left_interval_and_right_add_up_to_one() -> None:
    parts = [interval(-np.inf, 0.2, 0.0, 1.0), interval(0.2, 0.7, 0.0, 1.0),
             interval(0.7, np.inf, 0.0, 1.0)]
    assert float(np.sum(np.exp(parts))) == pytest.approx(1.0)


def one(*values: float) -> tuple[np.ndarray, ...]:
    return tuple(np.array([value]) for value in values)


def test_not_better_than_an_exact_reference_is_an_interval() -> None:
    lower, mean, sd, low, high, other = one(0.0, 0.4, 0.2, 0.9 - 1e-9, 0.9 + 1e-9, 0.9)
    got = not_better_than(lower, mean, sd, low, high, other)
    assert float(got[0]) == pytest.approx(float(interval(0.0, 0.9, 0.4, 0.2)), rel=1e-5)


@pytest.mark.parametrize(("bottom", "mean", "other"), [(-9.0, 0.0, 0.0), (0.2, 0.5, 0.3),
                                                       (0.0, 1.0, -2.0), (0.0, 0.5, 3.0)])
def test_not_better_than_a_right_censored_reference(
    bottom: float, mean: float, other: float
) -> None:
    sd, start = 0.7, 0.5

    def weighted(r: float) -> float:
        inside = stats.norm.cdf(r, mean, sd) - stats.norm.cdf(bottom, mean, sd)
        return float(stats.norm.pdf(r, other, sd) * max(inside, 0.0))

    total = integrate.quad(weighted, start, max(other, start) + 9.0, epsabs=0, epsrel=1e-9)[0]
    expected = np.log(total / stats.norm.sf(start, other, sd))
    arrays = one(bottom, mean, sd, start, np.inf, other)
    assert float(not_better_than(*arrays)[0]) == pytest.approx(expected, abs=2e-3)


def test_equal_laws_and_no_bounds_give_one_half() -> None:
    got = not_better_than(*one(-50.0, 1.0, 0.3, -50.0, 50.0, 1.0))
    assert float(np.exp(got[0])) == pytest.approx(0.5, abs=1e-3)


def test_jax_agrees_with_numpy() -> None:
    import jax.numpy as jnp

    low, high, mean = np.array([-np.inf, 0.1, 0.5]), np.array([0.0, 0.4, np.inf]), np.zeros(3)
    there = np.asarray(interval(low, high, mean, 0.5, jnp))
    assert there == pytest.approx(interval(low, high, mean, 0.5), rel=1e-4)
    arrays = one(0.2, 0.5, 0.7, 0.5, np.inf, 0.3)
    assert float(not_better_than(*arrays, jnp)[0]) == pytest.approx(
        float(not_better_than(*arrays)[0]), rel=1e-4)


def test_open_bounds_leave_the_gradient_finite() -> None:
    import jax

    def total(mean: float) -> object:
        return interval(0.0, np.inf, mean, 0.2, jax.numpy)

    assert np.isfinite(float(jax.grad(total)(0.3)))
