"""Tolerance factors against published tables, the definition itself, and simulation."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate
from scipy.stats import binom, chi2, ncx2, norm

from process_models.errors import InputError
from process_models.tolerance import (
    distribution_free_interval,
    distribution_free_n,
    howe_factor,
    normal_factor,
    normal_interval,
)

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).parents[1] / "cases" / "gauge.json").read_text(encoding="utf-8")
    )
}


@pytest.mark.parametrize(
    "row", CASES["tolerance-factors"]["rows"], ids=lambda row: "-".join(map(str, row[:4]))
)
def test_factors_agree_with_published_tables(row: list[float]) -> None:
    n, coverage, confidence, sides, k, decimals = row
    found = normal_factor(int(n), coverage, confidence, int(sides))
    assert found == pytest.approx(k, abs=0.51 * 10**-decimals)


def test_nist_example_is_exact_and_howe_is_near() -> None:
    assert normal_factor(43, 0.90, 0.99, 2) == pytest.approx(2.22282517, abs=1e-7)
    assert normal_factor(43, 0.90, 0.99, 1) == pytest.approx(1.87395360585798, rel=1e-8)
    assert howe_factor(43, 0.90, 0.99) == pytest.approx(2.2173159, abs=1e-6)


@pytest.mark.parametrize("n", [2, 5, 40, 2000])
@pytest.mark.parametrize(("coverage", "confidence"), [(0.5, 0.1), (0.9, 0.95), (0.999, 0.99)])
def test_two_sided_factor_solves_its_definition(n: int, coverage: float, confidence: float) -> None:
    """The integral as Krishnamoorthy and Mathew print it, by another quadrature and quantile."""
    k = normal_factor(n, coverage, confidence, 2)

    def integrand(z: float) -> float:
        inside = (n - 1) * ncx2.ppf(coverage, 1, z * z) / k**2
        return float(chi2.sf(inside, n - 1) * math.exp(-n * z * z / 2))

    area, _ = integrate.quad(integrand, 1e-9, 9 / math.sqrt(n), limit=200)
    assert math.sqrt(2 * n / math.pi) * area == pytest.approx(confidence, abs=2e-6)


@pytest.mark.parametrize("n", [2, 30, 5000])
def test_one_sided_factor_solves_its_definition(n: int) -> None:
    """By integrating over the sample mean instead of the noncentral t."""
    k, z = normal_factor(n, 0.95, 0.9, 1), norm.ppf(0.95)

    def integrand(u: float) -> float:
        needed = (z + u / math.sqrt(n)) / k
        enough = chi2.sf((n - 1) * max(needed, 0.0) ** 2, n - 1)
        return float(norm.pdf(u) * enough)

    area, _ = integrate.quad(integrand, -9, 9, limit=200)
    assert area == pytest.approx(0.9, abs=1e-8)


def test_factors_approach_the_normal_quantile() -> None:
    assert normal_factor(10**6, 0.95, 0.5, 2) == pytest.approx(norm.ppf(0.975), abs=1e-5)
    assert normal_factor(10**6, 0.95, 0.5, 1) == pytest.approx(norm.ppf(0.95), abs=1e-5)


@pytest.mark.parametrize(
    ("coverage", "confidence", "sides", "n"),
    [(0.95, 0.95, 2, 93), (0.95, 0.95, 1, 59), (0.9, 0.99, 2, 64), (0.99, 0.99, 2, 662),
     (0.9, 0.95, 1, 29), (0.99, 0.95, 1, 299), (0.99, 0.90, 1, 230), (0.5, 0.1, 1, 1)],
)  # fmt: skip
def test_distribution_free_sample_sizes(
    coverage: float, confidence: float, sides: int, n: int
) -> None:
    assert distribution_free_n(coverage, confidence, sides) == n


@pytest.mark.parametrize("sides", [1, 2])
def test_distribution_free_n_is_the_smallest(sides: int) -> None:
    n = distribution_free_n(0.97, 0.9, sides)
    p = 0.97

    def confidence(size: int) -> float:
        one = 1 - p**size
        return one if sides == 1 else one - size * p ** (size - 1) * (1 - p)

    assert confidence(n) >= 0.9 > confidence(n - 1)


def test_distribution_free_interval_runs_between_order_statistics() -> None:
    values = np.arange(1, 94.0)
    found = distribution_free_interval(values[::-1], 0.95, 0.95)
    assert (found.low, found.high) == (1, 93)
    larger = distribution_free_interval(np.arange(1, 201.0), 0.95, 0.95)
    assert (larger.low, larger.high) == (2, 199)
    assert larger.achieved == pytest.approx(binom.cdf(196, 200, 0.95))
    assert larger.achieved >= 0.95 > binom.cdf(194, 200, 0.95)


def test_normal_interval_by_hand() -> None:
    found = normal_interval([1.0, 2.0, 3.0, 4.0, 5.0], 0.9, 0.95)
    assert found.mean == 3
    assert found.sd == pytest.approx(math.sqrt(2.5))
    assert found.k == normal_factor(5, 0.9, 0.95)
    assert found.high - found.mean == pytest.approx(found.k * found.sd)
    assert found.to_dict()["method"] == "normal"


def test_interval_holds_the_share_as_often_as_it_says() -> None:
    """Seed 11, 4000 samples of 12: confidence 0.9 within four standard errors."""
    rng = np.random.default_rng(11)
    samples = rng.normal(10, 3, (4000, 12))
    k = normal_factor(12, 0.8, 0.9)
    mean, sd = samples.mean(axis=1), samples.std(axis=1, ddof=1)
    held = norm.cdf(mean + k * sd, 10, 3) - norm.cdf(mean - k * sd, 10, 3) >= 0.8
    assert held.mean() == pytest.approx(0.9, abs=4 * math.sqrt(0.09 / 4000))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((1, 0.9, 0.9, 2), "n must be at least 2"), ((9, 1.0, 0.9, 2), "coverage"),
     ((9, 0.9, 0.0, 2), "confidence"), ((9, 0.9, math.nan, 2), "confidence"),
     ((9, 0.9, 0.9, 3), "sides")],
)  # fmt: skip
def test_bad_arguments_are_named(arguments: tuple[int, float, float, int], words: str) -> None:
    with pytest.raises(InputError, match=words):
        normal_factor(*arguments)


def test_howe_refuses_one_value() -> None:
    with pytest.raises(InputError, match="at least 2"):
        howe_factor(1, 0.9, 0.9)


@pytest.mark.parametrize(
    ("values", "words"),
    [([1.0], "at least 2 values"), ([2.0, 2.0], "must vary"), ([1.0, math.nan], "value 2"),
     (list(range(50)), "needs at least 93 values, got 50")],
)  # fmt: skip
def test_bad_samples_are_named(values: list[float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        distribution_free_interval(values, 0.95, 0.95)
