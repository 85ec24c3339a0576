"""Evidence of effects, against integrals done by hand and by brute force."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.diagnosis import EffectPrior, log_evidence
from process_models.errors import InputError


def one(weights: list[float], means: list[float], variances: list[float]) -> EffectPrior:
    return EffectPrior(
        np.array(weights), np.array(means)[:, None], np.array(variances)[:, None, None]
    )


def test_no_effect_has_no_evidence() -> None:
    nothing = one([1.0], [0.0], [0.0])
    found = log_evidence(np.full((2, 1, 1), 5.0), np.array([[3.0], [-8.0]]), nothing)
    assert np.allclose(found, 0.0)


def test_a_known_effect_is_a_likelihood_ratio() -> None:
    known = one([1.0], [2.0], [0.0])
    found = log_evidence(np.full((1, 1, 1), 4.0), np.full((1, 1), 7.0), known)
    assert found[0] == pytest.approx(2.0 * 7.0 - 2.0**2 * 4.0 / 2)


def test_a_mixture_adds_up() -> None:
    gram, score = np.full((1, 1, 1), 2.0), np.full((1, 1), 3.0)
    apart = [
        log_evidence(gram, score, one([1.0], [m], [v]))[0] for m, v in ((1.0, 0.5), (-1.0, 2.0))
    ]
    both = log_evidence(gram, score, one([0.3, 0.7], [1.0, -1.0], [0.5, 2.0]))[0]
    assert both == pytest.approx(np.log(0.3 * np.exp(apart[0]) + 0.7 * np.exp(apart[1])))


def test_the_integral_over_two_effects_is_that_of_brute_force() -> None:
    """Grid of 801 x 801 over 8 standard deviations."""
    mean, spread = np.array([0.5, -0.3]), np.array([[1.0, 0.4], [0.4, 0.8]])
    gram, score = np.array([[2.0, 0.5], [0.5, 1.5]]), np.array([1.2, -0.7])
    prior = EffectPrior(np.ones(1), mean[None], spread[None])
    grid = np.linspace(-8.0, 8.0, 801)
    a, b = np.meshgrid(grid, grid, indexing="ij")
    r = np.stack([a, b], axis=-1)
    inverse = np.linalg.inv(spread)
    away = r - mean
    density = np.exp(-0.5 * np.einsum("xya,ab,xyb->xy", away, inverse, away))
    density /= 2 * np.pi * np.sqrt(np.linalg.det(spread))
    likelihood = np.exp(r @ score - 0.5 * np.einsum("xya,ab,xyb->xy", r, gram, r))
    brute = np.log(np.sum(density * likelihood) * (grid[1] - grid[0]) ** 2)
    assert log_evidence(gram[None], score[None], prior)[0] == pytest.approx(brute, abs=1e-6)


def test_what_is_free_beside_a_cause_factorises() -> None:
    cause = one([1.0], [2.0], [0.3])
    gram, score = np.diag([4.0, 3.0])[None], np.array([[7.0, 5.0]])
    apart = log_evidence(gram[:, :1, :1], score[:, :1], cause) + log_evidence(
        gram[:, 1:, 1:], score[:, 1:], EffectPrior.free(1, (4.0,))
    )
    assert np.allclose(log_evidence(gram, score, cause.with_free(np.array([4.0]))), apart)


def test_a_wider_prior_costs_where_nothing_is_seen() -> None:
    gram, score = np.full((1, 1, 1), 9.0), np.zeros((1, 1))
    found = [log_evidence(gram, score, EffectPrior.free(1, (sd,)))[0] for sd in (0.5, 2.0, 8.0)]
    assert found == sorted(found, reverse=True)
    assert found[0] < 0


def test_inputs_are_not_changed() -> None:
    gram, score = np.ones((1, 1, 1)), np.ones((1, 1))
    log_evidence(gram, score, EffectPrior.free(1, (1.0, 2.0)))
    assert gram.tolist() == [[[1.0]]]
    assert score.tolist() == [[1.0]]


@pytest.mark.parametrize(
    ("weights", "message"),
    [([0.5], r"weights must add up to 1, got 0\.5"), ([0.5, 0.5], r"weights and covariances")],
)
def test_what_is_no_prior_is_refused(weights: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        EffectPrior(np.array(weights), np.zeros((1, 1)), np.ones((1, 1, 1)))
