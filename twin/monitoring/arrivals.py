"""Waiting until something is stored, by this process or another."""

from __future__ import annotations

import threading
import time

import sqlalchemy as sa

from twin.store import Store, schema

__all__ = ["Arrivals"]

SQLITE_POLL_S = 0.01
POLL_S = 0.05


class Arrivals:
    """Tells when measurements or events may have come.

    SQLite is asked for its `data_version`, which costs microseconds and changes with every commit
    of any other connection; another database for its newest measurement.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._mark: object = None
        self._connection: sa.PoolProxiedConnection | None = None

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def wait(self, timeout_s: float, stop: threading.Event | None = None) -> bool:
        """Until something was committed, `stop` is set or `timeout_s` is over."""
        until = time.monotonic() + timeout_s
        pause = SQLITE_POLL_S if self._store.database.is_sqlite else POLL_S
        while not self._moved():
            left = until - time.monotonic()
            if left <= 0 or (stop is not None and stop.is_set()):
                return False
            time.sleep(min(pause, left))
        return True

    def _moved(self) -> bool:
        mark = self._version() if self._store.database.is_sqlite else self._newest()
        moved, self._mark = mark != self._mark, mark
        return moved

    def _version(self) -> object:
        if self._connection is None:  # outside of every transaction, or it would see no change
            self._connection = self._store.database.engine.raw_connection()
        cursor = self._connection.cursor()
        try:
            return cursor.execute("PRAGMA data_version").fetchone()[0]
        finally:
            cursor.close()

    def _newest(self) -> object:
        with self._store.database.reading() as connection:
            table = schema.measurements.c.measurement_id
            return connection.execute(sa.select(sa.func.max(table))).scalar()
