"""Waiting until something is stored: at once in this process, within 50 ms in another."""

from __future__ import annotations

import threading
import time
from typing import Any

import sqlalchemy as sa

from twin.store import Store, schema

__all__ = ["Arrivals"]

POLL_S = 0.05


class Arrivals:
    """Tells when measurements or events may have come.

    A commit of this process sets a flag; other processes are noticed by SQLite's `data_version`, or
    by the newest number on another database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._flag = threading.Event()
        self._mark: object = None
        self._connection: sa.Connection | None = None
        sa.event.listen(store.database.engine, "commit", self._committed)

    def close(self) -> None:
        """Stop listening."""
        sa.event.remove(self._store.database.engine, "commit", self._committed)
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def wait(self, timeout_s: float, stop: threading.Event | None = None) -> bool:
        """Until something was committed, `stop` is set or `timeout_s` is over."""
        until = time.monotonic() + timeout_s
        while True:
            if self._flag.wait(max(0.0, min(POLL_S, until - time.monotonic()))):
                self._flag.clear()
                self._moved()
                return True
            if self._moved():
                return True
            if time.monotonic() >= until or (stop is not None and stop.is_set()):
                return False

    def _committed(self, connection: Any) -> None:
        if connection.get_execution_options().get("lacss_write", False):
            self._flag.set()

    def _moved(self) -> bool:
        mark = self._version() if self._store.database.is_sqlite else self._newest()
        moved, self._mark = mark != self._mark, mark
        return moved

    def _version(self) -> object:
        if self._connection is None:
            engine = self._store.database.engine
            self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        return self._connection.exec_driver_sql("PRAGMA data_version").scalar()

    def _newest(self) -> object:
        with self._store.database.reading() as connection:
            table = schema.measurements.c.measurement_id
            return connection.execute(sa.select(sa.func.max(table))).scalar()

