"""Putting a backup back: into the database it came from, or into another kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from process_models.errors import InputError, StoreError
from twin.settings import Settings
from twin.store import schema
from twin.store.backup.filling import fill, is_empty, replace_sqlite
from twin.store.backup.making import back_up
from twin.store.backup.manifest import Manifest, Part, verify_backup
from twin.store.backup.table_files import SQLITE_FILE
from twin.store.database import Database
from twin.store.durable import copy_durably, sha256_of
from twin.store.folders import archive_folder
from twin.store.store import Store

__all__ = ["Restored", "restore"]

_HEAD = "home/audit.head"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    Attributes
    ----------
    backup : Path
    manifest : Manifest
    replaced : Path or None
        Backup of what was there before; None when there was nothing, or nothing readable.
    """

    backup: Path
    manifest: Manifest
    replaced: Path | None


def restore(
    backup: Path, settings: Settings, *, user: str, reason: str = "", replace: bool = False
) -> Restored:
    """Put a backup in the place of the store of `settings`, after all its hashes held.

    The kind of database may differ from that of the backup. Everyone has to sign in again.

    Parameters
    ----------
    replace : bool
        Take the place of a store that is not empty; that one is backed up first.

    Raises
    ------
    InputError
        When there is a store, or a setting that differs, and `replace` is not given.
    StoreError
        When the backup is damaged, or was made by a newer program.
    """
    if not user.strip():
        raise InputError(f"user must not be empty for a restore, got {user!r}")
    manifest = verify_backup(backup)
    if not 0 < manifest.schema_version <= schema.SCHEMA_VERSION:
        raise StoreError(
            f"backup {backup.name} has schema version {manifest.schema_version}, this program "
            f"knows 1 to {schema.SCHEMA_VERSION}"
        )
    database, replaced, trail = _make_room(backup, manifest, settings, replace)
    try:
        for part in manifest.parts:
            target = _place(part, settings)
            if target is not None:
                copy_durably(backup / part.file, target, mode=part.mode)
        if not any(part.file == _HEAD for part in manifest.parts):
            (settings.home / "audit.head").unlink(missing_ok=True)  # of a trail that is gone
        if database.is_sqlite and (backup / SQLITE_FILE).is_file():
            replace_sqlite(database, backup / SQLITE_FILE)
        else:
            fill(database, backup, manifest)
    finally:
        database.close()
    _write_down(settings, user, reason, backup, manifest, trail)
    return Restored(backup, manifest, replaced)


def _make_room(
    backup: Path, manifest: Manifest, settings: Settings, replace: bool
) -> tuple[Database, Path | None, dict[str, Any]]:
    try:
        database = Database(settings.database_url, settings.home)
    except StoreError:
        if not replace:
            raise
        return _beside_the_damaged(settings), None, {}
    try:
        if not replace:
            _require_room(database, manifest, settings)
        if is_empty(database):
            return database, None, {}
        trail = _trail(Store(database, settings.home))
        kept = back_up(database, settings.home, reason=f"before restore of {backup.name}")
    except BaseException:
        database.close()
        raise
    return database, kept, trail


def _require_room(database: Database, manifest: Manifest, settings: Settings) -> None:
    if not is_empty(database):
        raise InputError("the store is not empty: give --replace to put the backup in its place")
    for part in manifest.parts:
        target = _place(part, settings)
        if target is not None and target.exists() and sha256_of(target) != part.sha256:
            raise InputError(f"{target} differs from the backup: give --replace to replace it")


def _beside_the_damaged(settings: Settings) -> Database:
    """A new database; a file of SQLite that cannot be opened is kept under another name."""
    prefix = "sqlite:///"
    if not settings.database_url.startswith(prefix):
        return Database(settings.database_url, settings.home)
    path = Path(settings.database_url.removeprefix(prefix))
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for suffix in ("", "-wal", "-shm"):
        old = path.with_name(path.name + suffix)
        if old.exists():
            old.rename(path.with_name(f"{path.name}.damaged-{stamp}{suffix}"))
    return Database(settings.database_url, settings.home)


def _place(part: Part, settings: Settings) -> Path | None:
    """Where a part of the home or of the archive belongs; None for one of the database."""
    room, *rest = PurePosixPath(part.file).parts
    if ".." in rest or not rest:
        if room == SQLITE_FILE:
            return None
        raise StoreError(f"the manifest names {part.file}, which is no part of a backup")
    if room == "home":
        return settings.home.joinpath(*rest)
    return archive_folder(settings.home).joinpath(*rest) if room == "archive" else None


def _trail(store: Store) -> dict[str, Any]:
    from twin.monitoring.audit import AuditLog

    report = AuditLog(store).verify()
    return {"audit_entries": report.entries, "audit_problem": report.problem}


def _write_down(
    settings: Settings, user: str, reason: str, backup: Path, manifest: Manifest,
    trail: dict[str, Any],
) -> None:  # fmt: skip
    from twin.monitoring.audit import AuditLog

    with Store.open(settings) as store:
        log = AuditLog(store)
        with log.writing() as connection:
            log.append(
                connection, user=user, action="archive.restore", subject=backup.name, old=trail,
                new={"made_at": manifest.made_at.isoformat(), "tables": manifest.tables,
                     "schema_version": manifest.schema_version},
                reason=reason or manifest.reason,
            )  # fmt: skip
