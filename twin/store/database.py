"""The connection to the database: durable, shared between processes, refusing what is newer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from process_models.errors import LacssError, StoreError
from twin.store import engines, migrating, schema
from twin.store.engines import sqlite_warning

__all__ = ["Database", "sqlite_warning"]


class Database:
    """One engine, and the ways to use it: `reading`, `writing` and `ingesting`.

    Parameters
    ----------
    url : str
        SQLAlchemy URL.
    home : Path, optional
        Where the archive is, and an older store is backed up before it is migrated; default: beside
        the database.

    Raises
    ------
    StoreError
        When it cannot be opened, or its schema is newer than this version knows.
    """

    def __init__(self, url: str, home: Path | None = None) -> None:
        try:
            self.engine = engines.make_engine(url)
            self.home = home or self._folder()
            self._open()
        except (SQLAlchemyError, ImportError, OSError, StoreError) as error:
            if isinstance(error, StoreError) and not isinstance(error.__cause__, SQLAlchemyError):
                raise
            raise StoreError(f"store {_hidden(url)} cannot be opened: {_short(error)}") from error

    def _open(self) -> None:
        try:
            if self._stored_version() < schema.SCHEMA_VERSION:
                with self.writing() as connection:
                    migrating.migrate(self, connection, self.home)
        except BaseException:
            self.engine.dispose()
            raise

    @property
    def is_sqlite(self) -> bool:
        """True for SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection with one consistent view, never waiting for the writer."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with (
            _told("read"),
            self.engine.connect().execution_options(**options) as connection,
        ):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction, beside which nobody decides anything.

        When the block ends without error it is committed and durable.
        """
        with self._transaction() as connection:
            engines.lock(connection, engines.WRITERS)
            yield connection

    @contextmanager
    def ingesting(self) -> Iterator[sa.Connection]:
        """One transaction for measurements and events only.

        In PostgreSQL it does not wait for those who decide, nor they for it.
        """
        with self._transaction() as connection:
            engines.lock(connection, engines.INGEST)
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        options = {"isolation_level": "READ COMMITTED"} if not self.is_sqlite else {}
        known = {"lacss_write": True, "lacss_home": self.home, **options}
        with (
            _told("written"),
            self.engine.connect().execution_options(**known) as connection,
            connection.begin(),
        ):
            yield connection

    def _stored_version(self) -> int:
        with self.reading() as connection:
            return migrating.stored_version(connection)

    def _folder(self) -> Path:
        name = self.engine.url.database if self.is_sqlite else None
        return Path(name).absolute().parent if name and name != ":memory:" else Path.cwd()

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


def _hidden(url: str) -> str:
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "named by LACSS_DATABASE"


def _short(error: BaseException) -> str:
    inner = error.__cause__ if isinstance(error, StoreError) and error.__cause__ else error
    cause = getattr(inner, "orig", None) or inner
    return " ".join(str(cause).split())[:200]
