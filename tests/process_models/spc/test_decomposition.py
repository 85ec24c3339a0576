"""Which variables make a T2 signal."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.spc import ChartData, ChartOptions, chart
from process_models.spc.decomposition import decompose, suspects

CORRELATED = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]])


def limit(variables: int, points: int = 1) -> np.ndarray:
    return np.full(points, 9.0 + 2 * variables)


def test_a_variable_that_is_out_by_itself() -> None:
    assert suspects(np.array([[0.0, 0.0, 5.0]]), CORRELATED, limit) == [[(2,)]]


def test_a_broken_relation_of_two_that_are_each_inside() -> None:
    """(2, -2) against a correlation of 0.9: T2 = 8 / 0.1 = 80, each by itself 4."""
    assert suspects(np.array([[2.0, -2.0, 0.0]]), CORRELATED, limit) == [[(0, 1)]]


def test_both_causes_are_found_in_one_point() -> None:
    assert suspects(np.array([[2.0, -2.0, 6.0]]), CORRELATED, limit) == [[(2,), (0, 1)]]


def test_the_search_ends_when_the_rest_is_quiet() -> None:
    """Two moved together stay within their relation: only the one beyond its limit is named."""
    found = suspects(np.array([[3.5, 3.2, 0.0]]), CORRELATED, limit)
    assert found == [[(0,)]]


def test_what_has_no_smaller_cause_is_one_group() -> None:
    away = np.full((1, 3), 2.5)
    assert suspects(away, np.eye(3), limit) == [[(0, 1, 2)]]
    wide = np.full((1, 20), 1.8)
    assert suspects(wide, np.eye(20), lambda p: np.full(1, 12.0 + 1.5 * p)) == [[tuple(range(20))]]


def test_points_are_searched_independently() -> None:
    away = np.array([[0.0, 0.0, 5.0], [2.0, -2.0, 0.0]])
    assert suspects(away, CORRELATED, lambda p: limit(p, 2)) == [[(2,)], [(0, 1)]]


def test_every_variable_by_itself_is_told_too() -> None:
    told = decompose(np.array([[2.0, -2.0, 0.0]]), 4 * CORRELATED, limit, ["a", "b", "c"])
    assert told == [{"unconditional": {"a": 1.0, "b": 1.0, "c": 0.0}, "suspects": [["a", "b"]]}]


@pytest.mark.parametrize("kind", ["t2_individuals", "t2"])
def test_signals_carry_their_decomposition(kind: str) -> None:
    rng = np.random.default_rng(9)
    shape = (60, 5, 3) if kind == "t2" else (60, 3)
    factor = np.linalg.cholesky(CORRELATED)
    values = rng.normal(size=shape) @ factor.T
    values[55] += (0.9 if kind == "t2" else 1.9) * np.array([1.0, -1.0, 0.0])
    result = chart(kind, ChartData(values, variables=("a", "b", "c")), ChartOptions(phase1=50))
    signal = next(s for s in result.to_dict()["signals"] if s["point"] == 56)
    assert ["a", "b"] in signal["decomposition"]["suspects"]
    assert set(signal["contributions"]) == {"a", "b", "c"}
    assert signal["since"]["point"] == 56
