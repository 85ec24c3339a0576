"""A backup holds everything, says when it is damaged, and goes back into any database."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from process_models.errors import InputError, StoreError
from twin.monitoring.audit import AuditLog
from twin.settings import Settings
from twin.store import Store, schema
from twin.store.backup import back_up, list_backups, restore, verify_backup

Made = Callable[..., Any]


@pytest.fixture
def filled(store: Store, measured: Made, happened: Made) -> Store:
    """A store with something in most tables, and a home with settings and a key."""
    rows = [measured(n, sequence=n, value=59 + n / 7, lot_id=f"L{n:03d}") for n in range(50)]
    store.add_measurements([*rows, measured(0, value=1e-300, characteristic="x", unit="Ü")])
    store.add_measurements([measured(3, sequence=3, lot_id="L003", value=7.0)])  # a conflict
    store.add_events([happened(n, sequence=n, detail='{"a": "NA"}') for n in range(5)])
    (store.home / "notify.toml").write_text("[mail]\nurl = 'mailto://secret'\n")
    (store.home / "notify.toml").chmod(0o600)
    (store.home / "evidence").mkdir()
    (store.home / "evidence" / "ours.csv").write_text("sample\n")
    (store.home / "log").mkdir()
    (store.home / "log" / "watch.log").write_text("not kept")
    log = AuditLog(store)
    for number in range(3):
        with log.writing() as connection:
            log.append(connection, user="ana", action="limits.freeze", subject=f"s{number}")
    return store


def everything(store: Store) -> dict[str, list[Any]]:
    """All rows of all tables but those that a restore empties or adds to."""
    with store.database.reading() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(sa.select(table)).all()), key=repr)
            for table in schema.metadata.sorted_tables
            if table.name not in ("sessions", "heartbeats", "audit")
        }


def elsewhere(tmp_path: Path, name: str = "elsewhere") -> Settings:
    home = tmp_path / name
    home.mkdir()
    return Settings(home, f"sqlite:///{home / 'lacss.db'}")


def test_what_was_backed_up_comes_back(filled: Store, tmp_path: Path) -> None:
    before, frame = everything(filled), filled.measurements()
    backup = back_up(filled.database, filled.home, reason="nightly")
    target = elsewhere(tmp_path)
    restored = restore(backup, target, user="ana")
    assert restored.replaced is None
    assert restored.manifest.reason == "nightly"
    with Store.open(target) as again:
        assert everything(again) == before
        pd.testing.assert_frame_equal(again.measurements(), frame)
        report = AuditLog(again).verify()
        assert (report.problem, report.entries) == ("", 4)
        assert AuditLog(again).entries()[-1].action == "archive.restore"


def test_settings_and_keys_come_back_with_their_permissions(filled: Store, tmp_path: Path) -> None:
    backup = back_up(filled.database, filled.home, reason="r")
    target = elsewhere(tmp_path)
    restore(backup, target, user="ana")
    assert (target.home / "notify.toml").read_text() == (filled.home / "notify.toml").read_text()
    assert (target.home / "notify.toml").stat().st_mode & 0o777 == 0o600
    assert (target.home / "audit.key").stat().st_mode & 0o777 == 0o600
    assert (target.home / "evidence" / "ours.csv").is_file()
    assert not (target.home / "log").exists()
    assert backup.stat().st_mode & 0o777 == 0o700


def test_a_backup_goes_from_either_database_into_postgresql(
    filled: Store, tmp_path: Path, postgres_url: str, measured: Made
) -> None:
    before, frame = everything(filled), filled.measurements()
    backup = back_up(filled.database, filled.home, reason="moving house")
    home = tmp_path / "other"
    home.mkdir()
    restore(backup, Settings(home, postgres_url), user="ana")
    with Store.open(Settings(home, postgres_url)) as moved:
        assert everything(moved) == before
        pd.testing.assert_frame_equal(moved.measurements(), frame)
        assert moved.add_measurements([measured(999)]).accepted == 1, "the next number is free"
        assert AuditLog(moved).verify().intact


def test_a_store_that_is_not_empty_is_not_replaced_unasked(
    filled: Store, settings: Settings, measured: Made
) -> None:
    backup = back_up(filled.database, filled.home, reason="r")
    before = everything(filled)
    filled.add_measurements([measured(500)])
    with pytest.raises(InputError, match="not empty: give --replace"):
        restore(backup, settings, user="ana")
    assert filled.counts()["measurements"] == 52
    restored = restore(backup, settings, user="ana", replace=True)
    with Store.open(settings) as again:
        assert everything(again) == before
        entry = AuditLog(again).entries()[-1]
        assert AuditLog(again).verify().intact
    assert restored.replaced is not None
    assert verify_backup(restored.replaced).tables["measurements"] == 52
    assert entry.old == json.dumps({"audit_entries": 3, "audit_problem": ""})


def test_a_setting_that_differs_is_not_replaced_unasked(filled: Store, tmp_path: Path) -> None:
    backup = back_up(filled.database, filled.home, reason="r")
    target = elsewhere(tmp_path)
    (target.home / "notify.toml").write_text("mine")
    with pytest.raises(InputError, match=r"notify.toml differs from the backup"):
        restore(backup, target, user="ana")
    assert (target.home / "notify.toml").read_text() == "mine"
    restore(backup, target, user="ana", replace=True)
    assert (target.home / "notify.toml").read_text() != "mine"


def test_every_flipped_bit_is_found(filled: Store, tmp_path: Path) -> None:
    backup = back_up(filled.database, filled.home, reason="r")
    for path in sorted(p for p in backup.rglob("*") if p.is_file()):
        sound = path.read_bytes()
        for place in {0, len(sound) // 2, len(sound) - 2}:
            broken = bytearray(sound)
            broken[place] ^= 4
            path.write_bytes(broken)
            with pytest.raises(StoreError):
                restore(backup, elsewhere(tmp_path, f"{path.name}-{place}"), user="ana")
            assert not (tmp_path / f"{path.name}-{place}" / "lacss.db").exists()
        path.write_bytes(sound)
    verify_backup(backup)


def test_a_missing_part_is_named(filled: Store) -> None:
    backup = back_up(filled.database, filled.home, reason="r")
    (backup / "home" / "notify.toml").unlink()
    with pytest.raises(StoreError, match=r"home/notify.toml is missing"):
        verify_backup(backup)


def test_backups_are_listed_newest_first(filled: Store) -> None:
    made = [back_up(filled.database, filled.home, reason=f"r{n}") for n in range(2)]
    (made[0] / "manifest.json").write_text("{}")
    found = list_backups(filled.home / "backups")
    assert [report.path for report in found] == sorted(made, reverse=True)
    problems = {report.path: report.problem for report in found}
    assert "is damaged" in problems[made[0]]
    assert problems[made[1]] == ""


def test_a_backup_is_one_moment_while_others_write(store: Store, measured: Made) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            pair = [measured(number, sequence=number, characteristic=c) for c in ("a", "b")]
            store.add_measurements(pair)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backups = [back_up(store.database, store.home, reason="r") for _ in range(3)]
    finally:
        stop.set()
        writer.join()
    for backup in backups:
        assert verify_backup(backup).tables["measurements"] % 2 == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_damaged_store_is_not_backed_up_silently(filled: Store, settings: Settings) -> None:
    filled.close()
    path = settings.home / "lacss.db"
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    content = bytearray(path.read_bytes())
    content[3 * 4096 : 3 * 4096 + 200] = b"\x7f" * 200
    path.write_bytes(content)
    with pytest.raises(StoreError, match="store"):
        back_up(filled.database, filled.home, reason="r")
    assert list((settings.home / "backups").glob("lacss-*")) == []
    assert list((settings.home / "backups").glob(".part-*")) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_store_that_cannot_be_opened_is_kept_aside(filled: Store, settings: Settings) -> None:
    before = everything(filled)
    backup = back_up(filled.database, filled.home, reason="r")
    filled.close()
    (settings.home / "lacss.db").write_text("no database at all " * 500)
    with pytest.raises(StoreError, match="cannot be opened"):
        restore(backup, settings, user="ana")
    restore(backup, settings, user="ana", replace=True)
    with Store.open(settings) as again:
        assert everything(again) == before
    assert len(list(settings.home.glob("lacss.db.damaged-*"))) >= 1


def test_a_folder_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is no backup of a store"):
        verify_backup(tmp_path)


def test_a_newer_schema_is_refused(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = back_up(filled.database, filled.home, reason="r")
    monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION - 1)
    with pytest.raises(StoreError, match=r"has schema version 4, this program knows 1 to 3"):
        restore(backup, elsewhere(tmp_path), user="ana")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_older_backup_is_brought_up_to_date(
    filled: Store, tmp_path: Path, postgres_url: str, settings: Settings
) -> None:
    for name in schema.ADDED[4]:
        with filled.database.writing() as connection:
            connection.execute(sa.text(f"DROP TABLE {name}"))
    with filled.database.writing() as connection:
        for column in schema.ADDED_COLUMNS[4]["alerts"]:
            connection.execute(sa.text(f"ALTER TABLE alerts DROP COLUMN {column}"))
        connection.execute(sa.text("UPDATE schema_version SET version = 3"))
    backup = back_up(filled.database, filled.home, reason="r")
    assert verify_backup(backup).schema_version == 3
    home = tmp_path / "other"
    home.mkdir()
    for target in (elsewhere(tmp_path), Settings(home, postgres_url)):
        restore(backup, target, user="ana")
        with Store.open(target) as again:
            assert again.counts()["measurements"] == 51
            with again.database.reading() as connection:
                assert set(schema.metadata.tables) <= set(sa.inspect(connection).get_table_names())


def test_a_manifest_cannot_lead_out_of_the_home(filled: Store, tmp_path: Path) -> None:
    from dataclasses import replace

    from twin.store.backup.manifest import part_of, write_manifest

    backup = back_up(filled.database, filled.home, reason="r")
    (tmp_path / "evil").write_text("x")
    manifest = verify_backup(backup)
    evil = replace(part_of(tmp_path, "evil"), file="home/../../evil2")
    (backup / "home" / ".." / ".." / "evil2").write_text("x")
    write_manifest(backup, replace(manifest, parts=(*manifest.parts, evil)))
    with pytest.raises(StoreError, match="no part of a backup"):
        restore(backup, elsewhere(tmp_path), user="ana")


def test_a_restore_has_somebody_who_did_it(filled: Store, settings: Settings) -> None:
    backup = back_up(filled.database, filled.home, reason="r")
    with pytest.raises(InputError, match="user must not be empty"):
        restore(backup, settings, user=" ", replace=True)


def test_a_folder_that_cannot_be_written_is_told_in_one_line(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written: "):
        back_up(filled.database, filled.home, reason="r", to=tmp_path / "file")
