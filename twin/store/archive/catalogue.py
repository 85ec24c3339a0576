"""Which files hold which months: the table `archives`, read as records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from twin.store import schema
from twin.store.times import to_us

__all__ = ["ArchiveFile", "catalogue", "month_of", "month_span"]


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One file of the archive.

    Attributes
    ----------
    kind, month : str
        `measurements` or `events`; `2026-01`, in UTC.
    file, sha256 : str
        Its name in the folder of the archive, and what its content has to hash to.
    from_at, to_at : int
        Oldest and newest row, microseconds since the epoch.
    rows, row_groups : int
        How much it holds.
    moved_groups : int
        So many of its row groups have left the database; the rows of the others are still there,
        and are read there.
    """

    archive_id: int
    kind: str
    month: str
    file: str
    sha256: str
    from_at: int
    to_at: int
    rows: int
    row_groups: int
    moved_groups: int

    @property
    def whole(self) -> bool:
        """Whether all of its rows have left the database."""
        return self.moved_groups == self.row_groups


_COLUMNS = tuple(schema.archives.c[name] for name in ArchiveFile.__slots__)


def catalogue(
    connection: sa.Connection,
    kind: str | None = None,
    *,
    since_us: int | None = None,
    until_us: int | None = None,
) -> tuple[ArchiveFile, ...]:
    """The files of a `kind` with rows in the period (both ends included), oldest first."""
    table = schema.archives.c
    query = sa.select(*_COLUMNS).order_by(table.from_at, table.archive_id)
    if kind is not None:
        query = query.where(table.kind == kind)
    if since_us is not None:
        query = query.where(table.to_at >= since_us)
    if until_us is not None:
        query = query.where(table.from_at <= until_us)
    return tuple(ArchiveFile(*row) for row in connection.execute(query))


def month_of(moment: datetime, back: int = 0) -> str:
    """The month of `moment` in UTC, or the one so many months before it.

    >>> month_of(datetime(2026, 1, 31, 23, 59, tzinfo=UTC), back=2)
    '2025-11'
    """
    at = moment.astimezone(UTC)
    year, month = divmod(at.year * 12 + at.month - 1 - back, 12)
    return f"{year:04d}-{month + 1:02d}"


def month_span(month: str) -> tuple[int, int]:
    """First microsecond of a month, and of the next one.

    >>> month_span("1970-01")
    (0, 2678400000000)
    """
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    year, number = divmod(first.year * 12 + first.month, 12)
    return to_us(first), to_us(first.replace(year=year, month=number + 1))
