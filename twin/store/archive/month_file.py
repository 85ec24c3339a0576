"""One Parquet file of the archive: written once, checked by reading it back, read with checksums.

Parquet gives wrong numbers after a bit flip unless page checksums are written and verified. Those
do not cover the footer or the page headers, so the hash of the whole file is compared too: when a
process first reads the file, when the file looks touched, and once an hour.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from process_models.errors import StoreError
from twin.store.durable import sha256_of, sync_file

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from twin.store.archive.kind import Kind

__all__ = ["ROW_GROUP", "MissingFile", "open_verified", "read_groups", "same_rows", "write_file"]

ROW_GROUP = 65_536
_RECHECK_S = 3600.0


class MissingFile(StoreError):  # noqa: N818 - it is what the user reads
    """A file that the catalogue names is not there."""


@dataclass(frozen=True, slots=True)
class _Checked:
    identity: tuple[int, ...]
    sha256: str
    at_s: float
    metadata: Any


_checked: dict[Path, _Checked] = {}
_lock = threading.Lock()


def write_file(path: Path, kind: Kind, tables: Iterable[pa.Table]) -> int:
    """Write row groups, one of each table, and sync them; how many there are."""
    import pyarrow.parquet as pq

    fields = kind.arrow_schema()
    groups = 0
    with path.open("xb") as file:
        os.chmod(file.fileno(), 0o600)  # noqa: PTH101 - the file is open already
        with pq.ParquetWriter(
            file, fields, compression="zstd", write_page_checksum=True, write_statistics=True,
            sorting_columns=_sorting(fields, kind),
        ) as writer:  # fmt: skip
            for table in tables:
                writer.write_table(table, row_group_size=max(1, table.num_rows))
                groups += 1
        file.flush()
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # so it is read from disk
    return groups


def same_rows(path: Path, kind: Kind, tables: Iterable[pa.Table]) -> bool:
    """Whether the file at `path`, read back, holds exactly these row groups."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = kind.arrow_schema()
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        group = 0
        for table in tables:
            if group >= file.num_row_groups:
                return False
            read = file.read_row_group(group)
            if read.schema.names != fields.names or not pa.Table.equals(read, table):
                return False
            group += 1
        return bool(group == file.num_row_groups)


def open_verified(path: Path, sha256: str) -> pq.ParquetFile:
    """Open a file of the archive whose content is what was written.

    Raises
    ------
    MissingFile
        When it is not there.
    StoreError
        When it is damaged; the message names it.
    """
    import pyarrow.parquet as pq

    with _lock:
        known = _checked.get(path)
    try:
        identity = _identity(path)
        fresh = known is not None and time.monotonic() - known.at_s < _RECHECK_S
        if known is None or not fresh or (known.identity, known.sha256) != (identity, sha256):
            if sha256_of(path) != sha256:
                raise StoreError(_damaged(path, "its SHA-256 is not the one in the catalogue"))
            known = _Checked(identity, sha256, time.monotonic(), pq.read_metadata(path))
            with _lock:
                _checked[path] = known
        return pq.ParquetFile(path, metadata=known.metadata, page_checksum_verification=True)
    except FileNotFoundError as error:
        raise MissingFile(f"archive file {path} is missing: restore it from a backup") from error
    except OSError as error:
        raise StoreError(_damaged(path, str(error))) from error


def read_groups(
    path: Path, file: pq.ParquetFile, groups: Sequence[int], columns: Sequence[str]
) -> pa.Table:
    """Some row groups of an open file.

    Raises
    ------
    StoreError
        When a page fails its checksum; the message names the file.
    """
    import pyarrow as pa

    try:
        return file.read_row_groups(list(groups), columns=list(columns), use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(_damaged(path, str(error))) from error


def sync(path: Path) -> None:
    """Have the file and its name on the disk."""
    sync_file(path)
    sync_file(path.parent)


def _identity(path: Path) -> tuple[int, ...]:
    known = path.stat()
    return (known.st_ino, known.st_size, known.st_mtime_ns, known.st_ctime_ns)


def _damaged(path: Path, why: str) -> str:
    return (
        f"archive file {path} is damaged: {' '.join(why.split())[:160]}; restore it from a backup"
    )


def _sorting(fields: pa.Schema, kind: Kind) -> list[Any]:
    import pyarrow.parquet as pq

    leading = ("series_id",) if "series_id" in fields.names else ()
    return [pq.SortingColumn(fields.get_field_index(name)) for name in (*leading, *kind.order)]
