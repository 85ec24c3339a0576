"""Judgements arranged part by part."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.gauge.ratings import rated


def test_trials_keep_the_order_of_rows() -> None:
    found = rated(list("nyyn"), list("1122"), list("aaaa"), None)
    assert found.categories == ("n", "y")
    assert found.codes.tolist() == [[[0, 1]], [[1, 0]]]
    assert (found.parts, found.trials) == (2, 2)
    assert found.standard is None


def test_operators_and_parts_are_sorted_whatever_the_rows() -> None:
    found = rated(list("abcd"), list("2211"), list("yxyx"), None)
    assert found.operators == ("x", "y")
    assert found.codes[:, :, 0].tolist() == [[3, 2], [1, 0]]


def test_a_category_only_of_the_standard_counts() -> None:
    found = rated(list("aabb"), list("1122"), list("xyxy"), list("aacc"))
    assert found.categories == ("a", "b", "c")
    assert found.standard is not None
    assert found.standard.tolist() == [0, 2]


def test_counts_and_cross_table_by_hand() -> None:
    found = rated(list("nyyn"), list("1122"), list("aaaa"), None)
    counts = found.counts(np.array([[0, 1], [1, 1]]))
    assert counts.tolist() == [[1, 1], [0, 2]]
    table = found.cross(np.array([0, 1, 1]), np.array([0, 0, 1]))
    assert table.tolist() == [[1, 0], [1, 1]]


def test_numbers_are_categories_too() -> None:
    found = rated([10, 9, 10, 10], [1, 1, 2, 2], list("abab"), None)
    assert found.categories == ("9", "10")


def test_a_standard_that_nobody_ever_told_apart_is_still_variation() -> None:
    found = rated(list("aaaa"), list("1122"), list("xyxy"), list("aabb"))
    assert found.categories == ("a", "b")


@pytest.mark.parametrize("missing", [0, 3, 7])
def test_the_short_cell_is_named(missing: int) -> None:
    rows = [(p, o) for p in "12" for o in "xy" for _ in range(2)]
    del rows[missing]
    said = list("ababababab")[: len(rows)]
    with pytest.raises(InputError, match=r"must be judged 2 times by operator .* got 1"):
        rated(said, [p for p, _ in rows], [o for _, o in rows], None)
