"""Sampling distributions of the estimates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from process_models.run_length.phase_one import (
    draw_estimates,
    draw_sigmas,
    mean_nodes,
    sigma_nodes,
)
from process_models.spc import c4


@pytest.mark.parametrize("size", [3, 10, 50, 5000])
def test_sigma_nodes_have_the_moments_of_a_chi(size: int) -> None:
    nodes, weights = sigma_nodes(size, "sd", 0.0)
    assert weights.sum() == pytest.approx(1.0, abs=1e-9)
    assert weights @ nodes == pytest.approx(c4(size), rel=1e-9)
    assert weights @ nodes**2 == pytest.approx(1.0, rel=1e-9)


def test_unbiased_sigma_has_mean_one() -> None:
    nodes, weights = sigma_nodes(12, "sd_c4", 0.0)
    assert weights @ nodes == pytest.approx(1.0, rel=1e-9)


@pytest.mark.parametrize(("size", "growth"), [(20, 9.0), (50, 9.0), (14, 10.0)])
def test_nodes_reach_far_enough_for_what_grows(size: int, growth: float) -> None:
    """E exp(growth s² / 2) of a chi over its degrees of freedom is a power."""
    nodes, weights = sigma_nodes(size, "sd", growth, count=60)
    freedom = size - 1
    expected = (1 - growth / freedom) ** (-freedom / 2)
    assert weights @ np.exp(growth * nodes**2 / 2) == pytest.approx(expected, rel=1e-6)


def test_mean_nodes_have_the_moments_of_the_mean() -> None:
    nodes, weights = mean_nodes(25)
    assert weights @ nodes**2 == pytest.approx(1 / 25, rel=1e-12)
    assert weights @ np.exp(nodes) == pytest.approx(math.exp(1 / 50), rel=1e-12)


def test_folded_mean_nodes_are_those_of_its_absolute_value() -> None:
    nodes, weights = mean_nodes(9, folded=True)
    assert (nodes >= 0).all()
    assert weights.sum() == pytest.approx(1.0, rel=1e-12)
    assert weights @ nodes**4 == pytest.approx(3 / 81, rel=1e-12)


def test_chi_density_against_scipy() -> None:
    nodes, weights = sigma_nodes(8, "sd", 0.0)
    known, _ = integrate.quad(lambda q: math.sqrt(q / 7) ** 3 * stats.chi2.pdf(q, 7), 0, np.inf)
    assert weights @ nodes**3 == pytest.approx(known, rel=1e-8)


@pytest.mark.parametrize("method", ["sd", "sd_c4", "mr_d2"])
def test_drawn_sigmas_of_seed_2(method: str) -> None:
    """40,000 estimates from 20 values; mean within 4 standard errors of what is known."""
    sigmas = draw_sigmas(2, 40_000, 20, method)  # type: ignore[arg-type]
    expected = c4(20) if method == "sd" else 1.0
    assert sigmas.mean() == pytest.approx(expected, abs=4 * sigmas.std() / 200)


def test_a_moving_range_is_the_less_certain_estimate() -> None:
    """Its variance is about 0.826 / n against 0.5 / n (seed 2, 5 %)."""
    spread = [draw_sigmas(2, 40_000, 100, method).var() * 100 for method in ("mr_d2", "sd_c4")]
    assert spread == pytest.approx([0.826, 0.5], rel=0.05)


def test_autocorrelation_makes_moving_ranges_too_small() -> None:
    rng = np.random.default_rng(6)
    found = draw_estimates(rng, 4000, 200, None, "mr_d2", 0.6)
    assert found.scale.mean() == pytest.approx(math.sqrt(1 - 0.6), rel=0.02)


def test_several_variables_are_whitened_by_their_own_estimates() -> None:
    rng = np.random.default_rng(7)
    found = draw_estimates(rng, 5, 40, 3, "sd")
    again = np.random.default_rng(7).standard_normal((5, 40, 3))
    for i in range(5):
        white = np.array([found.take(np.array([i])).apply(x[None, :])[0] for x in again[i]])
        assert np.cov(white, rowvar=False) == pytest.approx(np.eye(3), abs=1e-9)
        assert white.mean(axis=0) == pytest.approx(0, abs=1e-9)
