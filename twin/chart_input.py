"""From a table to what a chart is drawn from: single values, subgroups, or several variables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.spc import ChartData, PointError
from twin.tables import Table

__all__ = ["chart_data", "grouped", "labels_of_points", "multivariate_data"]


def chart_data(
    table: Table,
    *,
    value: str | None = None,
    columns: Sequence[str] = (),
    subgroup: str | None = None,
    size: str | None = None,
    part: str | None = None,
) -> ChartData:
    """Single values, subgroups by label (long table), or a subgroup a row (wide table).

    Parameters
    ----------
    table : Table
    value, subgroup, size : str or None
        Column of the values or counts, of the labels of subgroups, of sample sizes.
    part : str or None
        Column of the parts of a short-run chart.
    columns : sequence of str
        Of a wide table; an empty cell means not measured.

    Raises
    ------
    InputError
        When a column is missing or a cell breaks a rule.
    """
    sizes = None if size is None else _sizes(table, size)
    if columns:
        wide = np.column_stack([table.numbers(name, gaps=True) for name in columns])
        return _named(table, ", ".join(columns), wide, sizes)
    if value is None:
        raise InputError(f"{table.path}: which column to chart must be named (--value)")
    values = table.numbers(value, gaps=subgroup is not None)
    if subgroup is None:
        parts = None if part is None else labels_of_points(table, part, None)
        return _named(table, value, values, sizes, parts=parts)
    if sizes is not None:
        raise InputError(f"{table.path}: --size goes with counts, not with --subgroup")
    return _named(table, value, grouped(values, table.texts(subgroup)), None, rows=False)


def labels_of_points(table: Table, column: str, subgroup: str | None) -> tuple[str, ...]:
    """Label of every point, a row or a subgroup of rows that all have the same.

    Raises
    ------
    InputError
        When a label is missing, or the rows of a subgroup disagree.
    """
    labels = table.texts(column)
    if subgroup is None:
        return tuple(labels)
    of_subgroup: dict[str, str] = {}
    for row, (name, label) in enumerate(zip(table.texts(subgroup), labels, strict=True), 1):
        if of_subgroup.setdefault(name, label) != label:
            rule = f"must be {of_subgroup[name]!r} as in the rest of subgroup {name!r}"
            raise table.cell_error(row, column, rule, label)
    return tuple(of_subgroup.values())


def multivariate_data(table: Table, columns: Sequence[str], subgroup: str | None) -> ChartData:
    """One observation of several variables a row, or (k, m, p) subgroups of them.

    Raises
    ------
    InputError
        When a cell is missing or subgroups differ in size.
    """
    rows = np.column_stack([table.numbers(name) for name in columns])
    if subgroup is None:
        return _named(table, ", ".join(columns), rows, None, variables=tuple(columns))
    labels = table.texts(subgroup)
    stacked = [grouped(rows[:, variable], labels) for variable in range(rows.shape[1])]
    if stacked and np.isnan(stacked[0]).any():
        raise InputError(f"{table.path}: subgroups of several variables must all have one size")
    return _named(
        table, ", ".join(columns), np.stack(stacked, axis=2), None,
        rows=False, variables=tuple(columns),
    )  # fmt: skip


def grouped(values: NDArray[np.float64], labels: Sequence[str]) -> NDArray[np.float64]:
    """Rows of the values that share a label, in order of its first appearance.

    Parameters
    ----------
    values : (n,) array
    labels : sequence of n str

    Returns
    -------
    (k, m) array
        nan where a subgroup is smaller than the largest.

    >>> grouped(np.array([1.0, 2.0, 3.0]), ["a", "b", "a"])
    array([[ 1.,  3.],
           [ 2., nan]])
    """
    order: dict[str, list[float]] = {}
    for label, value in zip(labels, values.tolist(), strict=True):
        order.setdefault(label, []).append(value)
    rows = np.full((len(order), max(map(len, order.values()), default=0)), np.nan)
    for row, members in zip(rows, order.values(), strict=True):
        row[: len(members)] = members
    return rows


def _sizes(table: Table, column: str) -> NDArray[np.float64]:
    sizes = table.numbers(column)
    wrong = np.flatnonzero(sizes <= 0)
    if wrong.size:
        row = int(wrong[0]) + 1
        raise table.cell_error(row, column, "must be above 0", float(sizes[row - 1]))
    return sizes


def _named(
    table: Table,
    column: str,
    values: NDArray[np.float64],
    sizes: NDArray[np.float64] | None,
    *,
    rows: bool = True,
    variables: tuple[str, ...] = (),
    parts: tuple[str, ...] | None = None,
) -> ChartData:
    try:
        return ChartData(values, sizes, variables, parts)
    except PointError as error:
        at = f"row {error.point}" if rows else f"subgroup {error.point}"
        raise InputError(f"{table.path}: {at}, column {column!r}: {error}") from error
    except InputError as error:
        raise InputError(f"{table.path}: {error}") from error
