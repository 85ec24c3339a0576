from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from process_models.errors import StoreError
from twin.settings import Settings
from twin.store import Store, schema, sqlite_warning
from twin.store.database import Database

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def raw(store: Store, *statements: str) -> None:
    """Change the database behind the program's back."""
    with store.database.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def pragma(store: Store, name: str) -> Any:
    with store.database.reading() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


@SQLITE
def test_every_connection_is_durable(store: Store) -> None:
    assert pragma(store, "journal_mode") == "wal"
    assert pragma(store, "synchronous") == 2
    assert pragma(store, "foreign_keys") == 1
    assert pragma(store, "busy_timeout") == 30000


@POSTGRES
def test_every_commit_in_postgresql_is_on_the_disk(store: Store) -> None:
    with store.database.reading() as connection:
        for name in ("synchronous_commit", "fsync"):
            assert connection.exec_driver_sql(f"SHOW {name}").scalar() == "on"
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == (
            "repeatable read"
        )


@SQLITE
def test_tables_are_strict(store: Store) -> None:
    with store.database.reading() as connection:
        tables = connection.exec_driver_sql("PRAGMA table_list").all()
    ours = {row[1]: row[5] for row in tables if row[1] in schema.metadata.tables}
    assert set(ours) == set(schema.metadata.tables)
    assert set(ours.values()) == {1}


@pytest.mark.parametrize(
    ("column", "value"),
    [("quality", "splendid"), ("censoring", "left"), ("provenance", "guessed"), ("lot_id", ""),
     ("value", "sixty"), ("series_id", 99)],
)  # fmt: skip
def test_the_database_itself_refuses(
    store: Store, measured: Callable[..., Any], column: str, value: object
) -> None:
    store.add_measurements([measured()])
    with pytest.raises(DBAPIError):
        raw(store, f"UPDATE measurements SET {column} = {value!r}")


def test_a_newer_schema_is_refused(settings: Settings) -> None:
    with Store.open(settings) as store:
        raw(store, "UPDATE schema_version SET version = 999")
    with pytest.raises(StoreError, match="schema version 999, this program knows up to"):
        Store.open(settings)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lacss.db"
    path.write_text("this is a letter, and not a database at all, " * 50)
    with pytest.raises(StoreError, match="cannot be opened: file is not a database"):
        Database(f"sqlite:///{path}")


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////no/such/folder/x.db"])
def test_a_url_that_leads_nowhere_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Database(url)


def test_a_password_is_not_told() -> None:
    with pytest.raises(StoreError) as refused:
        Database("sqlite://ana:secret@host/x")
    assert "secret" not in str(refused.value)


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    row = {"version": 7, "applied_at": 0}

    def write_and_fail() -> None:
        with store.database.writing() as connection:
            connection.execute(schema.schema_version.insert(), row)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with store.database.reading() as connection:
        found = connection.execute(sa.select(schema.schema_version.c.version)).scalars().all()
    assert found == [schema.SCHEMA_VERSION]


def test_an_error_of_the_database_is_ours(store: Store) -> None:
    with (
        pytest.raises(StoreError, match=r"store cannot be read: .*(no such table|not exist)"),
        store.database.reading() as connection,
    ):
        connection.execute(sa.text("SELECT * FROM nowhere"))


def test_writers_wait_for_each_other(
    store: Store, settings: Settings, measured: Callable[..., Any]
) -> None:
    other = Store.open(settings)

    def write(target: Store, source: str) -> None:
        for number in range(20):
            target.add_measurements([measured(number, source=source)])

    threads = [
        threading.Thread(target=write, args=(target, f"{source}"))
        for source, target in enumerate((store, store, other))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert other.counts()["measurements"] == 60
    other.close()


def test_an_old_sqlite_is_told() -> None:
    assert "3.40.1 is older than 3.51.3" in str(sqlite_warning((3, 40, 1)))
    assert sqlite_warning((3, 51, 3)) is None
    assert sqlite_warning((4, 0, 0)) is None


@pytest.mark.parametrize("table", schema.APPEND_ONLY)
def test_append_only_tables_have_their_triggers(store: Store, table: str) -> None:
    assert set(triggers(store)) >= {f"{table}_no_update", f"{table}_no_delete"}


def triggers(store: Store) -> list[str]:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger",
    }[store.database.engine.dialect.name]
    with store.database.reading() as connection:
        return list(connection.exec_driver_sql(query).scalars())
