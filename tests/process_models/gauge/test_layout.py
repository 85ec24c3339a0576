"""Labels made into levels and grids."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.gauge.layout import Levels, checked_values, crossed_grid, natural_order


def test_numbers_in_names_are_ordered_by_size() -> None:
    assert natural_order(["10", "9", "P2", "P10", "9"]) == ("9", "10", "P2", "P10")


def test_levels_keep_every_row() -> None:
    levels = Levels.of(["b", "a", "b"])
    assert levels.names == ("a", "b")
    assert list(levels.codes) == [1, 0, 1]


def test_numbers_and_texts_are_the_same_label() -> None:
    assert Levels.of([1, "1", 1]).names == ("1",)


def test_grid_keeps_replicates_in_order_of_rows() -> None:
    values = [5.0, 1.0, 6.0, 2.0, 7.0, 3.0, 8.0, 4.0]
    grid = crossed_grid(values, list("11221122"), list("babababa"))
    assert grid.values.tolist() == [[[1, 3], [5, 7]], [[2, 4], [6, 8]]]


def test_inputs_are_not_changed() -> None:
    values = np.array([1.0, 2.0, 3.0])
    assert np.array_equal(checked_values(values, list("abc")), [1, 2, 3])
    with pytest.raises(InputError, match="row 2"):
        checked_values([1.0, np.inf])
