"""The connection to the database: durable, shared between processes, refusing what is newer.

SQLite runs in WAL mode with synchronous=FULL, so a commit that returned survives a loss of power;
writers begin IMMEDIATE and wait for each other. Another database is named by its URL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateColumn

from process_models.errors import LacssError, StoreError
from twin.store import schema
from twin.store.times import now_us

__all__ = ["Database", "sqlite_warning"]

BUSY_TIMEOUT_S = 30.0
SAFE_SQLITE = (3, 51, 3)


def sqlite_warning(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> str | None:
    """What to say about this SQLite, or None when it is recent enough.

    >>> sqlite_warning((3, 51, 3)) is None
    True
    """
    if version >= SAFE_SQLITE:
        return None
    return (
        f"SQLite {'.'.join(map(str, version))} is older than 3.51.3 and has a WAL fault that can "
        "damage a database with several connections: update it, or name PostgreSQL by "
        "LACSS_DATABASE"
    )


class Database:
    """One engine with its pragmas, and the two ways to use it: `reading` and `writing`.

    Parameters
    ----------
    url : str
        SQLAlchemy URL.

    Raises
    ------
    StoreError
        When it cannot be opened, or its schema is newer than this version knows.
    """

    def __init__(self, url: str) -> None:
        try:
            self.engine = _engine(url)
            if self._stored_version() < schema.SCHEMA_VERSION:
                with self.writing() as connection:
                    _bring_up_to_date(connection)
        except (SQLAlchemyError, ImportError, OSError, StoreError) as error:
            if isinstance(error, StoreError) and not isinstance(error.__cause__, SQLAlchemyError):
                raise
            raise StoreError(f"store {_hidden(url)} cannot be opened: {_short(error)}") from error

    @property
    def is_sqlite(self) -> bool:
        """True for SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection with one consistent view, never waiting for the writer."""
        with _told("read"), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction; when the block ends without error it is committed and durable."""
        options = {"lacss_write": True}
        with (
            _told("written"),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection

    def _stored_version(self) -> int:
        with self.reading() as connection:
            return _version(connection)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except LacssError:
        raise
    except SQLAlchemyError as error:
        raise StoreError(f"store cannot be {what}: {_short(error)}") from error


def _engine(url: str) -> sa.Engine:
    engine = sa.create_engine(
        url, connect_args={"timeout": BUSY_TIMEOUT_S} if url.startswith("sqlite") else {}
    )
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_pragmas)
        sa.event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("lacss_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _version(connection: sa.Connection) -> int:
    """Version of the schema in the database; 0 when there is none yet."""
    if not sa.inspect(connection).has_table("schema_version"):
        return 0
    found = connection.execute(sa.select(sa.func.max(schema.schema_version.c.version))).scalar()
    if found is None or found > schema.SCHEMA_VERSION:
        raise StoreError(
            f"store has schema version {found}, this program knows up to "
            f"{schema.SCHEMA_VERSION}: use the newer program that wrote it"
        )
    return int(found)


def _bring_up_to_date(connection: sa.Connection) -> None:
    found = _version(connection)
    if found == schema.SCHEMA_VERSION:  # another process was first
        return
    if found == 0:
        schema.metadata.create_all(connection, checkfirst=False)
    for version in range(found + 1, schema.SCHEMA_VERSION + 1):
        if found:
            _add(connection, version)
    row = {"version": schema.SCHEMA_VERSION, "applied_at": now_us()}
    connection.execute(schema.schema_version.insert(), row)


def _add(connection: sa.Connection, version: int) -> None:
    """What came with `version`: tables, and columns with a default for the rows that are there."""
    for name in schema.ADDED.get(version, ()):
        schema.metadata.tables[name].create(connection)
    for name, columns in schema.ADDED_COLUMNS.get(version, {}).items():
        for column in columns:
            made = CreateColumn(schema.metadata.tables[name].c[column])
            declared = made.compile(dialect=connection.dialect)
            connection.execute(sa.text(f"ALTER TABLE {name} ADD COLUMN {declared}"))


def _hidden(url: str) -> str:
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "named by LACSS_DATABASE"


def _short(error: BaseException) -> str:
    inner = error.__cause__ if isinstance(error, StoreError) and error.__cause__ else error
    cause = getattr(inner, "orig", None) or inner
    return " ".join(str(cause).split())[:200]
