"""Patterns: their scores against plain matrices, and what is left without a characteristic."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.diagnosis import Pattern, PatternNoise, shape_of
from process_models.errors import InputError

LOTS = np.array([[1.0, 0.4, 0.1], [0.4, 1.0, 0.0], [0.1, 0.0, 1.0]]) * 0.9
NOISE = PatternNoise(LOTS, np.full(3, 0.1), 0.9, np.full(3, 0.2))


def readings(seed: int = 1) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    values = np.random.default_rng(seed).standard_normal((3, 8))
    values[1, 2], values[2, 5:] = np.nan, np.nan
    return values


def dense(values: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> tuple[
    np.ndarray[tuple[int, int], np.dtype[np.float64]],
    np.ndarray[tuple[int], np.dtype[np.int64]],
    np.ndarray[tuple[int], np.dtype[np.int64]],
]:  # fmt: skip
    column, lot = np.nonzero(np.isfinite(values))
    return np.linalg.inv(NOISE.covariance(lot, column)), column, lot


def test_scores_are_those_of_plain_matrices() -> None:
    values = readings()
    precision, column, lot = dense(values)
    moved = np.array([0, 2])
    courses = np.random.default_rng(2).random((2, 8, 5))
    found = Pattern.of(values, NOISE).scores(moved, courses)
    y = values[column, lot]
    for way in range(5):
        x = np.stack([courses[k, lot, way] * (column == moved[k]) for k in range(2)], axis=1)
        assert np.allclose(found.gram[way], x.T @ precision @ x)
        assert np.allclose(found.score[way], x.T @ precision @ y)


@pytest.mark.parametrize("left_out", [0, 1, 2])
def test_without_a_characteristic_it_was_never_read(left_out: int) -> None:
    values = readings()
    short = values.copy()
    short[left_out] = np.nan
    found, plain = Pattern.of(values, NOISE).without(left_out), Pattern.of(short, NOISE)
    assert np.allclose(found.precision, plain.precision)
    assert np.allclose(found.pull, plain.pull)
    assert left_out not in found.read


def test_leaving_out_what_was_not_read_changes_nothing() -> None:
    values = readings()
    values[1] = np.nan
    pattern = Pattern.of(values, NOISE)
    assert pattern.without(1) is pattern


def test_a_wider_scale_counts_a_change_less() -> None:
    values = np.full((1, 4), 9.0)
    noise = PatternNoise(np.eye(1), np.zeros(1), 0.9, np.zeros(1))
    course = np.ones((1, 4, 1))
    plain = Pattern.of(values, noise).scores(np.array([0]), course)
    wide = Pattern.of(values, noise, np.array([3.0])).scores(np.array([0]), course)
    assert wide.gram[0, 0, 0] == pytest.approx(plain.gram[0, 0, 0] / 9)
    assert plain.gram[0, 0, 0] == 4.0
    assert plain.score[0, 0] == 36.0


def test_a_ramp_that_begins_at_its_end_is_no_overflow() -> None:
    assert shape_of(np.array([0.0, 1e9]), np.array([5.0]), "ramp", 5.0).tolist() == [[0.0], [1.0]]


def test_nothing_read_is_refused() -> None:
    with pytest.raises(InputError, match="at least one reading"):
        Pattern.of(np.full((3, 4), np.nan), NOISE)
    with pytest.raises(InputError, match=r"\(characteristics, lots\) of 3"):
        Pattern.of(np.zeros((2, 4)), NOISE)
