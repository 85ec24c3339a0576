"""Writing measurements and events: one transaction a batch, committed when it returns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from twin.measurement import Event, Measurement
from twin.store import schema
from twin.store.identity import Identity, insert_many, sort_batch
from twin.store.receipts import Receipt
from twin.store.times import to_us

__all__ = ["LATE_AFTER_S", "write_events", "write_measurements"]

LATE_AFTER_S = 3600.0
_LONG_AGO = -(2**62)
_MEASUREMENT = Identity(
    schema.measurements,
    ("series_id", "measured_at", "lot_id", "position", "source", "sequence"),
    ("value", "unit"),
)
_EVENT = Identity(
    schema.events,
    ("occurred_at", "lot_id", "station", "event", "parent_lot_id", "source", "sequence"),
    ("recipe", "detail"),
)
Row = dict[str, Any]
SeriesKey = tuple[str, str]


def write_measurements(
    connection: sa.Connection, rows: Sequence[Measurement], late_after_s: float = LATE_AFTER_S
) -> Receipt:
    """Store `rows` inside the transaction of `connection`; late ones are counted and stored."""
    keys = {(row.characteristic, row.station): row.unit for row in rows}
    ids, newest = _series(connection, keys)
    records = [_measurement(row, ids[row.characteristic, row.station]) for row in rows]
    key_of = _MEASUREMENT.key_of
    suspects = [
        key_of(record)
        for record in records
        if record["measured_at"] <= newest.get(record["series_id"], _LONG_AGO)
    ]
    batch = sort_batch(connection, _MEASUREMENT, records, suspects)
    if batch.fresh:
        insert_many(connection, schema.measurements, batch.fresh)
        _count(connection, batch.fresh)
    late = _late(batch.fresh, newest, late_after_s)
    return Receipt(len(batch.fresh), batch.duplicates, len(batch.conflicts), late)


def write_events(
    connection: sa.Connection, rows: Sequence[Event], late_after_s: float = LATE_AFTER_S
) -> Receipt:
    """Store `rows` inside the transaction of `connection`; late ones are counted and stored."""
    newest = connection.execute(sa.select(sa.func.max(schema.events.c.occurred_at))).scalar()
    records = [_event(row) for row in rows]
    bound = _LONG_AGO if newest is None else newest
    suspects = [_EVENT.key_of(r) for r in records if r["occurred_at"] <= bound]
    batch = sort_batch(connection, _EVENT, records, suspects)
    if batch.fresh:
        insert_many(connection, schema.events, batch.fresh)
    window = int(late_after_s * 1e6)
    late = sum(record["occurred_at"] < bound - window for record in batch.fresh)
    return Receipt(len(batch.fresh), batch.duplicates, len(batch.conflicts), late)


def _series(
    connection: sa.Connection, units: dict[SeriesKey, str]
) -> tuple[dict[SeriesKey, int], dict[int, int]]:
    table = schema.series
    columns = (table.c.characteristic, table.c.station, table.c.series_id, table.c.last_measured_at)
    found = connection.execute(sa.select(*columns)).all()
    ids = {(row[0], row[1]): row[2] for row in found}
    missing = [
        {"characteristic": key[0], "station": key[1], "unit": unit, "n": 0}
        for key, unit in units.items()
        if key not in ids
    ]
    if missing:
        connection.execute(table.insert(), missing)
        return _series(connection, {})
    return ids, {row[2]: row[3] for row in found if row[3] is not None}


def _measurement(row: Measurement, series_id: int) -> Row:
    return {
        "series_id": series_id,
        "measured_at": to_us(row.measured_at),
        "lot_id": row.lot_id,
        "position": row.position,
        "source": row.source,
        "sequence": row.sequence,
        "value": row.value,
        "unit": row.unit,
        "subgroup": row.subgroup,
        "operator": row.operator,
        "gauge": row.gauge,
        "quality": row.quality,
        "censoring": row.censoring,
        "provenance": row.provenance,
        "received_at": None if row.received_at is None else to_us(row.received_at),
    }


def _event(row: Event) -> Row:
    return {
        "occurred_at": to_us(row.occurred_at),
        "station": row.station,
        "event": row.event,
        "lot_id": row.lot_id,
        "parent_lot_id": row.parent_lot_id,
        "recipe": row.recipe,
        "detail": row.detail,
        "source": row.source,
        "sequence": row.sequence,
        "provenance": row.provenance,
        "received_at": None if row.received_at is None else to_us(row.received_at),
    }


def _count(connection: sa.Connection, fresh: Iterable[Row]) -> None:
    n: dict[int, int] = {}
    last: dict[int, int] = {}
    for row in fresh:
        key, at = row["series_id"], row["measured_at"]
        n[key] = n.get(key, 0) + 1
        last[key] = max(last.get(key, at), at)
    table = schema.series
    for key, count in n.items():
        newer = sa.case(
            (table.c.last_measured_at > last[key], table.c.last_measured_at), else_=last[key]
        )
        connection.execute(
            table.update()
            .where(table.c.series_id == key)
            .values(n=table.c.n + count, last_measured_at=newer)
        )


def _late(fresh: Iterable[Row], newest: dict[int, int], late_after_s: float) -> int:
    window = int(late_after_s * 1e6)
    since = {series_id: last - window for series_id, last in newest.items()}
    return sum(row["measured_at"] < since.get(row["series_id"], _LONG_AGO) for row in fresh)
