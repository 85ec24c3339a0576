"""Copies of the whole installation: made while it runs, verified, put back into any database.

Next door, `twin.store.archive` moves old months out of the database; a backup holds those too.
"""

from __future__ import annotations

from twin.store.backup.asking import backup_for
from twin.store.backup.making import back_up
from twin.store.backup.manifest import BackupReport, Manifest, list_backups, verify_backup
from twin.store.backup.restoring import Restored, restore

__all__ = [
    "BackupReport",
    "Manifest",
    "Restored",
    "back_up",
    "backup_for",
    "list_backups",
    "restore",
    "verify_backup",
]
