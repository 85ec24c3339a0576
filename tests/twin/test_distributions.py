"""Distributions: means as stated, parameters refused, samples reproducible."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from twin.distributions import (
    DISTRIBUTIONS,
    Deterministic,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Shifted,
    Triangular,
    Uniform,
    Weibull,
)

EXAMPLES: list[tuple[Distribution, float, float]] = [
    (Deterministic(4), 4, 0),
    (Exponential(3), 3, 3),
    (Lognormal(3, 0.5), 3, 1.5),
    (Gamma(3, 0.5), 3, 1.5),
    (Gamma(3, 0), 3, 0),
    (Weibull(1, 3), 3, 3),
    (Uniform(1, 3), 2, 2 / 12**0.5),
    (Triangular(0, 3, 6), 3, 1.5**0.5),
    (Empirical((1, 2, 6)), 3, (14 / 3) ** 0.5),
    (Shifted(Uniform(1, 3), 5), 7, 2 / 12**0.5),
]


@pytest.mark.parametrize(("drawn", "mean", "deviation"), EXAMPLES, ids=lambda x: type(x).__name__)
def test_mean_and_spread(drawn: Distribution, mean: float, deviation: float) -> None:
    # Seed 3, 40,000 draws: five standard errors of the mean, 5 % of the deviation.
    sample = drawn.sample(np.random.default_rng(3), 40_000)
    assert drawn.mean_s == pytest.approx(mean)
    assert sample.mean() == pytest.approx(mean, abs=5 * deviation / 200 + 1e-12)
    assert sample.std() == pytest.approx(deviation, rel=0.05, abs=1e-12)
    assert sample.min() >= 0


@pytest.mark.parametrize("drawn", [example[0] for example in EXAMPLES], ids=repr)
def test_two_halves_are_the_whole(drawn: Distribution) -> None:
    one, two = np.random.default_rng(9), np.random.default_rng(9)
    halves = np.concatenate([drawn.sample(one, 50), drawn.sample(one, 50)])
    assert np.array_equal(halves, drawn.sample(two, 100))


@pytest.mark.parametrize(
    ("kind", "parameters", "message"),
    [
        ("exponential", (0,), "mean must be above 0, got 0"),
        ("deterministic", (-1,), "value must be at least 0, got -1"),
        ("lognormal", (1, -1), "cv must be at least 0, got -1"),
        ("gamma", (-1, 1), "mean must be above 0, got -1"),
        ("weibull", (0, 1), "shape must be at least 0.01, got 0"),
        ("weibull", (1, 0), "scale must be above 0, got 0"),
        ("uniform", (3, 1), r"high must be at least low \(3\), got 1"),
        ("uniform", (-3, 1), "low must be at least 0, got -3"),
        ("triangular", (1, 0, 3), r"mode must be at least low \(1\), got 0"),
        ("triangular", (1, 1, 1), r"high must be above low \(1\), got 1"),
        ("empirical", ((),), "needs at least one value, got none"),
        ("empirical", ((1.0, float("nan")),), "row 2 must be finite and at least 0, got nan"),
    ],
)
def test_parameters_that_cannot_be(kind: str, parameters: tuple[float, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        DISTRIBUTIONS[kind](*parameters)


def test_a_shift_never_makes_a_duration_negative() -> None:
    assert Shifted(Deterministic(3), -5).sample(np.random.default_rng(1), 2).tolist() == [0, 0]
