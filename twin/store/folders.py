"""Where the months that left the database are kept."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["archive_folder"]


def archive_folder(home: Path) -> Path:
    """`LACSS_ARCHIVE`, which machines that share a database share too, or `archive` of `home`."""
    named = os.environ.get("LACSS_ARCHIVE")
    return Path(named).expanduser().absolute() if named else home / "archive"
