"""Families of durations: densities integrate, quantiles turn survivors around, remainders too."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from process_models.errors import InputError
from twin.calibration.families import FAMILIES, family_of, theta_of
from twin.distributions import (
    Deterministic,
    Distribution,
    Exponential,
    Gamma,
    Lognormal,
    Triangular,
    Uniform,
    Weibull,
)
from twin.line_scaling import Scaled

SMOOTH = ("exponential", "lognormal", "gamma", "weibull")


def theta(name: str) -> np.ndarray:
    return FAMILIES[name].by_moments(300.0, 0.4)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_density_is_the_fall_of_the_survivor(name: str) -> None:
    family = FAMILIES[name]

    def density(x: float) -> float:
        return float(np.exp(family.log_density(np.array([x]), theta(name))[0]))

    area = quad(density, 100.0, 400.0)[0]
    fall = family.survival(np.array([100.0, 400.0]), theta(name))
    assert area == pytest.approx(float(fall[0] - fall[1]), rel=1e-6)


@pytest.mark.parametrize("name", SMOOTH)
def test_quantiles_turn_the_survivor_around(name: str) -> None:
    shares = np.array([0.01, 0.3, 0.5, 0.9, 0.999])
    at = FAMILIES[name].quantile(shares, theta(name))
    np.testing.assert_allclose(1 - FAMILIES[name].survival(at, theta(name)), shares, rtol=1e-8)


@pytest.mark.parametrize("name", ["lognormal", "gamma"])
def test_theta_of_moments_has_those_moments(name: str) -> None:
    distribution = FAMILIES[name].distribution(theta(name))
    drawn = distribution.sample(np.random.default_rng(1), 200_000)
    assert distribution.mean_s == pytest.approx(300.0)
    assert drawn.std() / drawn.mean() == pytest.approx(0.4, rel=0.02)


def test_the_rest_of_an_exponential_does_not_age() -> None:
    uniform = np.linspace(0.01, 0.99, 50)
    family, one = FAMILIES["exponential"], theta("exponential")
    fresh = family.remaining(np.zeros(50), one, uniform)
    old = family.remaining(np.full(50, 5_000.0), one, uniform)
    np.testing.assert_allclose(fresh, old, rtol=1e-6)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_rest_is_what_survivors_have_left(name: str) -> None:
    """P(rest > r | age) = S(age + r) / S(age): 20,000 draws of uniform points."""
    family, one = FAMILIES[name], theta(name)
    uniform = (np.arange(20_000) + 0.5) / 20_000
    rest = family.remaining(np.full(20_000, 250.0), one, uniform)
    told = np.mean(rest > 80.0)
    ages = family.survival(np.array([250.0, 330.0]), one)
    assert told == pytest.approx(float(ages[1] / ages[0]), abs=2e-3)
    assert np.all(rest >= 0)


def test_a_constant_has_a_constant_rest() -> None:
    family, one = FAMILIES["deterministic"], theta("deterministic")
    rest = family.remaining(np.array([0.0, 120.0, 999.0]), one, np.full(3, 0.5))
    assert rest.tolist() == pytest.approx([300.0, 180.0, 0.0])


@pytest.mark.parametrize(
    ("distribution", "name"),
    [
        (Exponential(9.0), "exponential"), (Weibull(2.0, 9.0), "weibull"), (Gamma(9, 0.3), "gamma"),
        (Lognormal(9, 0.3), "lognormal"), (Deterministic(9), "deterministic"),
        (Triangular(1, 2, 3), "gamma"), (Uniform(1, 3), "lognormal"),
        (Scaled(Weibull(2.0, 9.0), 1.5), "weibull"),
    ],
)  # fmt: skip
def test_every_distribution_has_a_family_of_its_size(
    distribution: Distribution, name: str
) -> None:
    assert family_of(distribution) == name
    made = FAMILIES[name].distribution(theta_of(distribution, name))
    assert made.mean_s == pytest.approx(distribution.mean_s, rel=0.03)


def test_a_duration_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="mean above 0"):
        theta_of(Deterministic(0.0), "lognormal")


def test_rows_of_theta_have_a_draw_each() -> None:
    rows = np.array([[math.log(100.0), 0.0], [math.log(200.0), 0.0]])
    found = FAMILIES["exponential"].quantile(np.array([0.5, 0.5]), rows)
    assert found[1] == pytest.approx(2 * found[0])
