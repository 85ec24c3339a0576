"""The scatter of in-control lots."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.diagnosis import PatternNoise, fit_noise
from process_models.errors import InputError


def standardised(values: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> np.ndarray[
    tuple[int, int], np.dtype[np.float64]
]:  # fmt: skip
    return (values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0)


def test_independent_lots_have_no_slow_part() -> None:
    """Seed 1, 500 lots: the slow share stays below 0.12."""
    noise = fit_noise(standardised(np.random.default_rng(1).standard_normal((500, 3))))
    assert np.all(noise.slow_share < 0.12)
    assert np.allclose(np.diag(noise.lots) + noise.slow_share, 1.0)


def test_a_slow_wander_is_seen() -> None:
    rng = np.random.default_rng(2)
    wander = np.zeros(1000)
    for lot in range(1, 1000):
        wander[lot] = 0.9 * wander[lot - 1] + np.sqrt(1 - 0.81) * rng.standard_normal()
    noise = fit_noise(standardised((0.6 * wander + 0.8 * rng.standard_normal(1000))[:, None]))
    assert noise.slow_share[0] == pytest.approx(0.36, abs=0.15)


def test_what_hangs_together_is_shrunk_towards_nothing() -> None:
    rng = np.random.default_rng(3)
    common = rng.standard_normal((300, 1))
    noise = fit_noise(standardised(0.9 * common + 0.436 * rng.standard_normal((300, 2))))
    assert 0.6 < noise.lots[0, 1] < 0.81


def test_the_covariance_is_positive_whatever_is_missing() -> None:
    rng = np.random.default_rng(4)
    values = rng.standard_normal((60, 6))
    values[rng.random((60, 6)) < 0.5] = np.nan
    noise = fit_noise(standardised(values))
    lot, column = np.divmod(np.arange(60), 6)
    assert np.linalg.eigvalsh(noise.covariance(lot, column)).min() > 0


def test_by_hand_with_level_and_wander() -> None:
    noise = PatternNoise(np.array([[0.75]]), np.array([0.25]), 0.8, np.array([0.5]))
    found = noise.covariance(np.array([0, 1]), np.array([0, 0]))
    assert found.tolist() == [[1.25, 0.25 * 0.8 + 0.25], [0.25 * 0.8 + 0.25, 1.25]]


def test_too_few_lots_are_refused() -> None:
    with pytest.raises(InputError, match="at least 3 lots of each characteristic"):
        fit_noise(np.array([[1.0], [np.nan], [2.0]]))


def test_parts_of_different_size_are_refused() -> None:
    with pytest.raises(InputError, match="must be of one size"):
        PatternNoise(np.eye(2), np.zeros(1), 0.9, np.zeros(1))
