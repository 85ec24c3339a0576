"""How long records are kept: for ever, unless the site says otherwise in `retention.toml`.

    [keep_months]
    measurements = 36
    events = 36
    conflicts = 12
    quarantine = 12

Whole months go, archived or not. Never removed are the audit trail, alerts with their history,
limits, notes, cell tests, the splits and merges of the genealogy, and the hourly sums.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from process_models.errors import InputError
from twin.access.permit import permit
from twin.monitoring.audit import AuditLog
from twin.store import schema
from twin.store.archive.catalogue import ArchiveFile, catalogue, month_of, month_span
from twin.store.archive.kind import KINDS, MEASUREMENTS, Kind
from twin.store.archive.month_file import open_verified, read_groups
from twin.store.archive.rows_of_month import arrival_bound, months_in_database, ready_to_go
from twin.store.folders import archive_folder
from twin.store.store import Store
from twin.store.times import from_us

__all__ = ["Expired", "expired", "read_retention", "remove_expired"]

FILE = "retention.toml"
_ASIDE = ("conflicts", "quarantine")


@dataclass(frozen=True, slots=True)
class Expired:
    """Rows of one kind that are older than the site keeps; `month` is the last one that goes.

    Attributes
    ----------
    file : str
        Of the archive; empty for rows of the database.
    """

    kind: str
    month: str
    rows: int
    file: str = ""


def read_retention(home: Path) -> dict[str, int]:
    """Months that each kind is kept, by `retention.toml` of `home`; empty keeps everything.

    Raises
    ------
    InputError
        When the file names another kind, or not a whole number from 1 up.
    """
    path = home / FILE
    if not path.is_file():
        return {}
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    allowed = (*KINDS, *_ASIDE)
    months = told.get("keep_months", {})
    for name, value in months.items():
        if name not in allowed:
            raise InputError(f"{path}: keep_months of {', '.join(allowed)}, got {name!r}")
        if type(value) is not int or value < 1:
            raise InputError(f"{path}: {name} must be a whole number from 1 up, got {value!r}")
    return dict(months)


def expired(store: Store, *, now: datetime | None = None) -> list[Expired]:
    """What `remove_expired` would remove; nothing is touched."""
    return list(_find(store, read_retention(store.home), now or datetime.now(UTC)))


def remove_expired(
    store: Store, *, user: str, reason: str = "", now: datetime | None = None
) -> list[Expired]:
    """Remove what is older than the site keeps, each month with an entry in the audit trail.

    Raises
    ------
    StoreError
        When a file of the archive is damaged, so that what it holds cannot be counted.
    """
    name = permit(store, "archive.retain", user=user)
    found = expired(store, now=now)
    log = AuditLog(store)
    for one in found:
        with log.writing() as connection:
            file = _remove(connection, store.home, one)
            log.append(
                connection, user=name, action="archive.retain", subject=f"{one.kind} {one.month}",
                old={"rows": one.rows, "file": one.file}, reason=reason or f"{FILE} of the site",
            )  # fmt: skip
        if file is not None:
            file.unlink(missing_ok=True)
    return found


def _find(store: Store, keep: Mapping[str, int], now: datetime) -> Iterator[Expired]:
    with store.database.reading() as connection:
        for name, months in keep.items():
            before = month_of(now, back=months)
            if name in _ASIDE:
                yield from _found_aside(connection, name, before)
                continue
            for file in catalogue(connection, name):
                if file.whole and file.month < before:
                    yield Expired(name, file.month, file.rows, file.file)
            kind = KINDS[name]
            bound = arrival_bound(connection, kind)
            for month, rows in months_in_database(connection, kind, before, bound).items():
                yield Expired(name, month, rows)


def _found_aside(connection: sa.Connection, name: str, before: str) -> Iterator[Expired]:
    month = month_of(from_us(month_span(before)[0] - 1))
    table = schema.metadata.tables[name]
    query = sa.select(sa.func.count()).select_from(table).where(*_aside(table, month))
    rows = int(connection.execute(query).scalar_one())
    if rows:
        yield Expired(name, month, rows)


def _aside(table: sa.Table, month: str) -> list[sa.ColumnElement[bool]]:
    """Conflicts and settled rows of quarantine that were kept aside until the end of `month`."""
    settled = [table.c.state != "open"] if "state" in table.c else []
    return [table.c.at < month_span(month)[1], *settled]


def _remove(connection: sa.Connection, home: Path, one: Expired) -> Path | None:
    """Remove the rows; the file that is to go once that is committed."""
    if one.kind in _ASIDE:
        table = schema.metadata.tables[one.kind]
        connection.execute(table.delete().where(*_aside(table, one.month)))
        return None
    kind = KINDS[one.kind]
    if not one.file:
        _remove_rows(connection, kind, one.month)
        return None
    (file,) = (f for f in catalogue(connection, one.kind) if f.file == one.file)
    if kind is MEASUREMENTS:
        _count_down(connection, _series_of(home, file))
    connection.execute(schema.archives.delete().where(schema.archives.c.file == one.file))
    return archive_folder(home) / one.file


def _remove_rows(connection: sa.Connection, kind: Kind, month: str) -> None:
    ready = ready_to_go(kind, *month_span(month), arrival_bound(connection, kind))
    if kind is MEASUREMENTS:
        series_id = kind.table.c.series_id
        query = sa.select(series_id, sa.func.count()).where(*ready).group_by(series_id)
        _count_down(connection, {row[0]: row[1] for row in connection.execute(query)})
    connection.execute(kind.table.delete().where(*ready))


def _series_of(home: Path, file: ArchiveFile) -> dict[int, int]:
    path = archive_folder(home) / file.file
    with open_verified(path, file.sha256) as stored:
        numbers = read_groups(path, stored, range(file.row_groups), ["series_id"])["series_id"]
    return {one["values"]: one["counts"] for one in numbers.value_counts().to_pylist()}


def _count_down(connection: sa.Connection, rows: Mapping[int, int]) -> None:
    table = schema.series
    for series_id, n in rows.items():
        connection.execute(
            table.update().where(table.c.series_id == series_id).values(n=table.c.n - n)
        )
