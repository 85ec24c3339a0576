"""What only a server does: it restarts, crashes, is away, and has several writers at once."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from process_models.errors import StoreError
from tests.postgres_cluster import PostgresCluster
from twin.monitoring.audit import AuditLog
from twin.settings import Settings
from twin.store import Receipt, Store, engines, schema
from twin.store.writer import Writer, WriterLimits

DATABASES = ("postgresql",)
Made = Callable[..., Any]
QUICK = WriterLimits(batch_rows=1, age_s=0.0, first_pause_s=0.05, longest_pause_s=0.2)


def test_a_server_that_was_restarted_is_found_again(
    store: Store, measured: Made, postgres_cluster: PostgresCluster
) -> None:
    store.add_measurements([measured()])
    postgres_cluster.stop()
    with pytest.raises(StoreError, match="store cannot be written"):
        store.add_measurements([measured(1)])
    with pytest.raises(StoreError, match="store cannot be read"):
        store.counts()
    postgres_cluster.start()
    assert store.add_measurements([measured(), measured(1)]) == Receipt(1, duplicates=1)


def test_a_server_that_crashed_has_all_that_was_acknowledged(
    store: Store, measured: Made, postgres_cluster: PostgresCluster
) -> None:
    for minute in range(5):
        store.add_measurements([measured(minute)])
    postgres_cluster.stop(signal.SIGQUIT)
    postgres_cluster.start()
    assert len(store.measurements()) == 5


def test_rows_wait_in_the_writer_while_the_server_is_away(
    store: Store, measured: Made, postgres_cluster: PostgresCluster
) -> None:
    with Writer(store, QUICK) as writer:
        writer.add([measured()]).result(30)
        postgres_cluster.stop()
        waiting = [writer.add([measured(minute)]) for minute in (1, 2, 3)]
        deadline = time.monotonic() + 30
        while not writer.last_error and time.monotonic() < deadline:
            time.sleep(0.01)
        assert "cannot be written" in writer.last_error
        postgres_cluster.start()
        assert [one.result(60).accepted for one in waiting] == [1, 1, 1]
    assert len(store.measurements()) == 4


def test_measurements_do_not_wait_for_who_decides(store: Store, measured: Made) -> None:
    with store.database.writing():
        assert store.add_measurements([measured()]) == Receipt(1)


def test_who_decides_waits_for_the_others(store: Store) -> None:
    order: list[str] = []

    def decide() -> None:
        with store.database.writing():
            order.append("second")

    with store.database.writing() as connection:
        other = threading.Thread(target=decide)
        other.start()
        deadline = time.monotonic() + 30
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not connection.exec_driver_sql(waiting).scalar() and time.monotonic() < deadline:
            time.sleep(0.01)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def test_a_wait_ends_with_an_error_and_not_never(store: Store) -> None:
    def hurry() -> None:
        with store.database._transaction() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            engines.lock(connection, engines.WRITERS)

    with store.database.writing(), pytest.raises(StoreError, match="lock timeout"):
        hurry()


def test_the_audit_chain_holds_with_many_writers(store: Store, settings: Settings) -> None:
    def write(user: str) -> None:
        with Store.open(settings) as mine:
            log = AuditLog(mine)
            for number in range(10):
                with log.writing() as connection:
                    log.append(connection, user=user, action="test", subject=f"{number}")

    writers = [threading.Thread(target=write, args=(user,)) for user in "abcd"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    report = AuditLog(store).verify()
    assert (report.entries, report.problem) == (40, "")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_url_needs_no_driver_name(settings: Settings, scheme: str) -> None:
    url = settings.database_url.replace("postgresql+psycopg", scheme)
    with Store.open(Settings(settings.home, url)) as opened:
        assert opened.counts()["measurements"] == 0


def test_a_server_that_is_not_there_is_said_without_its_password(settings: Settings) -> None:
    with pytest.raises(StoreError, match=r"store postgresql.* cannot be opened") as refused:
        Store.open(Settings(settings.home, "postgresql://ana:secret@127.0.0.1:1/x"))
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("name", schema.APPEND_ONLY)
def test_no_table_that_is_only_added_to_can_be_emptied(store: Store, name: str) -> None:
    """TRUNCATE passes by every trigger of a row."""
    refused = pytest.raises(sa.exc.DBAPIError, match=f"{name} is append-only")
    with refused, store.database.engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {name} CASCADE")


def test_a_table_of_the_line_can_be_emptied(store: Store, measured: Made) -> None:
    """The control: without such a trigger TRUNCATE does what it says."""
    store.add_measurements([measured()])
    with store.database.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE measurements CASCADE")
    assert len(store.measurements()) == 0


def test_an_older_store_refuses_it_once_it_is_migrated(settings: Settings) -> None:
    with Store.open(settings) as store, store.database.engine.begin() as connection:
        for later in range(schema.SCHEMA_VERSION, 3, -1):
            for name in reversed(schema.ADDED[later]):
                connection.exec_driver_sql(f"DROP TABLE {name}")
            for name, columns in schema.ADDED_COLUMNS.get(later, {}).items():
                for column in columns:
                    connection.exec_driver_sql(f"ALTER TABLE {name} DROP COLUMN {column}")
        for name in schema.APPEND_ONLY:
            if name not in schema.ADDED[4]:
                connection.exec_driver_sql(f"DROP TRIGGER {name}_no_truncate ON {name}")
        connection.exec_driver_sql("UPDATE schema_version SET version = 3")
    refused = pytest.raises(sa.exc.DBAPIError, match="audit is append-only")
    with Store.open(settings) as store, refused, store.database.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE audit")
