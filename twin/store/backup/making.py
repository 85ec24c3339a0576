"""Making a backup: the database, the settings and keys of its home, and the archive."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from process_models.errors import StoreError
from twin.store import schema
from twin.store.backup.manifest import Manifest, Part, part_of, write_manifest
from twin.store.backup.table_files import (
    SQLITE_FILE,
    copy_sqlite,
    read_rows,
    stored_tables,
    write_tables,
)
from twin.store.durable import copy_durably, make_folder, sync_folder
from twin.store.folders import archive_folder

if TYPE_CHECKING:
    from twin.store.database import Database

__all__ = ["back_up", "home_files"]

_LEFT_OUT = {"archive", "backups", "cache", "log"}
_PASSING = (".db", ".db-wal", ".db-shm", ".db-journal", ".log", ".part", ".pid", ".sock", ".lock")


def back_up(database: Database, home: Path, *, reason: str, to: Path | None = None) -> Path:
    """Back up the database, the settings and keys of `home`, and the archived months.

    Others may read and write meanwhile; the backup is the database at one moment. A folder
    `lacss-<UTC>-v<schema version>` appears when all of it is on the disk, or not at all. It holds
    keys and passwords of the home, so only its owner may read it. Archived months are linked where
    the disk can do that, and copied elsewhere; one that is missing or damaged is told in the
    manifest's `problems`.

    Parameters
    ----------
    reason : str
        Kept in the manifest.
    to : Path, optional
        Folder for the backup; default `home/backups`.

    Returns
    -------
    Path
        The folder of this backup.

    Raises
    ------
    StoreError
        When the store is damaged or the backup cannot be written.
    """
    folder = to or home / "backups"
    aside = folder / f".part-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        make_folder(folder)
        aside.mkdir(mode=0o700)
        try:
            manifest = _fill(database, home, aside, reason)
            write_manifest(aside, manifest)
            return _name(aside, folder, manifest)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise StoreError(f"backup in {folder} cannot be written: {error.strerror}") from error


def home_files(home: Path) -> list[Path]:
    """Settings, keys, evidence and cell traces of `home`: all that is neither data nor passing."""
    return sorted(
        path
        for path in home.rglob("*")
        if path.relative_to(home).parts[0] not in _LEFT_OUT
        and path.is_file()
        and not path.is_symlink()
        and not path.name.endswith(_PASSING)
        and not path.name.startswith(".")
    )


def _fill(database: Database, home: Path, folder: Path, reason: str) -> Manifest:
    # The head of the audit trail is kept in the home: copied before the database, it is never
    # ahead of the trail.
    parts = []
    for path in home_files(home):
        file = f"home/{path.relative_to(home).as_posix()}"
        copy_durably(path, folder / file)
        parts.append(part_of(folder, file))
    made_at = datetime.now(UTC)
    url = database.engine.url
    if database.is_sqlite and url.database not in (None, "", ":memory:"):
        copy_sqlite(database, folder / SQLITE_FILE)
        tables, version = _look_at_copy(folder / SQLITE_FILE)
        parts.append(part_of(folder, SQLITE_FILE))
    else:
        tables = write_tables(database, folder / "tables")
        sync_folder(folder / "tables")
        parts += [part_of(folder, f"tables/{name}.parquet", 0o600) for name in tables]
        version = _newest_version(database)
    archived, problems = _archived(folder, archive_folder(home), tables)
    sync_folder(folder)
    dialect = database.engine.dialect.name
    return Manifest(made_at, reason, version, dialect, tables, (*parts, *archived), tuple(problems))


def _archived(
    folder: Path, archive: Path, tables: Mapping[str, int]
) -> tuple[list[Part], list[str]]:
    """The files that the catalogue of this backup names; they never change, so a link will do."""
    parts, problems = [], []
    rows = read_rows(folder, "archives") if "archives" in tables else []
    for row in (one for some in rows for one in some):
        source, file = archive / row["file"], f"archive/{row['file']}"
        if not source.is_file():
            problems.append(f"archive file {source} is missing")
            continue
        _link(source, folder / file)
        part = part_of(folder, file)
        parts.append(part)
        if part.sha256 != row["sha256"]:
            problems.append(f"archive file {source} is damaged")
    if parts:
        sync_folder(folder / "archive")
    return parts, problems


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True, mode=0o700)
    try:
        target.hardlink_to(source)
    except OSError:  # another disk, or one that knows no links
        copy_durably(source, target)


def _look_at_copy(file: Path) -> tuple[dict[str, int], int]:
    engine = sa.create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            names = stored_tables(connection)
    finally:
        engine.dispose()
    with closing(sqlite3.connect(file)) as copy:
        rows = {
            name: int(copy.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in names
        }
        newest = "SELECT max(version) FROM schema_version"
        version = copy.execute(newest).fetchone()[0] if rows.get("schema_version") else 0
    return rows, int(version)


def _newest_version(database: Database) -> int:
    with database.engine.connect() as connection:
        if not sa.inspect(connection).has_table("schema_version"):
            return 0
        newest = sa.select(sa.func.max(schema.schema_version.c.version))
        return int(connection.execute(newest).scalar() or 0)


def _name(aside: Path, folder: Path, manifest: Manifest) -> Path:
    stem = f"lacss-{manifest.made_at:%Y%m%dT%H%M%SZ}-v{manifest.schema_version}"
    path, number = folder / stem, 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}"
    aside.rename(path)
    sync_folder(folder)
    return path
