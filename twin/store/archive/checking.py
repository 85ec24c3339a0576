"""Reading every file of the archive from end to end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from process_models.errors import StoreError
from twin.store.archive.catalogue import ArchiveFile, catalogue
from twin.store.archive.kind import KINDS
from twin.store.archive.month_file import open_verified, read_groups
from twin.store.durable import sha256_of
from twin.store.folders import archive_folder

if TYPE_CHECKING:
    from twin.store.store import Store

__all__ = ["ArchiveReport", "verify"]


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """What verification found.

    Attributes
    ----------
    files : tuple of ArchiveFile
    problems : tuple of str
        One line for every file that is missing or damaged.
    unknown : tuple of str
        Files of the folder that the catalogue does not name: left by a process that was ended
        before it recorded them. Nothing reads them.
    """

    files: tuple[ArchiveFile, ...]
    problems: tuple[str, ...]
    unknown: tuple[str, ...]


def verify(store: Store) -> ArchiveReport:
    """Compare every file with its hash, and read every page against its checksum."""
    with store.database.reading() as connection:
        files = catalogue(connection)
    folder = archive_folder(store.home)
    problems = [problem for file in files if (problem := _problem(folder / file.file, file))]
    known = {file.file for file in files}
    unknown = sorted(p.name for p in folder.glob("*.parquet") if p.name not in known)
    return ArchiveReport(files, tuple(problems), tuple(unknown))


def _problem(path: Path, file: ArchiveFile) -> str:
    try:
        with open_verified(path, file.sha256) as stored:
            if sha256_of(path) != file.sha256:  # also when it was verified a moment ago
                return f"archive file {path} is damaged: restore it from a backup"
            columns = KINDS[file.kind].columns
            rows = sum(
                read_groups(path, stored, [group], columns).num_rows
                for group in range(file.row_groups)
            )
    except StoreError as error:
        return str(error)
    if rows != file.rows:
        return f"archive file {path} has {rows} rows, the catalogue says {file.rows}"
    return ""
