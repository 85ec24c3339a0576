"""Means and co-moments: equal to numpy's, in any pieces, with holes, without chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.experiments.moments import Moments


def moments_of(values: np.ndarray, *cuts: int) -> Moments:
    moments = Moments(*values.shape[1:])
    for piece in np.split(values, sorted(cuts)):
        moments.add(piece)
    moments.fold()
    return moments


def test_by_hand() -> None:
    found = moments_of(np.array([[[1.0]], [[2.0]], [[6.0]]]))
    assert found.mean.tolist() == [[3.0]]
    assert found.covariance.tolist() == [[[7.0]]]
    assert found.n.tolist() == [3]


@settings(max_examples=30)
@given(
    n=st.integers(2, 300), seed=st.integers(0, 99), cuts=st.lists(st.integers(0, 300), max_size=4)
)
def test_as_numpy_has_it_in_any_pieces(n: int, seed: int, cuts: list[int]) -> None:
    values = np.random.default_rng(seed).normal(1e6, 1.0, (n, 2, 3))
    found, whole = moments_of(values, *cuts), moments_of(values)
    assert np.array_equal(found.mean, whole.mean)
    assert np.array_equal(found.comoment, whole.comoment)
    assert found.mean == pytest.approx(values.mean(axis=0), rel=1e-12)
    for figure in range(2):
        expected = np.cov(values[:, figure].T)
        assert found.covariance[figure] == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_a_constant_stays_what_it_is() -> None:
    found = moments_of(np.full((200, 1, 2), 0.1))
    assert found.mean.tolist() == [[0.1, 0.1]]
    assert found.comoment.tolist() == [[[0.0, 0.0], [0.0, 0.0]]]


def test_replications_without_the_figure_are_left_out_for_all_lines() -> None:
    values = np.array([[[1.0, 2.0]], [[np.nan, 9.0]], [[3.0, 6.0]]])
    found = moments_of(values)
    assert (found.n.tolist(), found.replications) == ([2], 3)
    assert found.mean.tolist() == [[2.0, 4.0]]
    assert moments_of(np.full((3, 1, 1), np.nan)).n.tolist() == [0]
    assert np.isnan(moments_of(values[:1]).covariance).all()


def test_the_input_is_not_changed() -> None:
    values = np.random.default_rng(1).normal(size=(100, 2, 2))
    before = values.copy()
    moments_of(values)
    assert np.array_equal(values, before)
