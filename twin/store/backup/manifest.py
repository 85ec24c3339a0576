"""What a backup says of itself: its parts with their hashes, and how that is checked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from process_models.errors import StoreError
from twin.store.durable import sha256_of, write_durably

__all__ = ["BackupReport", "Manifest", "list_backups", "read_manifest", "verify_backup"]

FORMAT = 1
_NAME, _SEAL = "manifest.json", "manifest.sha256"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup.

    Attributes
    ----------
    file : str
        Below the folder of the backup.
    sha256 : str
    size : int
        Bytes.
    mode : int
        Permissions that it had, and gets back.
    """

    file: str
    sha256: str
    size: int
    mode: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds.

    Attributes
    ----------
    made_at : datetime
        UTC.
    reason : str
    schema_version : int
        Of the store; 0 for an empty database.
    dialect : str
        Of the database it was made from: a file of SQLite, or a Parquet file a table.
    tables : dict of str to int
        Rows of each table.
    parts : tuple of Part
        Every file but the manifest itself.
    problems : tuple of str
        Files of the archive that were missing or damaged when the backup was made.
    """

    made_at: datetime
    reason: str
    schema_version: int
    dialect: str
    tables: dict[str, int]
    parts: tuple[Part, ...] = field(repr=False)
    problems: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for part in self.parts)


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A backup found in a folder; `problem` is empty when its manifest holds."""

    path: Path
    manifest: Manifest | None
    problem: str = ""


def part_of(folder: Path, file: str, mode: int | None = None) -> Part:
    """The file as a part: hashed as it is now."""
    path = folder / file
    known = path.stat()
    kept = known.st_mode & 0o777 if mode is None else mode
    return Part(file, sha256_of(path), known.st_size, kept)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest and its own hash beside it; the backup is whole from then on."""
    told: dict[str, Any] = {"format": FORMAT, **asdict(manifest)}
    told["made_at"] = manifest.made_at.isoformat()
    data = (json.dumps(told, indent=1, sort_keys=True) + "\n").encode()
    write_durably(folder / _NAME, data)
    write_durably(folder / _SEAL, _seal(data))


def _seal(data: bytes) -> bytes:
    """The line that `sha256sum --check` reads."""
    return f"{hashlib.sha256(data).hexdigest()}  {_NAME}\n".encode()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the backup in `folder`, whose own hash holds.

    Raises
    ------
    StoreError
        When there is none, or it was damaged.
    """
    try:
        data = (folder / _NAME).read_bytes()
        seal = (folder / _SEAL).read_bytes()
    except OSError as error:
        raise StoreError(f"{folder} is no backup of a store: {error}") from error
    if seal != _seal(data):
        raise StoreError(f"{folder / _NAME} is damaged: its SHA-256 is not that of {_SEAL}")
    told = json.loads(data)
    if told.pop("format") != FORMAT:
        raise StoreError(f"{folder} was made by a newer program: its format is unknown")
    told["made_at"] = datetime.fromisoformat(told["made_at"]).astimezone(UTC)
    told["parts"] = tuple(Part(**part) for part in told["parts"])
    told["problems"] = tuple(told["problems"])
    return Manifest(**told)


def verify_backup(folder: Path) -> Manifest:
    """Read every part of the backup and compare its hash with the manifest.

    Raises
    ------
    StoreError
        Naming the first part that is missing or damaged.
    """
    manifest = read_manifest(folder)
    for part in manifest.parts:
        path = folder / part.file
        if not path.is_file():
            raise StoreError(f"backup {folder.name}: {part.file} is missing")
        if sha256_of(path) != part.sha256:
            raise StoreError(
                f"backup {folder.name}: {part.file} is damaged, its SHA-256 is not {part.sha256}"
            )
    return manifest


def list_backups(folder: Path) -> list[BackupReport]:
    """The backups in `folder`, newest first; one without a sound manifest says why."""
    found = []
    for path in sorted(folder.glob("lacss-*"), reverse=True):
        try:
            found.append(BackupReport(path, read_manifest(path)))
        except StoreError as error:
            found.append(BackupReport(path, None, str(error)))
    return found
