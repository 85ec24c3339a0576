"""A backup that somebody asked for: who may, and an entry in the audit trail."""

from __future__ import annotations

from pathlib import Path

from twin.access.permit import permit
from twin.monitoring.audit import AuditLog
from twin.store.backup.making import back_up
from twin.store.backup.manifest import BackupReport, verify_backup
from twin.store.store import Store

__all__ = ["backup_for"]


def backup_for(
    store: Store, *, user: str, reason: str = "", to: Path | None = None
) -> BackupReport:
    """Back up the installation for `user`, and read the backup back.

    Raises
    ------
    StoreError
        When the store is damaged, or the backup cannot be written or read back.
    """
    name = permit(store, "archive.backup", user=user)
    path = back_up(store.database, store.home, reason=reason, to=to)
    manifest = verify_backup(path)
    log = AuditLog(store)
    with log.writing() as connection:
        log.append(
            connection, user=name, action="archive.backup", subject=path.name, reason=reason,
            new={"path": str(path), "size": manifest.size, "problems": list(manifest.problems)},
        )  # fmt: skip
    return BackupReport(path, manifest, "; ".join(manifest.problems))
