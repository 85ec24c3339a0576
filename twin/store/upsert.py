"""Insert a row or change the one that is there, in one statement of either database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

__all__ = ["upsert"]


def upsert(
    connection: sa.Connection, table: sa.Table, key: Sequence[str], row: Mapping[str, Any]
) -> None:
    """Store `row` in `table`; the row with the same `key` gets its other values.

    Parameters
    ----------
    key : sequence of str
        Columns of the primary key or of a unique constraint.
    """
    others = [name for name in row if name not in key]
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    made = make(table).values(**row)
    connection.execute(
        made.on_conflict_do_update(
            index_elements=list(key), set_={name: made.excluded[name] for name in others}
        )
    )
