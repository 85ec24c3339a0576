"""Quantiles of mixtures against closed forms and against their own distribution."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from process_models.quality.mixture import mixture_cdf, mixture_quantile


@pytest.mark.parametrize("p", [1e-6, 0.025, 0.5, 0.9, 1 - 1e-6])
def test_one_law_has_its_own_quantiles(p: float) -> None:
    got = float(mixture_quantile(p, np.full(4, 1.0), np.full(4, 0.3)))
    assert got == pytest.approx(stats.norm.ppf(p, 1.0, 0.3), abs=1e-8)


@pytest.mark.parametrize("p", [0.001, 0.3, 0.5, 0.7, 0.999])
def test_the_quantile_inverts_the_distribution(p: float) -> None:
    rng = np.random.default_rng(1)
    mean, sd = rng.normal(0.0, 2.0, (50, 7)), rng.uniform(0.05, 1.0, (50, 7))
    y = mixture_quantile(p, mean, sd)
    assert y.shape == (7,)
    assert mixture_cdf(y, mean, sd) == pytest.approx(np.full(7, p), abs=1e-7)


def test_two_far_laws_have_their_median_between() -> None:
    y = float(mixture_quantile(0.5, np.array([-50.0, 50.0]), np.array([1.0, 1.0])))
    assert -50.0 < y < 50.0
    assert float(mixture_quantile(0.25, np.array([-50.0, 50.0]), np.ones(2))) == pytest.approx(
        -50.0, abs=1e-6
    )
