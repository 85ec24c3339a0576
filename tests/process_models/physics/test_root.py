"""Roots of many functions at once, each as if it were alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from process_models.physics.root import falling_root


def cube(x: np.ndarray, c: np.ndarray) -> np.ndarray:
    return np.asarray(c - x**3)


def steep(x: np.ndarray, c: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(-c * x) - 0.5)


def test_a_root_known_by_hand() -> None:
    assert falling_root(cube, 0.0, 10.0, np.array([1.0, 8.0, 27.0])) == pytest.approx([1, 2, 3])


def test_an_end_is_given_where_nothing_crosses() -> None:
    assert falling_root(cube, 1.0, 2.0, np.array([0.5, 100.0])).tolist() == [1.0, 2.0]


@given(c=st.floats(0.01, 1e4))
def test_a_hard_corner_agrees_with_brent(c: float) -> None:
    expected = brentq(lambda x: np.exp(-c * x) - 0.5, 0.0, 1000.0, xtol=1e-14, rtol=1e-14)
    assert float(falling_root(steep, 0.0, 1000.0, c)) == pytest.approx(expected, rel=1e-9)


def test_neighbours_do_not_matter() -> None:
    values = np.geomspace(0.01, 900.0, 40_000)  # more than one block
    together = falling_root(cube, 0.0, 10.0, values)
    for place in (0, 16_383, 16_384, 39_999):
        alone = falling_root(cube, 0.0, 10.0, values[[place]])
        assert alone[0] == together[place]


def test_shapes_broadcast_and_arguments_stay() -> None:
    column, row = np.array([[1.0], [8.0]]), np.array([5.0, 6.0, 7.0])
    kept = column.copy()
    assert falling_root(cube, 0.0, row, column).shape == (2, 3)
    assert np.array_equal(column, kept)


def test_nothing_in_nothing_out() -> None:
    assert falling_root(cube, 0.0, 1.0, np.empty(0)).size == 0
