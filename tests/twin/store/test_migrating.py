from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from process_models.errors import StoreError
from twin.settings import Settings
from twin.store import Store, migrating, schema
from twin.store.backup import verify_backup

Made = Callable[..., Any]


def make_older(settings: Settings, version: int = 1) -> None:
    """Make the store look as an earlier version of the program left it."""
    with Store.open(settings) as store, store.database.engine.begin() as connection:
        for later in range(schema.SCHEMA_VERSION, version, -1):
            for name in reversed(schema.ADDED[later]):
                connection.exec_driver_sql(f"DROP TABLE {name}")
            for name, columns in schema.ADDED_COLUMNS.get(later, {}).items():
                for column in columns:
                    connection.exec_driver_sql(f"ALTER TABLE {name} DROP COLUMN {column}")
        connection.exec_driver_sql(f"UPDATE schema_version SET version = {version}")


def versions(settings: Settings) -> list[int]:
    """Straight from the database, without migrating it."""
    engine = sa.create_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT version FROM schema_version ORDER BY 1")
            return [row[0] for row in found]
    finally:
        engine.dispose()


def backups(settings: Settings) -> list[Path]:
    return sorted((settings.home / "backups").glob("lacss-*"))


@pytest.mark.parametrize("version", range(1, schema.SCHEMA_VERSION))
def test_an_older_store_gets_what_it_lacks(
    settings: Settings, measured: Made, version: int
) -> None:
    make_older(settings, version)
    with Store.open(settings) as store:
        assert store.add_measurements([measured()]).accepted == 1
        with store.database.reading() as connection:
            tables = sa.inspect(connection).get_table_names()
            columns = {row["name"] for row in sa.inspect(connection).get_columns("alerts")}
    assert versions(settings) == [version, schema.SCHEMA_VERSION]
    assert set(schema.metadata.tables) <= set(tables)
    assert columns == set(schema.alerts.c.keys())


def test_what_an_older_store_held_is_kept_and_backed_up(settings: Settings, measured: Made) -> None:
    with Store.open(settings) as store:
        store.add_measurements([measured(), measured(61, value=62.0)])
    make_older(settings)
    for _ in range(2):
        with Store.open(settings) as store:
            assert store.counts()["measurements"] == 2
    (backup,) = backups(settings)
    manifest = verify_backup(backup)
    assert manifest.schema_version == 1
    assert manifest.tables["measurements"] == 2
    assert manifest.reason == f"before schema 1 becomes {schema.SCHEMA_VERSION}"


def test_a_new_store_needs_no_backup(settings: Settings) -> None:
    Store.open(settings).close()
    assert backups(settings) == []


def test_without_a_backup_nothing_is_migrated(settings: Settings) -> None:
    make_older(settings)
    (settings.home / "backups").write_text("a file is in the way")
    with pytest.raises(StoreError, match=r"backup in .* cannot be written"):
        Store.open(settings)
    assert versions(settings) == [1]


def test_a_migration_that_fails_leaves_the_old_version(
    settings: Settings, measured: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_older(settings)
    added: list[int] = []

    def fail(connection: sa.Connection, version: int) -> None:
        added.append(version)
        if version == schema.SCHEMA_VERSION:
            raise StoreError("the power went")
        usual(connection, version)

    usual = migrating._add
    monkeypatch.setattr(migrating, "_add", fail)
    with pytest.raises(StoreError, match="the power went"):
        Store.open(settings)
    assert added == list(range(2, schema.SCHEMA_VERSION + 1))
    assert versions(settings) == [1]
    monkeypatch.undo()
    with Store.open(settings) as store:
        assert store.add_measurements([measured()]).accepted == 1
    assert versions(settings) == [1, schema.SCHEMA_VERSION]


def test_the_hours_of_an_older_store_are_made_up_for(settings: Settings, measured: Made) -> None:
    with Store.open(settings) as store:
        store.add_measurements([measured(m, value=float(m)) for m in (0, 10, 59, 60)])
        with store.database.reading() as connection:
            kept = connection.execute(sa.select(schema.hourly)).all()
    make_older(settings, 3)
    with Store.open(settings) as store, store.database.reading() as connection:
        found = connection.execute(sa.select(schema.hourly)).all()
    assert [tuple(row) for row in found] == [pytest.approx(tuple(row)) for row in kept]
    assert [row.n for row in kept] == [3, 1]


OPEN = """
import sys, time
from pathlib import Path
from twin.settings import Settings
from twin.store import Store, migrating
step, usual = float(sys.argv[3]), migrating._add
def slowly(connection, version):
    print(version, flush=True)
    time.sleep(step)
    usual(connection, version)
migrating._add = slowly
Store.open(Settings(Path(sys.argv[1]), sys.argv[2])).close()
"""


def opening(settings: Settings, step_s: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", OPEN, str(settings.home), settings.database_url, str(step_s)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def test_a_kill_in_the_middle_leaves_the_old_version_usable(
    settings: Settings, measured: Made
) -> None:
    with Store.open(settings) as store:
        store.add_measurements([measured()])
    make_older(settings)
    child = opening(settings, step_s=30)
    assert child.stdout is not None
    child.stdout.readline()
    child.kill()
    child.wait()
    child.stdout.close()
    assert versions(settings) == [1]
    with Store.open(settings) as store:
        assert store.add_measurements([measured(), measured(1)]).duplicates == 1
    assert versions(settings) == [1, schema.SCHEMA_VERSION]


def test_two_programs_that_migrate_at_once_do_it_once(settings: Settings) -> None:
    make_older(settings)
    children = [opening(settings, step_s=0.3) for _ in range(3)]
    told = [child.communicate(timeout=100)[0].split() for child in children]
    assert [child.returncode for child in children] == [0, 0, 0]
    worked = [lines for lines in told if lines]
    assert len(worked) == 1, "only one of them migrates"
    assert versions(settings) == [1, schema.SCHEMA_VERSION]
    assert len(backups(settings)) == 1


def test_every_table_that_was_added_has_its_version() -> None:
    added = [name for names in schema.ADDED.values() for name in names]
    assert set(added) <= set(schema.metadata.tables)
    assert max(schema.ADDED) == schema.SCHEMA_VERSION
