"""Sorting a batch into new records, duplicates and conflicts, whatever kind it is of.

A record is a mapping of columns. Its identity is a tuple of some of them; what it says is a tuple
of others. The same identity saying the same is a duplicate, saying something else a conflict.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from twin.store import schema
from twin.store.times import now_us

__all__ = ["Identity", "Sorted", "insert_many", "sort_batch"]

_CHUNK = 500
Row = dict[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Which columns of `table` tell a record from others, and which say something about it."""

    table: sa.Table
    key: tuple[str, ...]
    content: tuple[str, ...]

    @property
    def key_of(self) -> Callable[[Mapping[str, Any]], Key]:
        """What gives a record's identity."""
        return itemgetter(*self.key)

    @property
    def content_of(self) -> Callable[[Mapping[str, Any]], Key]:
        """What gives that which a record says."""
        return itemgetter(*self.content)


@dataclass(frozen=True, slots=True)
class Sorted:
    """A batch sorted: `fresh` rows to insert, a count, and pairs of what is stored and received."""

    fresh: list[Row]
    duplicates: int
    conflicts: list[tuple[Row, Key]]


def sort_batch(
    connection: sa.Connection, identity: Identity, rows: Sequence[Row], suspects: Sequence[Key]
) -> Sorted:
    """Sort `rows` by what is stored under the keys of `suspects` and by each other.

    Parameters
    ----------
    suspects : sequence of keys
        Identities that may be stored already; all others are known to be new.
    """
    known = dict(_stored(connection, identity, suspects)) if suspects else {}
    fresh: list[Row] = []
    conflicts: list[tuple[Row, Key]] = []
    duplicates = 0
    key_of, content_of = identity.key_of, identity.content_of
    for row in rows:
        key, content = key_of(row), content_of(row)
        stored = known.setdefault(key, content)
        if stored is content:
            fresh.append(row)
        elif _same(stored, content):
            duplicates += 1
        else:
            conflicts.append((row, stored))
    _keep_aside(connection, identity, conflicts)
    return Sorted(fresh, duplicates, conflicts)


def insert_many(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert `rows`, all with the same columns, handing them straight to the driver."""
    if not rows:
        return
    compiled = table.insert().compile(dialect=connection.dialect, column_keys=list(rows[0]))
    order = getattr(compiled, "positiontup", None)
    given: list[Any] = list(map(itemgetter(*order), rows)) if order else list(rows)
    connection.exec_driver_sql(str(compiled), given)


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


def _keep_aside(
    connection: sa.Connection, identity: Identity, conflicts: Sequence[tuple[Row, Key]]
) -> None:
    at = now_us()
    for row, stored in conflicts:
        values = {
            "kind": identity.table.name,
            "identity": json.dumps(dict(zip(identity.key, identity.key_of(row), strict=True))),
            "stored": json.dumps(dict(zip(identity.content, stored, strict=True))),
            "received": json.dumps(row, sort_keys=True),
            "at": at,
        }
        table = schema.conflicts
        same = [table.c[name] == values[name] for name in ("kind", "identity", "received")]
        if connection.execute(sa.select(table.c.conflict_id).where(*same)).first() is None:
            connection.execute(table.insert(), values)
