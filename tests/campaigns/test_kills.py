"""SIGKILL at any moment: nothing acknowledged is missing, and a replay doubles nothing.

Ingest, alerting and acknowledgement are killed as they come; migrations are killed on copies of
an older store. Seed 17; the long form kills 800 workers and 200 migrations, half of each on
PostgreSQL.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.campaigns.kill_workload import BATCH, PLAN, batch, one_round
from tests.campaigns.killing import Killer
from twin.monitoring.alerts import AlertDesk
from twin.monitoring.audit import AuditLog
from twin.monitoring.watch import watch_once
from twin.settings import Settings
from twin.store import Store, schema
from twin.store.backup import list_backups, verify_backup

KILLS_A_LIFE = 20
OLD_ROWS = 600


class Lost(AssertionError):  # noqa: N818 - it says what happened
    """Something acknowledged is missing, or there twice."""


def told(home: Path, what: str) -> list[int]:
    path = home / "noted"
    lines = path.read_text().splitlines() if path.exists() else []
    return [int(line.split()[1]) for line in lines if line.startswith(f"{what} ")]


def sound(store: Store) -> None:
    if store.database.is_sqlite:
        with store.database.reading() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        if found != "ok":
            raise Lost(f"integrity: {found}")


def check(home: Path, url: str) -> None:
    """Everything that was noted as done is there, whole, and once."""
    with Store.open(Settings(home, url)) as store:
        sound(store)
        counts = store.measurements(columns=("sequence",))["sequence"].value_counts()
        missing = set(told(home, "stored")) - set(counts.index)
        if missing:
            raise Lost(f"batches {sorted(missing)} were acknowledged and are missing")
        if (counts != BATCH).any() or store.counts()["measurements"] != counts.sum():
            raise Lost("a batch is there in part, or the running count differs")
        desk = AlertDesk(store, PLAN)
        there = {alert.id: alert for alert in desk.list()}
        for number in told(home, "raised"):
            if number not in there:
                raise Lost(f"alert {number} was raised and is missing")
        for number in told(home, "acknowledged"):
            entries = [e for e in desk.history(number) if e.action == "acknowledge"]
            if there[number].state != "acknowledged" or len(entries) != 1:
                raise Lost(f"alert {number} was acknowledged, and is {there[number].state}")
        subjects = [e.subject for e in AuditLog(store).entries() if "acknowledge" in e.action]
        if len(subjects) != len(set(subjects)):
            raise Lost("an acknowledgement is audited twice")
        if not set(map(str, told(home, "acknowledged"))) <= {s.split()[-1] for s in subjects}:
            raise Lost("an acknowledgement is missing from the audit trail")


def replay(home: Path, url: str) -> None:
    """Send everything again, and compare with a store in which nothing was killed."""
    with Store.open(Settings(home, url)) as store:
        batches = range(store.measurements(columns=("sequence",))["sequence"].max() + 1)
        for number in batches:
            store.add_measurements(batch(number))
        watch_once(store, PLAN)
        killed = raised(store)
        if store.measurements(columns=("measured_at", "lot_id")).duplicated().any():
            raise Lost("a row is there twice after replay")
    other = home / "never-killed"
    other.mkdir()
    with Store.open(Settings(other, f"sqlite:///{other / 'lacss.db'}")) as store:
        for number in batches:
            one_round(store, number, lambda _: None)
        if (expected := raised(store)) != killed:
            raise Lost(f"alerts differ: {expected - killed} missing, {killed - expected} too many")


def raised(store: Store) -> Counter[tuple[object, ...]]:
    table = schema.alerts.c
    query = sa.select(table.fingerprint, table.first_point_at, table.last_point_at, table.count)
    with store.database.reading() as connection:
        return Counter(
            tuple(row) for row in connection.execute(query.where(table.rule == "beyond_limits"))
        )


def life(killer: Killer, home: Path, url: str, kills: int, work: str = "work") -> Counter[str]:
    """Begin and kill so many workers on one store; what each was at when it was killed."""
    home.mkdir()
    hit: Counter[str] = Counter()
    for number in range(kills):
        notes = killer.draw.randint(1, 8)
        if not killer.run(home, url, work, notes=notes, within_s=0.02):
            raise Lost("a worker ended by itself")
        begun = [x for x in (home / "noted").read_text().splitlines() if x.startswith("begin")]
        hit[begun[-1].split()[1]] += 1
        if number % 5 == 4 or number == kills - 1:
            check(home, url)
    return hit


def url_of(request: pytest.FixtureRequest, home: Path, database: str) -> str:
    if database == "sqlite":
        return f"sqlite:///{home / 'lacss.db'}"
    cluster = request.getfixturevalue("postgres_cluster")
    return str(cluster.url(cluster.create()))


@pytest.mark.soak
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_killed_workers_lose_and_double_nothing(
    request: pytest.FixtureRequest, tmp_path: Path, rounds: Callable[[int, int], int], database: str
) -> None:
    hit: Counter[str] = Counter()
    with Killer(seed=17) as killer:
        for number in range(rounds(1, 400 // KILLS_A_LIFE)):
            home = tmp_path / f"life{number}"
            url = url_of(request, home, database)
            hit += life(killer, home, url, rounds(6, KILLS_A_LIFE))
            replay(home, url)
    assert hit.total() == rounds(6, 400)
    if hit.total() > 100:
        assert min(hit[stage] for stage in ("ingest", "alerting", "acknowledgement")) > 10, hit


def test_a_worker_that_acknowledges_before_the_commit_is_caught(tmp_path: Path) -> None:
    """The control."""
    home = tmp_path / "home"
    home.mkdir()
    url = f"sqlite:///{home / 'lacss.db'}"

    def kill_until_something_is_lost(killer: Killer) -> None:
        for _ in range(20):
            killer.run(home, url, "careless", notes=1, within_s=0.0)
            check(home, url)

    with Killer(seed=17) as killer, pytest.raises(Lost, match="acknowledged and are missing"):
        kill_until_something_is_lost(killer)


def old_store(settings: Settings) -> None:
    """A store as the first version of the program left it."""
    with Store.open(settings) as store:
        for number in range(OLD_ROWS // BATCH):
            store.add_measurements(batch(number))
        with store.database.engine.begin() as connection:
            for later in range(schema.SCHEMA_VERSION, 1, -1):
                for name in reversed(schema.ADDED[later]):
                    connection.exec_driver_sql(f"DROP TABLE {name}")
                for name, columns in schema.ADDED_COLUMNS.get(later, {}).items():
                    for column in columns:
                        connection.exec_driver_sql(f"ALTER TABLE {name} DROP COLUMN {column}")
            connection.exec_driver_sql("UPDATE schema_version SET version = 1")


def check_migrated(home: Path, url: str) -> None:
    with Store.open(Settings(home, url)) as store:
        sound(store)
        if len(store.measurements()) != OLD_ROWS or store.counts()["measurements"] != OLD_ROWS:
            raise Lost("rows are missing after a migration")
        with store.database.reading() as connection:
            missing = set(schema.metadata.tables) - set(sa.inspect(connection).get_table_names())
            query = sa.select(schema.schema_version.c.version)
            versions = sorted(connection.execute(query).scalars())
        if missing or versions != [1, schema.SCHEMA_VERSION]:
            raise Lost(f"tables {sorted(missing)} are missing, versions are {versions}")
        if store.add_measurements(batch(0)).duplicates != BATCH:
            raise Lost("a replay after a migration is not recognised")
    found = list_backups(home / "backups")
    if not found:
        raise Lost("a migration made no backup")
    for one in found:
        if verify_backup(one.path).tables["measurements"] != OLD_ROWS:
            raise Lost("a backup before a migration is not whole")


@pytest.mark.soak
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_killed_migrations_leave_the_old_store_or_the_new(
    request: pytest.FixtureRequest, tmp_path: Path, rounds: Callable[[int, int], int], database: str
) -> None:
    old = tmp_path / "old"
    old.mkdir()
    template = url_of(request, old, database)
    old_store(Settings(old, template))
    killed = 0
    with Killer(seed=17) as killer:
        for number in range(rounds(4, 100)):
            home = tmp_path / f"home{number}"
            home.mkdir()
            url = copy_of(request, template, home)
            within_s = (0.25, 0.08, 0.02, 0.004)[number % 4]  # a quick machine has done it by then
            killed += killer.run(home, url, "migrate", notes=1, within_s=within_s)
            check_migrated(home, url)
    assert killed > 0


def copy_of(request: pytest.FixtureRequest, template: str, home: Path) -> str:
    if template.startswith("postgresql"):
        cluster = request.getfixturevalue("postgres_cluster")
        return str(cluster.url(cluster.create(template.rsplit("/", 1)[1])))
    source = sqlite3.connect(template.removeprefix("sqlite:///"))
    target = sqlite3.connect(home / "lacss.db")
    source.backup(target)
    source.close()
    target.close()
    return f"sqlite:///{home / 'lacss.db'}"


def test_a_process_that_is_killed_is_not_asked() -> None:
    """SIGKILL cannot be caught: nothing tidies up before the end."""
    with pytest.raises(OSError, match="Invalid argument"):
        signal.signal(signal.SIGKILL, signal.SIG_IGN)
    assert os.name == "posix"
