"""Moving old months out of the database into files, so that nothing is ever lost or doubled.

    rows of a month --write, sync--> file --read back, compare--> one transaction records the file
    a row group at a time: one transaction deletes its rows and counts it as moved

The file is believed only for the groups that are counted as moved; the rows of the others are
still in the database. So a process may end anywhere: what reads sees every row once, and the next
compaction goes on where this one stopped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from process_models.errors import InputError, StoreError
from twin.access.permit import permit
from twin.store import schema
from twin.store.archive.catalogue import ArchiveFile, catalogue, month_of
from twin.store.archive.kind import KINDS, Kind
from twin.store.archive.month_file import open_verified, read_groups, same_rows, sync, write_file
from twin.store.archive.rows_of_month import arrival_bound, months_in_database, row_groups
from twin.store.durable import make_folder, sha256_of
from twin.store.folders import archive_folder
from twin.store.times import now_us, to_us

if TYPE_CHECKING:
    from twin.store.database import Database
    from twin.store.store import Store

__all__ = ["KEEP_MONTHS", "Compacted", "compact", "compactable"]

KEEP_MONTHS = 3
LATE_ROWS_WORTH_A_FILE = 10_000
_DELETED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Compacted:
    """One month of one kind that moved, or would move; `file` is empty then."""

    kind: str
    month: str
    rows: int
    file: str = ""


def compactable(
    store: Store, *, keep_months: int = KEEP_MONTHS, now: datetime | None = None
) -> list[Compacted]:
    """What `compact` would move: months that ended `keep_months` months ago or earlier.

    Late rows of a month that has a file already stay where they are until they are worth another.
    """
    if keep_months < 1:
        raise InputError(f"keep_months must be at least 1, got {keep_months}")
    before = month_of(now or datetime.now(UTC), back=keep_months)
    found = []
    with store.database.reading() as connection:
        for kind in KINDS.values():
            filed = {file.month for file in catalogue(connection, kind.name)}
            bound = arrival_bound(connection, kind)
            months = months_in_database(connection, kind, before, bound)
            found += [
                Compacted(kind.name, month, rows)
                for month, rows in months.items()
                if month not in filed or rows >= LATE_ROWS_WORTH_A_FILE
            ]
    return found


def compact(
    store: Store,
    *,
    user: str,
    keep_months: int = KEEP_MONTHS,
    now: datetime | None = None,
) -> list[Compacted]:
    """Move the months that `compactable` tells into files, and finish what was interrupted.

    Others may read and write meanwhile. What arrives for a month during and after its move stays
    in the database, and is read together with the file.

    Parameters
    ----------
    keep_months : int
        So many whole months stay, and the running one.

    Raises
    ------
    StoreError
        When a file cannot be written or read back; then nothing has been deleted.
    """
    name = permit(store, "archive.compact", user=user)
    folder = archive_folder(store.home)
    make_folder(folder)
    with _one_at_a_time(folder):
        for part in folder.glob(".*.part"):
            part.unlink()
        with store.database.reading() as connection:
            begun = [file for file in catalogue(connection) if not file.whole]
        for file in begun:
            _move(store.database, folder, file)
        done = []
        for one in compactable(store, keep_months=keep_months, now=now):
            file = _record(store, folder, one, name)
            _move(store.database, folder, file)
            done.append(Compacted(one.kind, one.month, file.rows, file.file))
        return done


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    import fcntl

    with (folder / "compaction.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreError(f"another compaction is at work in {folder}") from error
        yield


def _record(store: Store, folder: Path, one: Compacted, user: str) -> ArchiveFile:
    """Write the file of a month, and enter it into the catalogue with nothing moved yet."""
    kind = KINDS[one.kind]
    with store.database.reading() as connection:
        before = catalogue(connection, kind.name)
        bound = arrival_bound(connection, kind)
    path, groups = _written(store.database, folder, kind, one.month, bound)
    row, subject = _row(path, kind, one.month, groups, user), path.name
    from twin.monitoring.audit import AuditLog

    log = AuditLog(store)
    with log.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("LOCK TABLE archives IN EXCLUSIVE MODE"))
        if catalogue(connection, kind.name) != before:
            raise StoreError(f"another compaction moved {kind.name} meanwhile; try again")
        connection.execute(schema.archives.insert(), row)
        log.append(
            connection, user=user, action="archive.compact", subject=subject,
            new={"rows": row["rows"], "sha256": row["sha256"]},
        )  # fmt: skip
        recorded = {file.file: file for file in catalogue(connection, kind.name)}
    return recorded[subject]


def _written(
    database: Database, folder: Path, kind: Kind, month: str, bound: int
) -> tuple[Path, int]:
    part = folder / f".{kind.name}-{month}-{os.getpid()}.part"
    try:
        with database.reading() as connection:
            groups = write_file(part, kind, row_groups(connection, kind, month, bound))
        with database.reading() as connection:
            if not same_rows(part, kind, row_groups(connection, kind, month, bound)):
                raise StoreError(f"{part}: what was read back is not what was written")
        path = folder / f"{kind.name}-{month}-{sha256_of(part)[:12]}.parquet"
        part.replace(path)
        sync(path)
    except OSError as error:
        raise StoreError(
            f"archive {folder} cannot be written: {error.strerror or error}"
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return path, groups


def _row(path: Path, kind: Kind, month: str, groups: int, user: str) -> dict[str, object]:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    times = pq.read_table(path, columns=[kind.at], page_checksum_verification=True)[kind.at]
    span = pc.min_max(times).as_py()
    return {
        "kind": kind.name, "month": month, "file": path.name, "sha256": sha256_of(path),
        "from_at": to_us(span["min"]), "to_at": to_us(span["max"]), "rows": len(times),
        "row_groups": groups, "moved_groups": 0, "moved_rows": 0, "at": now_us(), "user": user,
    }  # fmt: skip


def _move(database: Database, folder: Path, file: ArchiveFile) -> None:
    """Delete the rows of the file from the database, a row group in a transaction."""
    kind = KINDS[file.kind]
    path = folder / file.file
    stored = open_verified(path, file.sha256)
    for group in range(file.moved_groups, file.row_groups):
        numbers = read_groups(path, stored, [group], [kind.number])[kind.number].to_pylist()
        with database.writing() as connection:
            _count_as_moved(connection, file, group, len(numbers))
            gone = _delete(connection, kind, numbers)
            if gone != len(numbers):
                raise StoreError(
                    f"archive file {file.file}: group {group} has {len(numbers)} rows, the "
                    f"database has {gone} of them; nothing was moved"
                )


def _count_as_moved(connection: sa.Connection, file: ArchiveFile, group: int, rows: int) -> None:
    table = schema.archives
    done = connection.execute(
        table.update()
        .where(table.c.archive_id == file.archive_id, table.c.moved_groups == group)
        .values(moved_groups=group + 1, moved_rows=table.c.moved_rows + rows)
    )
    if done.rowcount != 1:
        raise StoreError(f"archive file {file.file}: another compaction is moving it")


def _delete(connection: sa.Connection, kind: Kind, numbers: Sequence[int]) -> int:
    column = kind.table.c[kind.number]
    gone = 0
    for start in range(0, len(numbers), _DELETED_AT_ONCE):
        chosen = numbers[start : start + _DELETED_AT_ONCE]
        gone += connection.execute(kind.table.delete().where(column.in_(chosen))).rowcount
    return gone
