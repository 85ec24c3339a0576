"""Every kind of censoring against closed forms of scipy, in numpy and in jax."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from process_models.quality.likelihood import exact, inside, interval

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


@pytest.mark.parametrize(("low", "high"), [
    (-np.inf, np.inf), (-np.inf, 0.0), (0.7, np.inf), (0.2, 0.3), (5.0, np.inf), (-np.inf, -6.0)])
def test_a_cell_inside_its_bounds_has_the_quantiles_of_the_cut_law(low: float, high: float) -> None:
    mean, sd = 0.3, 0.4
    cut = stats.truncnorm((low - mean) / sd, (high - mean) / sd, mean, sd)
    for share in (0.01, 0.3, 0.5, 0.99):
        got = float(inside(share, low, high, mean, sd))
        assert got == pytest.approx(float(cut.ppf(share)), rel=1e-6, abs=1e-9)
        assert low <= got <= high


def test_jax_agrees_with_numpy() -> None:
    import jax.numpy as jnp

    low, high, mean = np.array([-np.inf, 0.1, 0.5]), np.array([0.0, 0.4, np.inf]), np.zeros(3)
    there = np.asarray(interval(low, high, mean, 0.5, jnp))
    assert there == pytest.approx(interval(low, high, mean, 0.5), rel=1e-4)
    for share in (0.1, 0.8):
        got = float(inside(share, 0.4, np.inf, 0.3, 0.5, jnp))
        assert got == pytest.approx(float(inside(share, 0.4, np.inf, 0.3, 0.5)), rel=1e-4)


def test_open_bounds_leave_the_gradient_finite() -> None:
    import jax

    def total(mean: float) -> object:
        return interval(0.0, np.inf, mean, 0.2, jax.numpy)

    assert np.isfinite(float(jax.grad(total)(0.3)))
