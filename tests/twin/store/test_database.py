from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from process_models.errors import StoreError
from twin.settings import Settings
from twin.store import Store, schema, sqlite_warning
from twin.store.database import Database


def pragma(store: Store, name: str) -> Any:
    with store.database.reading() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_every_connection_is_durable(store: Store) -> None:
    assert pragma(store, "journal_mode") == "wal"
    assert pragma(store, "synchronous") == 2
    assert pragma(store, "foreign_keys") == 1
    assert pragma(store, "busy_timeout") == 30000


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
    store: Store, settings: Settings, measured: Callable[..., Any], column: str, value: object
) -> None:
    store.add_measurements([measured()])
    raw = sqlite3.connect(settings.home / "lacss.db")
    raw.execute("PRAGMA foreign_keys=ON")
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(f"UPDATE measurements SET {column} = ?", (value,))
    raw.close()


def test_a_newer_schema_is_refused(settings: Settings) -> None:
    Store.open(settings).close()
    raw = sqlite3.connect(settings.home / "lacss.db")
    raw.execute("UPDATE schema_version SET version = 999")
    raw.commit()
    raw.close()
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
        pytest.raises(StoreError, match="store cannot be read: no such table"),
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
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_append_only_tables_have_their_triggers(store: Store, table: str, verb: str) -> None:
    with store.database.reading() as connection:
        names = connection.execute(
            sa.text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name=:t"),
            {"t": table},
        ).scalars()
        assert f"{table}_no_{verb.lower()}" in set(names)


def older(settings: Settings) -> None:
    """Make the store look as the first version of the program left it."""
    Store.open(settings).close()
    raw = sqlite3.connect(settings.home / "lacss.db")
    for version in range(2, schema.SCHEMA_VERSION + 1):
        for name in schema.ADDED[version]:
            raw.execute(f"DROP TABLE {name}")
        for name, columns in schema.ADDED_COLUMNS.get(version, {}).items():
            for column in columns:
                raw.execute(f"ALTER TABLE {name} DROP COLUMN {column}")
    raw.execute("UPDATE schema_version SET version = 1")
    raw.commit()
    raw.close()


def test_an_older_store_gets_the_tables_that_it_lacks(
    settings: Settings, measured: Callable[..., Any]
) -> None:
    older(settings)
    with Store.open(settings) as store:
        assert store.add_measurements([measured()]).accepted == 1
        with store.database.reading() as connection:
            tables = sa.inspect(connection).get_table_names()
            versions = connection.execute(sa.select(schema.schema_version.c.version)).scalars()
            assert sorted(versions) == [1, schema.SCHEMA_VERSION]
            triggers = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).scalars()
            assert {"point_notes_no_update", "point_notes_no_delete"} <= set(triggers)
    assert set(schema.metadata.tables) <= set(tables)


def test_what_an_older_store_held_is_kept(
    settings: Settings, measured: Callable[..., Any]
) -> None:
    with Store.open(settings) as store:
        store.add_measurements([measured()])
    older(settings)
    for _ in range(2):
        with Store.open(settings) as store:
            assert store.counts()["measurements"] == 1


def test_every_table_that_was_added_has_its_version() -> None:
    added = [name for names in schema.ADDED.values() for name in names]
    assert set(added) <= set(schema.metadata.tables)
    assert max(schema.ADDED) == schema.SCHEMA_VERSION
