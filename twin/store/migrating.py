"""From the schema that is there to the one that this program knows: backed up first, then whole.

The transaction is begun before the backup, so of several processes that open an older store one
migrates and the others wait, and find nothing left to do. Killed at any moment, the store is as it
was, or migrated.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn

from process_models.errors import StoreError
from twin.store import hourly, schema
from twin.store.times import now_us

if TYPE_CHECKING:
    from twin.store.database import Database

__all__ = ["migrate", "stored_version"]

_TRUNCATE_REFUSED = 4


def stored_version(connection: sa.Connection) -> int:
    """Version of the schema in the database; 0 when there is none yet.

    Raises
    ------
    StoreError
        When it is newer than this program, or unreadable.
    """
    if not sa.inspect(connection).has_table("schema_version"):
        return 0
    found = connection.execute(sa.select(sa.func.max(schema.schema_version.c.version))).scalar()
    if found is None or found > schema.SCHEMA_VERSION:
        raise StoreError(
            f"store has schema version {found}, this program knows up to "
            f"{schema.SCHEMA_VERSION}: use the newer program that wrote it"
        )
    return int(found)


def migrate(database: Database, connection: sa.Connection, home: Path) -> None:
    """Bring the schema up to date inside the writing transaction of `connection`.

    Parameters
    ----------
    home : Path
        Where the backup of an older store goes, below `backups`.
    """
    found = stored_version(connection)
    if found == schema.SCHEMA_VERSION:  # another process was first
        return
    if found == 0:
        schema.metadata.create_all(connection, checkfirst=False)
    else:
        _back_up(database, home, found)
        for version in range(found + 1, schema.SCHEMA_VERSION + 1):
            _add(connection, version)
        for index in schema.events.indexes:
            index.create(connection, checkfirst=True)
        if found < _TRUNCATE_REFUSED and connection.dialect.name == "postgresql":
            for name in schema.APPEND_ONLY:
                connection.execute(schema.refuse_truncate(name))
        if "hourly" in _tables_since(found):
            hourly.fill(connection)
    row = {"version": schema.SCHEMA_VERSION, "applied_at": now_us()}
    connection.execute(schema.schema_version.insert(), row)


def _back_up(database: Database, home: Path, found: int) -> None:
    from twin.store.backup import back_up

    back_up(database, home, reason=f"before schema {found} becomes {schema.SCHEMA_VERSION}")


def _add(connection: sa.Connection, version: int) -> None:
    """What came with `version`: tables, and columns with a default for the rows that are there."""
    for name in schema.ADDED.get(version, ()):
        schema.metadata.tables[name].create(connection)
    for name, columns in schema.ADDED_COLUMNS.get(version, {}).items():
        for column in columns:
            made = CreateColumn(schema.metadata.tables[name].c[column])
            declared = made.compile(dialect=connection.dialect)
            connection.execute(sa.text(f"ALTER TABLE {name} ADD COLUMN {declared}"))


def _tables_since(found: int) -> set[str]:
    return {name for version, names in schema.ADDED.items() if version > found for name in names}
