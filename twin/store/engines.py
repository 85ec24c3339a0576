"""Engines of the two databases: durable, and with writers that wait for each other.

SQLite runs in WAL mode with synchronous=FULL, and a writer begins IMMEDIATE. PostgreSQL keeps its
own durability; there a writer holds an advisory lock until its transaction ends, one of two:

- WRITERS: what people and the watch decide (alerts, audit, limits, cell calls). The audit chain
  and the fingerprints of alerts need that nobody writes beside them.
- INGEST: measurements and events. Numbers of rows then rise in the order of their commits, which
  the watch relies on. Taken after WRITERS where both are needed, so nobody waits in a circle.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import sqlalchemy as sa

__all__ = ["INGEST", "WRITERS", "is_postgres", "lock", "make_engine", "sqlite_warning"]

BUSY_TIMEOUT_S = 30.0
SAFE_SQLITE = (3, 51, 3)
WRITERS, INGEST = 1, 2
_LOCKS = 0x4C41
_CONNECT_TIMEOUT_S = 10


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


def make_engine(url: str) -> sa.Engine:
    """The engine of `url`, with what durability and waiting need; nothing is opened yet."""
    parsed = sa.make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):  # as libpq has it
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "postgresql":
        return sa.create_engine(
            parsed, pool_pre_ping=True, max_overflow=20, connect_args=_postgres_options()
        )
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(parsed)
    engine = sa.create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_S})
    sa.event.listen(engine, "connect", _set_pragmas)
    sa.event.listen(engine, "begin", _begin)
    return engine


def is_postgres(connection: sa.Connection) -> bool:
    """True for a connection to PostgreSQL."""
    return connection.dialect.name == "postgresql"


def lock(connection: sa.Connection, which: int) -> None:
    """Hold one of the locks until the transaction ends; in SQLite a writer is alone already."""
    if is_postgres(connection):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCKS}, {which})")


def _postgres_options() -> dict[str, Any]:
    waits = f"{BUSY_TIMEOUT_S:.0f}s"
    settings = {"TimeZone": "UTC", "lock_timeout": waits, "synchronous_commit": "on",
                "idle_in_transaction_session_timeout": "300s"}  # fmt: skip
    return {
        "connect_timeout": _CONNECT_TIMEOUT_S,
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        "application_name": "lacss",
        "keepalives_idle": 30, "keepalives_interval": 5, "keepalives_count": 3,
    }  # fmt: skip


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("lacss_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
