"""Files that survive a loss of power: written aside, synced, renamed, and their folder synced."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

__all__ = ["copy_durably", "make_folder", "sha256_of", "sync_file", "sync_folder", "write_durably"]

_CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def sync_file(path: Path) -> None:
    """Have what was written to `path` on the disk when this returns."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Have the names in `folder` on the disk when this returns."""
    sync_file(folder)


def make_folder(folder: Path) -> None:
    """Make a folder for its owner only, with those above it, and have its name on the disk."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        sync_folder(folder.parent)


def write_durably(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write `data` beside `path`, sync it and rename it: no half of it is ever seen."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.chmod(mode)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def copy_durably(source: Path, target: Path, *, mode: int | None = None) -> None:
    """Copy a file with its permissions (or `mode`), synced before it bears its name."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        shutil.copyfile(source, aside)
        aside.chmod(source.stat().st_mode & 0o777 if mode is None else mode)
        sync_file(aside)
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)
