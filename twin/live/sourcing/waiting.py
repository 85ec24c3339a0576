"""Readings that wait for their lot: kept durably, stored once the lot is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

import sqlalchemy as sa

from twin.live.sourcing.lots import history_of
from twin.live.sourcing.outcome import Held, SetAside
from twin.live.wire import decode, encode
from twin.measurement import Measurement
from twin.store import schema
from twin.store.times import to_us

__all__ = ["Settled", "hold", "settle"]

_CHUNK = 400
Settled = Measurement | SetAside


def hold(connection: sa.Connection, source: str, held: Iterable[Held], now: int) -> None:
    """Keep readings until their lots are known; the same reading again is kept once."""
    rows = {row["identity"]: row for row in (_row(source, one, now) for one in held)}
    table = schema.held_readings
    names = list(rows)
    for start in range(0, len(names), _CHUNK):
        part = names[start : start + _CHUNK]
        known = sa.select(table.c.identity).where(
            table.c.source == source, table.c.identity.in_(part)
        )
        for identity in connection.execute(known).scalars():
            del rows[identity]
    if rows:
        connection.execute(table.insert(), list(rows.values()))


def settle(connection: sa.Connection, source: str, now: int, settle_us: int) -> list[Settled]:
    """Take out what waits no longer: its lot is certain, or it has waited `settle_us`.

    A lot is certain once a later change at the same station is known.
    """
    table = schema.held_readings
    mine = table.c.source == source
    first = sa.func.min(table.c.at)
    groups = sa.select(table.c.lot_from, table.c.station, first).where(mine)
    groups = groups.group_by(table.c.lot_from, table.c.station)
    settled: list[Settled] = []
    for lot_from, station, since in connection.execute(groups).all():
        history = history_of(connection, lot_from, station, since)
        due = sa.or_(
            table.c.received_at <= now - settle_us,
            table.c.at < (since if history.newest is None else history.newest),
        )
        here = (mine, table.c.lot_from == lot_from, table.c.station == station, due)
        rows = connection.execute(sa.select(table).where(*here).order_by(table.c.at)).all()
        settled += [_with_lot(row, history.at(row.at) or row.lot_missing) for row in rows]
        connection.execute(table.delete().where(*here))
    return _not_stored(connection, settled)


def _with_lot(row: sa.Row[tuple[object, ...]], lot_id: str) -> Settled:
    (made,) = decode(row.record)
    if not isinstance(made, Measurement):
        raise TypeError(f"held reading {row.identity} is no measurement")
    if lot_id:
        return replace(made, lot_id=lot_id)
    names = ("station", "characteristic", "unit", "subgroup", "gauge", "operator", "quality")
    record = {name: getattr(made, name) for name in (*names, "source")}
    numbers = {name: str(getattr(made, name)) for name in ("value", "position", "sequence")}
    record |= {**numbers, "measured_at": made.measured_at.isoformat(), "lot_id": ""}
    channel = f"{made.station}/{made.characteristic}"
    rule = f"no lot was known at {made.station} at that time"
    return SetAside(channel, "measurements", "lot_id", rule, "", record)


def _not_stored(connection: sa.Connection, settled: Sequence[Settled]) -> list[Settled]:
    """Without those that are stored already, under whatever lot was known then."""
    made = [one for one in settled if isinstance(one, Measurement)]
    keys = [_key(one) for one in made]
    series, table = schema.series.c, schema.measurements.c
    columns = (
        series.characteristic, series.station, table.measured_at, table.position, table.source,
        table.sequence,
    )  # fmt: skip
    known: set[tuple[object, ...]] = set()
    joined = schema.measurements.join(schema.series)
    for start in range(0, len(keys), _CHUNK):
        part = keys[start : start + _CHUNK]
        query = sa.select(*columns).select_from(joined).where(sa.tuple_(*columns).in_(part))
        known |= {tuple(row) for row in connection.execute(query)}
    return [one for one in settled if not (isinstance(one, Measurement) and _key(one) in known)]


def _key(one: Measurement) -> tuple[object, ...]:
    at = to_us(one.measured_at)
    return (one.characteristic, one.station, at, one.position, one.source, one.sequence)


def _row(source: str, one: Held, now: int) -> dict[str, object]:
    made = one.measurement
    identity = hashlib.sha256(repr(_key(made)).encode()).hexdigest()
    return {
        "source": source, "identity": identity, "station": made.station,
        "at": to_us(made.measured_at), "received_at": now, "lot_from": one.lot_from,
        "lot_missing": one.lot_missing, "record": encode([made]),
    }  # fmt: skip
