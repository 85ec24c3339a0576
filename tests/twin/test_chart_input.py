"""From tables to what charts are drawn from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from process_models.errors import InputError
from twin.chart_input import chart_data, grouped, multivariate_data
from twin.tables import Table, read_table

Written = Callable[[str], Table]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(content: str) -> Table:
        path = tmp_path / "t.csv"
        path.write_text(content, encoding="utf-8")
        return read_table(path)

    return write


def test_single_values_and_counts(written: Written) -> None:
    table = written("d,n\n1,10\n2,20\n")
    data = chart_data(table, value="d", size="n")
    assert data.values.tolist() == [1.0, 2.0]
    assert data.sizes is not None
    assert data.sizes.tolist() == [10.0, 20.0]


def test_labels_make_subgroups_in_order_of_first_appearance(written: Written) -> None:
    table = written("s,x\n010,1\n2,5\n010,3\n2,\n")
    data = chart_data(table, value="x", subgroup="s")
    assert data.values[0].tolist() == [1.0, 3.0]
    assert data.values[1, 0] == 5.0
    assert np.isnan(data.values[1, 1])


def test_a_wide_row_is_a_subgroup(written: Written) -> None:
    data = chart_data(written("a,b\n1,3\n,4\n"), columns=("a", "b"))
    assert data.values.shape == (2, 2)
    assert np.isnan(data.values[1, 0])


def test_variables_keep_their_names(written: Written) -> None:
    data = multivariate_data(written("a,b\n1,3\n2,4\n"), ("a", "b"), None)
    assert data.variables == ("a", "b")
    assert data.values.tolist() == [[1.0, 3.0], [2.0, 4.0]]


def test_subgroups_of_variables(written: Written) -> None:
    table = written("s,a,b\nx,1,2\nx,3,4\ny,5,6\ny,7,8\n")
    data = multivariate_data(table, ("a", "b"), "s")
    assert data.values.tolist() == [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]


def test_grouping_nothing_gives_nothing() -> None:
    assert grouped(np.empty(0), []).shape == (0, 0)


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        ("a,b\n1,2\n,\n", {"columns": ("a", "b")}, "row 2, column 'a, b': subgroup 2 must have"),
        ("s,x\na,1\nb,\n", {"value": "x", "subgroup": "s"}, "subgroup 2, column 'x'"),
        ("x\n1\n", {}, "which column to chart must be named"),
        ("s,x\na,1\n", {"value": "x", "subgroup": "s", "size": "x"}, "--size goes with counts"),
        ("x\n", {"value": "x"}, "a chart needs at least one point, got none"),
        ("x,n\n1,5\n1,-5\n", {"value": "x", "size": "n"}, "row 2, column 'n': must be above 0"),
        ("x,s\n1,a\n,a\n", {"value": "x"}, "row 2, column 'x': must not be empty"),
    ],
)
def test_refusals(
    written: Written, content: str, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        chart_data(written(content), **arguments)
    assert "t.csv" in str(caught.value)


def test_subgroups_of_variables_must_have_one_size(written: Written) -> None:
    table = written("s,a\nx,1\nx,3\ny,5\n")
    with pytest.raises(InputError, match="subgroups of several variables must all have one size"):
        multivariate_data(table, ("a",), "s")
