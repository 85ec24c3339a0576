"""Old months as Parquet files, read together with what is still in the database.

The two `read_` functions read everything wherever it is; `compacting` moves months, `checking`
reads every file from end to end. How long anything is kept at all is next door, in
`twin.store.retention`.
"""

from __future__ import annotations

from twin.store.archive.catalogue import ArchiveFile, catalogue
from twin.store.archive.reading import (
    archived_content,
    newest_archived,
    read_events,
    read_measurements,
    rows_moved,
)
from twin.store.archive.wanted import Wanted

__all__ = [
    "ArchiveFile",
    "Wanted",
    "archived_content",
    "catalogue",
    "newest_archived",
    "read_events",
    "read_measurements",
    "rows_moved",
]
