"""Filling a database from a backup, in one transaction, whatever it held before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from process_models.errors import StoreError
from twin.store import schema
from twin.store.backup.manifest import Manifest
from twin.store.backup.table_files import read_rows, stored_tables
from twin.store.database import Database
from twin.store.engines import BUSY_TIMEOUT_S
from twin.store.identity import insert_many

__all__ = ["fill", "is_empty", "replace_sqlite"]

_NOT_COUNTED = {"schema_version", "heartbeats"}
_PASSING = ("sessions", "heartbeats")  # who was signed in and alive then is nobody now


def is_empty(database: Database) -> bool:
    """Whether no table holds anything that somebody could miss."""
    with database.reading() as connection:
        return not any(
            connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
            for name in stored_tables(connection)
            if (table := schema.metadata.tables[name]) is not None and name not in _NOT_COUNTED
        )


def replace_sqlite(database: Database, file: Path) -> None:
    """Copy a file of SQLite over the database, as one change that others see whole.

    Raises
    ------
    StoreError
        When another process keeps it busy.
    """
    target = str(database.engine.url.database)
    database.close()
    try:
        with (
            closing(sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True)) as copy,
            closing(sqlite3.connect(target, timeout=BUSY_TIMEOUT_S)) as stored,
        ):
            stored.execute("PRAGMA synchronous=FULL")
            copy.backup(stored)
            stored.execute("PRAGMA journal_mode=WAL")
            there = {row[0] for row in stored.execute("SELECT name FROM sqlite_master")}
            for name in there.intersection(_PASSING):
                stored.execute(f"DELETE FROM {name}")
            stored.commit()
    except sqlite3.Error as error:
        raise StoreError(f"store {target} cannot be replaced: {error}") from error


def fill(database: Database, backup: Path, manifest: Manifest) -> None:
    """Put the rows of every table of the backup into `database`, with the schema they had.

    Raises
    ------
    StoreError
        When a table of the backup has not the rows that its manifest tells.
    """
    with database.writing() as connection:
        connection.execute(sa.text("DROP VIEW IF EXISTS genealogy"))
        schema.metadata.drop_all(connection)
        schema.metadata.create_all(connection, checkfirst=False)
        _undo_newer(connection, manifest.schema_version)
        for table in schema.metadata.sorted_tables:
            if table.name in manifest.tables:
                _fill_table(connection, table, backup, manifest.tables[table.name])
        for name in _PASSING:
            if name in manifest.tables:
                connection.execute(schema.metadata.tables[name].delete())


def _undo_newer(connection: sa.Connection, version: int) -> None:
    """Leave the tables as `version` knew them; the next opening brings them up to date."""
    for newer in range(schema.SCHEMA_VERSION, version, -1):
        for name, columns in schema.ADDED_COLUMNS.get(newer, {}).items():
            for column in columns:
                connection.execute(sa.text(f"ALTER TABLE {name} DROP COLUMN {column}"))
        for name in reversed(schema.ADDED.get(newer, ())):
            schema.metadata.tables[name].drop(connection)


def _fill_table(connection: sa.Connection, table: sa.Table, backup: Path, expected: int) -> None:
    filled = 0
    for rows in read_rows(backup, table.name):
        insert_many(connection, table, rows)
        filled += len(rows)
    if filled != expected:
        raise StoreError(
            f"backup {backup.name}: table {table.name} has {filled} rows, its manifest {expected}"
        )
    (key, *others) = table.primary_key.columns or [None]
    if connection.dialect.name == "postgresql" and filled and key is not None and not others:
        owned = connection.execute(
            sa.text("SELECT pg_get_serial_sequence(:name, :key)"),
            {"name": table.name, "key": key.name},
        ).scalar()
        if owned:
            newest = sa.select(sa.func.setval(owned, sa.select(sa.func.max(key)).scalar_subquery()))
            connection.execute(newest)
