"""The rows of one month that are ready to leave the database, in the order of its file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import sqlalchemy as sa

from twin.store import schema
from twin.store.archive.catalogue import month_of, month_span
from twin.store.archive.kind import MEASUREMENTS, Kind
from twin.store.archive.month_file import ROW_GROUP
from twin.store.times import from_us

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["arrival_bound", "months_in_database", "ready_to_go", "row_groups"]

_WATCH = ("*", "*")


def arrival_bound(connection: sa.Connection, kind: Kind) -> int:
    """Rows that arrived from this number on stay.

    The newest row stays, so that no number is given out twice; and what the watch has not looked
    at yet stays, so that it finds it.
    """
    number = kind.table.c[kind.number]
    newest = connection.execute(sa.select(sa.func.max(number))).scalar()
    if newest is None:
        return 0
    if kind is not MEASUREMENTS:
        return int(newest)
    state = schema.chart_state.c
    seen = connection.execute(
        sa.select(state.watermark).where(
            state.characteristic == _WATCH[0], state.station == _WATCH[1]
        )
    ).scalar()
    return int(newest if seen is None else min(newest, seen + 1))


def months_in_database(
    connection: sa.Connection, kind: Kind, before: str, bound: int
) -> dict[str, int]:
    """Months before the month `before` with rows that may leave, and how many."""
    found: dict[str, int] = {}
    start, end = -(2**62), month_span(before)[0]
    while True:
        ready = ready_to_go(kind, start, end, bound)
        oldest = connection.execute(sa.select(sa.func.min(kind.time)).where(*ready)).scalar()
        if oldest is None:
            return found
        month = month_of(from_us(oldest))
        ready = ready_to_go(kind, *month_span(month), bound)
        counted = sa.select(sa.func.count()).select_from(kind.table).where(*ready)
        found[month] = int(connection.execute(counted).scalar_one())
        start = month_span(month)[1]


def row_groups(connection: sa.Connection, kind: Kind, month: str, bound: int) -> Iterator[pa.Table]:
    """The rows of the month as tables of at most `ROW_GROUP` rows.

    Measurements go series by series: each is one piece of the index, so nothing large is sorted.
    """
    ready = ready_to_go(kind, *month_span(month), bound)
    if kind is not MEASUREMENTS:
        query = sa.select(*(kind.table.c[name] for name in kind.columns)).where(*ready)
        yield from _tables(kind, _streamed(connection, kind, query))
        return
    series = schema.series.c
    numbers = connection.execute(sa.select(series.series_id).order_by(series.series_id)).scalars()
    columns = [
        series[name] if name in ("characteristic", "station") else kind.table.c[name]
        for name in kind.columns
    ]
    joined = schema.measurements.join(schema.series)
    yield from _tables(
        kind,
        (
            rows
            for number in list(numbers)
            for rows in _streamed(
                connection,
                kind,
                sa.select(*columns)
                .select_from(joined)
                .where(kind.table.c.series_id == number, *ready),
            )
        ),
    )


def ready_to_go(kind: Kind, start: int, end: int, bound: int) -> list[sa.ColumnElement[bool]]:
    """Rows from `start` to before `end` that arrived before `bound` and do not have to stay."""
    columns = kind.table.c
    stays = [columns.event.not_in(kind.stay)] if kind.stay else []
    return [kind.time >= start, kind.time < end, columns[kind.number] < bound, *stays]


def _streamed(
    connection: sa.Connection, kind: Kind, query: sa.Select[tuple[object, ...]]
) -> Iterator[list[tuple[object, ...]]]:
    ordered = query.order_by(*(kind.table.c[name] for name in kind.order))
    options = {"stream_results": True, "yield_per": 10_000}
    for part in connection.execute(ordered, execution_options=options).partitions():
        yield [tuple(row) for row in part]


def _tables(kind: Kind, parts: Iterator[list[tuple[object, ...]]]) -> Iterator[pa.Table]:
    import pyarrow as pa

    fields = kind.arrow_schema()

    def table(rows: list[tuple[object, ...]]) -> pa.Table:
        columns = zip(zip(*rows, strict=True), fields.types, strict=True)
        return pa.table([pa.array(values, type=kind_) for values, kind_ in columns], schema=fields)

    waiting: list[tuple[object, ...]] = []
    for part in parts:
        waiting += part
        while len(waiting) >= ROW_GROUP:
            yield table(waiting[:ROW_GROUP])
            del waiting[:ROW_GROUP]
    if waiting:
        yield table(waiting)
