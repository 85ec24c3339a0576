"""The rows of a database as files and back: a copy of SQLite, or one Parquet file a table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from process_models.errors import StoreError
from twin.store import schema
from twin.store.durable import sync_file

if TYPE_CHECKING:
    import pyarrow as pa

    from twin.store.database import Database

__all__ = ["copy_sqlite", "read_rows", "stored_tables", "write_tables"]

SQLITE_FILE = "lacss.db"
_BATCH = 20_000
_SYNCED = "PRAGMA synchronous=FULL"


def stored_tables(connection: sa.Connection) -> list[str]:
    """Our tables which the database has, parents before children."""
    there = set(sa.inspect(connection).get_table_names())
    return [table.name for table in schema.metadata.sorted_tables if table.name in there]


def copy_sqlite(database: Database, target: Path) -> None:
    """Copy a file of SQLite while others read and write it, by its online backup.

    Raises
    ------
    StoreError
        When the copy fails its integrity check: then the store itself is damaged.
    """
    source = str(database.engine.url.database)
    try:
        with closing(sqlite3.connect(source)) as stored, closing(sqlite3.connect(target)) as copy:
            copy.execute(_SYNCED)
            stored.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, readable from read-only media
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(f"store {source} cannot be backed up: {error}") from error
    if found != "ok":
        raise StoreError(f"store {source} is damaged: {' '.join(str(found).split())[:200]}")
    sync_file(target)


def write_tables(database: Database, folder: Path) -> dict[str, int]:
    """Write every table as Parquet, in one consistent view; how many rows each has."""
    level = "SERIALIZABLE" if database.is_sqlite else "REPEATABLE READ"
    folder.mkdir()
    with database.engine.connect().execution_options(isolation_level=level) as connection:
        return {
            name: _write_table(connection, name, folder / f"{name}.parquet")
            for name in stored_tables(connection)
        }


def _write_table(connection: sa.Connection, name: str, path: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    fields = pa.schema([(column.name, _arrow_type(column)) for column in table.columns])
    query = sa.select(table).order_by(*table.primary_key.columns)
    options = {"stream_results": True, "yield_per": _BATCH}
    written = 0
    with pq.ParquetWriter(path, fields, compression="zstd", write_page_checksum=True) as writer:
        for rows in connection.execute(query, execution_options=options).partitions():
            columns = [pa.array(part, type=kind) for part, kind in zip(
                zip(*rows, strict=True), fields.types, strict=True)]  # fmt: skip
            writer.write_table(pa.table(columns, schema=fields))
            written += len(rows)
    sync_file(path)
    return written


def _arrow_type(column: sa.Column[Any]) -> pa.DataType:
    import pyarrow as pa

    if isinstance(column.type, sa.Integer):
        return pa.int64()
    return pa.float64() if isinstance(column.type, sa.Float) else pa.string()


def read_rows(folder: Path, name: str) -> Iterator[list[dict[str, Any]]]:
    """The rows of one table of the backup in `folder`, some thousands at a time."""
    file = folder / SQLITE_FILE
    return _of_sqlite(file, name) if file.is_file() else _of_parquet(folder, name)


def _of_sqlite(file: Path, name: str) -> Iterator[list[dict[str, Any]]]:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
        found = copy.execute(f"SELECT * FROM {name} ORDER BY rowid")
        names = [column[0] for column in found.description]
        while rows := found.fetchmany(_BATCH):
            yield [dict(zip(names, row, strict=True)) for row in rows]


def _of_parquet(folder: Path, name: str) -> Iterator[list[dict[str, Any]]]:
    import pyarrow.parquet as pq

    path = folder / "tables" / f"{name}.parquet"
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for batch in file.iter_batches(batch_size=_BATCH):
            yield batch.to_pylist()
