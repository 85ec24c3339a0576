"""Readings as a chart takes them, one by one and in any order of arrival: rows and points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from twin.monitoring.points import Points

__all__ = ["Point", "Row", "as_points", "gathered", "group_of"]


class Row(NamedTuple):
    """One usable reading; rows sort in the order of the chart, which no arrival changes."""

    at_us: int
    sequence: int
    position: int
    lot_id: str
    source: str
    subgroup: str
    value: float
    known_us: int
    provenance: str


class Point(NamedTuple):
    """What is plotted: a reading, or the readings of a subgroup in their order."""

    values: tuple[float, ...]
    at_us: int
    known_us: int
    lot_id: str
    provenance: str


def group_of(row: Row) -> tuple[str, str]:
    """The rational subgroup of a reading: its lot, or what the source named within it."""
    return row.lot_id, row.subgroup


def gathered(rows: Sequence[Row], size: int) -> list[Point]:
    """The points of `rows`, which are in order; in order of their first readings.

    The newest subgroup waits while it has fewer than `size` readings.

    Examples
    --------
    >>> rows = [Row(t, 0, 0, lot, "", "", v, t, "measured")
    ...         for t, lot, v in [(1, "A", 5.0), (2, "A", 6.0), (3, "B", 7.0)]]
    >>> [point.values for point in gathered(rows, 2)]
    [(5.0, 6.0)]
    """
    if size == 1:
        return [Point((r.value,), r.at_us, r.known_us, r.lot_id, r.provenance) for r in rows]
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault(group_of(row), []).append(row)
    points = [_point(members) for members in groups.values()]
    if points and len(points[-1].values) < size:
        newest = max(point.at_us for point in points)
        if next(i for i, p in enumerate(points) if p.at_us == newest) == len(points) - 1:
            points.pop()  # its other readings are still to come
    return points


def as_points(points: Iterable[Point], size: int) -> Points:
    """The arrays that charts and findings take."""
    chosen = list(points)
    counts = np.array([len(point.values) for point in chosen], dtype=np.int64)
    if size == 1:
        values = np.array([point.values[0] for point in chosen], dtype=np.float64)
    else:
        values = np.full((len(chosen), max(size, int(counts.max(initial=1)))), np.nan)
        for i, point in enumerate(chosen):
            values[i, : len(point.values)] = point.values
    return Points(
        values,
        np.array([point.at_us for point in chosen], dtype=np.int64),
        np.array([point.known_us for point in chosen], dtype=np.int64),
        tuple(point.lot_id for point in chosen),
        counts,
        chosen[-1].provenance if chosen else "",
    )


def _point(rows: Sequence[Row]) -> Point:
    return Point(
        tuple(row.value for row in rows),
        max(row.at_us for row in rows),
        max(row.known_us for row in rows),
        rows[0].lot_id,
        "+".join(sorted({row.provenance for row in rows})),
    )
