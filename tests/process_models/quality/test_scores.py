"""Scores of forecasts whose outcomes are censored, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from process_models.quality.scores import censored_crps, normal_mixture_crps

ONE = ([0.3], [0.5], [1.0])


def closed(y: float, mean: float, sd: float) -> float:
    """CRPS of a normal forecast (Gneiting and Raftery 2007)."""
    z = (y - mean) / sd
    inner = z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi)
    return float(sd * inner)


@pytest.mark.parametrize("y", [-3.0, 0.3, 0.5, 2.0, 9.0])
def test_an_exact_outcome_under_a_normal_law(y: float) -> None:
    assert normal_mixture_crps(*ONE, y, y) == pytest.approx(closed(y, 0.3, 0.5), rel=1e-6)


@pytest.mark.parametrize(("low", "high"), [(0.2, np.inf), (-np.inf, 0.4), (0.1, 0.9)])
def test_a_censored_outcome_counts_only_where_it_is_known(low: float, high: float) -> None:
    law = stats.norm(0.3, 0.5)
    expected = 0.0
    if np.isfinite(low):
        expected += integrate.quad(lambda t: law.cdf(t) ** 2, -8, low)[0]
    if np.isfinite(high):
        expected += integrate.quad(lambda t: law.sf(t) ** 2, high, 8)[0]
    assert normal_mixture_crps(*ONE, low, high) == pytest.approx(expected, rel=1e-6)


def test_an_outcome_that_is_not_known_at_all_scores_nothing() -> None:
    assert normal_mixture_crps(*ONE, -np.inf, np.inf) == 0.0


def test_less_information_never_costs_more() -> None:
    exact = normal_mixture_crps(*ONE, 1.0, 1.0)
    assert normal_mixture_crps(*ONE, 1.0, np.inf) <= exact
    assert normal_mixture_crps(*ONE, 0.5, 1.5) <= exact


def test_the_truth_has_the_best_expected_score_even_when_censored() -> None:
    """300 outcomes of N(0, 1), seed 3, followed to 0.5: a proper score, so the truth wins."""
    y = np.random.default_rng(3).standard_normal(300)
    low, high = np.minimum(y, 0.5), np.where(y > 0.5, np.inf, y)

    def mean_score(mean: float, sd: float) -> float:
        return float(np.mean([
            normal_mixture_crps([mean], [sd], [1.0], a, b) for a, b in zip(low, high, strict=True)
        ]))  # fmt: skip

    truth = mean_score(0.0, 1.0)
    assert truth < mean_score(0.6, 1.0)
    assert truth < mean_score(-0.6, 1.0)
    assert truth < mean_score(0.0, 2.0)
    assert truth < mean_score(0.0, 0.4)


def test_a_mixture_is_weighted() -> None:
    both = normal_mixture_crps([0.0, 4.0], [1.0, 1.0], [1.0, 0.0], 0.2, 0.2)
    assert both == pytest.approx(closed(0.2, 0.0, 1.0), rel=1e-4)


def test_bounds_beyond_the_forecast_are_still_inside_the_integral() -> None:
    assert censored_crps(lambda y: (np.asarray(y) > 0) * 1.0, 5.0, 5.0, -1.0, 1.0) == (
        pytest.approx(5.0, rel=0.01)
    )
