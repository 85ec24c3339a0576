"""Sorting a batch into new records, duplicates and conflicts, whatever kind it is of.

A record is a tuple of the columns of its kind. The first of them are its identity, the next ones
what it says. The same identity saying the same is a duplicate, saying something else a conflict.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from twin.store import schema
from twin.store.archive import archived_content
from twin.store.engines import is_postgres
from twin.store.times import now_us

__all__ = ["Identity", "Sorted", "insert_many", "insert_records", "sort_batch"]

_CHUNK = 500
_WORTH_COPYING = 50
Row = dict[str, Any]
Key = tuple[Any, ...]
Record = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Which columns of `table` tell a record from others, and which say something about it."""

    table: sa.Table
    key: tuple[str, ...]
    content: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of what a record holds, in its order."""
        return self.key + self.content + self.others


@dataclass(frozen=True, slots=True)
class Sorted:
    """A batch sorted: `fresh` records to insert, and how many others there were."""

    fresh: list[Record]
    duplicates: int
    conflicts: int


def sort_batch(
    connection: sa.Connection,
    identity: Identity,
    records: Sequence[Record],
    suspects: Sequence[Key],
) -> Sorted:
    """Sort `records` by what is stored under the keys of `suspects` and by each other.

    Parameters
    ----------
    suspects : sequence of keys
        Identities that may be stored already; all others are known to be new.
    """
    known = dict(_stored(connection, identity, suspects)) if suspects else {}
    fresh: list[Record] = []
    conflicts: list[tuple[Record, Key]] = []
    duplicates = 0
    width = len(identity.key)
    end = width + len(identity.content)
    for record in records:
        content = record[width:end]
        stored = known.setdefault(record[:width], content)
        if stored is content:
            fresh.append(record)
        elif _same(stored, content):
            duplicates += 1
        else:
            conflicts.append((record, stored))
    _keep_aside(connection, identity, conflicts)
    return Sorted(fresh, duplicates, len(conflicts))


def insert_records(
    connection: sa.Connection, identity: Identity, records: Sequence[Record]
) -> None:
    """Insert records that are known to be new, by the fastest way of the database."""
    if not records:
        return
    columns = ", ".join(identity.columns)
    table = identity.table.name
    if is_postgres(connection) and len(records) >= _WORTH_COPYING:
        _copy(connection, f"COPY {table} ({columns}) FROM STDIN", records)
        return
    mark = "%s" if is_postgres(connection) else "?"
    marks = ", ".join([mark] * len(identity.columns))
    statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"
    connection.exec_driver_sql(statement, list(records))


def insert_many(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert `rows`, all with the same columns, handing them straight to the driver."""
    if not rows:
        return
    compiled = table.insert().compile(dialect=connection.dialect, column_keys=list(rows[0]))
    order = getattr(compiled, "positiontup", None)
    given: list[Any] = list(map(itemgetter(*order), rows)) if order else list(rows)
    connection.exec_driver_sql(str(compiled), given)


def _copy(connection: sa.Connection, statement: str, records: Sequence[Record]) -> None:
    cursor = connection.connection.cursor()
    try:
        with cursor.copy(statement) as copy:
            for record in records:
                copy.write_row(record)
    except connection.dialect.loaded_dbapi.Error as error:
        raise sa.exc.DBAPIError.instance(
            statement,
            None,
            error,
            connection.dialect.loaded_dbapi.Error,
            dialect=connection.dialect,
        ) from error
    finally:
        cursor.close()


def _same(stored: Key, received: Key) -> bool:
    return all(
        math.isclose(a, b, rel_tol=1e-12) if isinstance(a, float) else a == b
        for a, b in zip(stored, received, strict=True)
    )


def _stored(
    connection: sa.Connection, identity: Identity, keys: Sequence[Key]
) -> Iterator[tuple[Key, Key]]:
    columns = identity.table.c
    width = len(identity.key)
    wanted = sa.tuple_(*(columns[name] for name in identity.key))
    query = sa.select(*(columns[name] for name in identity.key + identity.content))
    for start in range(0, len(keys), _CHUNK):
        found = connection.execute(query.where(wanted.in_(keys[start : start + _CHUNK])))
        for record in found:
            yield tuple(record[:width]), tuple(record[width:])
    # After the database: what moves meanwhile is found in one of the two.
    yield from archived_content(connection, identity.table, identity.key, identity.content, keys)


def _keep_aside(
    connection: sa.Connection, identity: Identity, conflicts: Sequence[tuple[Record, Key]]
) -> None:
    at = now_us()
    width = len(identity.key)
    for record, stored in conflicts:
        received = dict(zip(identity.columns, record, strict=True))
        values = {
            "kind": identity.table.name,
            "identity": json.dumps(dict(zip(identity.key, record[:width], strict=True))),
            "stored": json.dumps(dict(zip(identity.content, stored, strict=True))),
            "received": json.dumps(received, sort_keys=True),
            "at": at,
        }
        table = schema.conflicts
        same = [table.c[name] == values[name] for name in ("kind", "identity", "received")]
        if connection.execute(sa.select(table.c.conflict_id).where(*same)).first() is None:
            connection.execute(table.insert(), values)
