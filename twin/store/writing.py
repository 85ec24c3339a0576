"""Writing measurements and events: one transaction a batch, committed when it returns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from twin.measurement import Event, Measurement
from twin.store import engines, hourly, schema
from twin.store.archive import newest_archived
from twin.store.archive.kind import EVENTS
from twin.store.identity import Identity, Record, insert_records, sort_batch
from twin.store.receipts import Receipt
from twin.store.schema.columns import BIG
from twin.store.times import now_us, to_us

__all__ = ["AHEAD_S", "LATE_AFTER_S", "write_events", "write_measurements"]

LATE_AFTER_S = 3600.0
AHEAD_S = 60.0
"""How far a source's clock may be ahead of ours before its readings are uncertain."""

_LONG_AGO = -(2**62)
_MEASUREMENT = Identity(
    schema.measurements,
    ("series_id", "measured_at", "lot_id", "position", "source", "sequence"),
    ("value", "unit"),
    ("subgroup", "operator", "gauge", "quality", "censoring", "provenance", "received_at"),
)
_EVENT = Identity(
    schema.events,
    ("occurred_at", "lot_id", "station", "event", "parent_lot_id", "source", "sequence"),
    ("recipe", "detail"),
    ("provenance", "received_at"),
)
_SERIES_ID, _AT, _VALUE, _QUALITY, _CENSORING = 0, 1, 6, 11, 12
SeriesKey = tuple[str, str]


def write_measurements(
    connection: sa.Connection,
    rows: Sequence[Measurement],
    late_after_s: float = LATE_AFTER_S,
    *,
    ahead_s: float = AHEAD_S,
    now: int | None = None,
) -> Receipt:
    """Store `rows` inside the transaction of `connection`; late and future ones are counted.

    Parameters
    ----------
    late_after_s : float
        A row measured longer than this before the newest stored of its series is late.
    ahead_s : float
        A row measured longer than this after it was received is from the future: its clock is
        wrong, so its quality becomes `uncertain`. It was received at its `received_at`, and not
        after `now`; a simulated plant lives by a clock of its own, so there only `received_at`
        counts, and nothing where it is not given.
    now : int, optional
        The receiving clock in microseconds; default: this machine's.
    """
    engines.lock(connection, engines.INGEST)
    keys = {(row.characteristic, row.station): row.unit for row in rows}
    ids, newest = _series(connection, keys)
    records, future = _measurements(
        rows, ids, round(ahead_s * 1e6), now_us() if now is None else now
    )
    suspects = [
        record[: len(_MEASUREMENT.key)]
        for record in records
        if record[_AT] <= newest.get(record[_SERIES_ID], _LONG_AGO)
    ]
    batch = sort_batch(connection, _MEASUREMENT, records, suspects)
    insert_records(connection, _MEASUREMENT, batch.fresh)
    _count(connection, batch.fresh)
    _keep_hours(connection, batch.fresh)
    late = _late(batch.fresh, newest, late_after_s)
    return Receipt(len(batch.fresh), batch.duplicates, batch.conflicts, late, future)


def write_events(
    connection: sa.Connection,
    rows: Sequence[Event],
    late_after_s: float = LATE_AFTER_S,
    *,
    ahead_s: float = AHEAD_S,
    now: int | None = None,
) -> Receipt:
    """Store `rows` inside the transaction of `connection`; late and future ones are counted."""
    engines.lock(connection, engines.INGEST)
    newest = connection.execute(sa.select(sa.func.max(schema.events.c.occurred_at))).scalar()
    records = [_event(row) for row in rows]
    known = (newest, newest_archived(connection, EVENTS))
    bound = max((at for at in known if at is not None), default=_LONG_AGO)
    suspects = [record[: len(_EVENT.key)] for record in records if record[0] <= bound]
    batch = sort_batch(connection, _EVENT, records, suspects)
    insert_records(connection, _EVENT, batch.fresh)
    window = int(late_after_s * 1e6)
    late = sum(record[0] < bound - window for record in batch.fresh)
    limits = (round(ahead_s * 1e6), now_us() if now is None else now)
    future = sum(_from_future(r[-2], r[0], r[-1], *limits) for r in records)
    return Receipt(len(batch.fresh), batch.duplicates, batch.conflicts, late, future)


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


def _from_future(provenance: str, at: int, received: int | None, ahead_us: int, now: int) -> bool:
    if received is not None and at > received + ahead_us:
        return True
    return at > now + ahead_us and provenance != "simulated"


def _measurements(
    rows: Sequence[Measurement], ids: dict[SeriesKey, int], ahead_us: int, now: int
) -> tuple[list[Record], int]:
    """Records of `rows`, and how many of them are from the future."""
    records: list[Record] = []
    future = 0
    for row in rows:
        at, quality = to_us(row.measured_at), row.quality
        received = None if row.received_at is None else to_us(row.received_at)
        if _from_future(row.provenance, at, received, ahead_us, now):
            future += 1
            quality = "uncertain" if quality == "good" else quality
        records.append((
            ids[row.characteristic, row.station], at, row.lot_id, row.position, row.source,
            row.sequence, row.value, row.unit, row.subgroup, row.operator, row.gauge, quality,
            row.censoring, row.provenance, received,
        ))  # fmt: skip
    return records, future


def _event(row: Event) -> Record:
    return (
        to_us(row.occurred_at), row.lot_id, row.station, row.event, row.parent_lot_id, row.source,
        row.sequence, row.recipe, row.detail, row.provenance,
        None if row.received_at is None else to_us(row.received_at),
    )  # fmt: skip


def _count(connection: sa.Connection, fresh: Iterable[Record]) -> None:
    n: dict[int, int] = {}
    last: dict[int, int] = {}
    for record in fresh:
        key, at = record[_SERIES_ID], record[_AT]
        n[key] = n.get(key, 0) + 1
        if at > last.get(key, _LONG_AGO):
            last[key] = at
    table = schema.series
    newest, added = sa.bindparam("newest", type_=BIG), sa.bindparam("added", type_=BIG)
    newer = sa.case((table.c.last_measured_at > newest, table.c.last_measured_at), else_=newest)
    change = table.update().where(table.c.series_id == sa.bindparam("of"))
    values = change.values(n=table.c.n + added, last_measured_at=newer)
    if n:
        rows = [{"of": key, "added": n[key], "newest": last[key]} for key in sorted(n)]
        connection.execute(values, rows)


def _keep_hours(connection: sa.Connection, fresh: Iterable[Record]) -> None:
    counted = (
        (record[_SERIES_ID], record[_AT], record[_VALUE])
        for record in fresh
        if hourly.counts(record[_QUALITY], record[_CENSORING], record[_VALUE])
    )
    hourly.merge(connection, hourly.moments_of(counted))


def _late(fresh: Iterable[Record], newest: dict[int, int], late_after_s: float) -> int:
    window = int(late_after_s * 1e6)
    since = {series_id: last - window for series_id, last in newest.items()}
    return sum(record[_AT] < since.get(record[_SERIES_ID], _LONG_AGO) for record in fresh)
