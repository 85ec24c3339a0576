"""Reading what is in the database and what is in the archive as one.

The catalogue and the rows are read in one view of the database, so every row is seen once, whatever
moves meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from twin.store import reading, schema
from twin.store.archive.catalogue import ArchiveFile, catalogue
from twin.store.archive.kind import EVENTS, KINDS, MEASUREMENTS, Kind
from twin.store.archive.month_file import MissingFile, open_verified, read_groups
from twin.store.archive.wanted import Wanted
from twin.store.folders import archive_folder
from twin.store.times import from_us, to_us

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from twin.store.database import Database

__all__ = [
    "archived_content",
    "newest_archived",
    "read_events",
    "read_measurements",
    "rows_moved",
]

Key = tuple[Any, ...]


def read_measurements(
    database: Database,
    home: Path,
    wanted: Wanted,
    *,
    last: int | None = None,
    columns: Sequence[str] = reading.MEASUREMENT_COLUMNS,
) -> pd.DataFrame:
    """Measurements by `measured_at`, `sequence`, `position`, then arrival, wherever they are.

    Parameters
    ----------
    last : int, optional
        Only the newest so many.

    Raises
    ------
    StoreError
        When a file of the archive is missing or damaged; the message names it.
    """

    def recent(connection: sa.Connection, more: Sequence[str]) -> pd.DataFrame:
        return reading.read_measurements(
            connection, wanted.conditions(MEASUREMENTS), last=last, columns=more
        )

    return _together(database, home, MEASUREMENTS, wanted, recent, last, columns)


def read_events(database: Database, home: Path, wanted: Wanted) -> pd.DataFrame:
    """Events by `occurred_at`, `sequence`, then arrival, wherever they are.

    Raises
    ------
    StoreError
        When a file of the archive is missing or damaged; the message names it.
    """

    def recent(connection: sa.Connection, more: Sequence[str]) -> pd.DataFrame:
        return reading.read_events(connection, wanted.conditions(EVENTS), columns=more)

    return _together(database, home, EVENTS, wanted, recent, None, reading.EVENT_COLUMNS)


def archived_content(
    connection: sa.Connection,
    table: sa.Table,
    key: Sequence[str],
    content: Sequence[str],
    keys: Sequence[Key],
) -> Iterator[tuple[Key, Key]]:
    """What archived rows of `table` with these keys say, so that a replay is known as one.

    Parameters
    ----------
    connection : Connection
        Of `Database.writing`, which knows where the archive is.
    key, content : sequence of str
        Columns of the identity, and of what is compared.
    """
    kind = KINDS.get(table.name)
    if kind is None or not keys:
        return
    place = key.index(kind.at)
    times = [one[place] for one in keys]
    files = catalogue(connection, kind.name, since_us=min(times), until_us=max(times))
    home = connection.get_execution_options().get("lacss_home", Path())
    asked = set(keys)
    for file in files:
        inside = [at for at in times if file.from_at <= at <= file.to_at]
        if inside:
            wanted = Wanted(since=from_us(min(inside)), until=from_us(max(inside)))
            rows = _plain(_archived(home, kind, file, wanted, [*key, *content]), [*key, *content])
            for row in rows:
                if row[: len(key)] in asked:
                    yield row[: len(key)], row[len(key) :]


def newest_archived(connection: sa.Connection, kind: Kind) -> int | None:
    """Time of the newest archived row, microseconds since the epoch; None when there is none."""
    table = schema.archives.c
    query = sa.select(sa.func.max(table.to_at)).where(table.kind == kind.name)
    found: int | None = connection.execute(query).scalar()
    return found


def rows_moved(connection: sa.Connection, kind: Kind) -> int:
    """How many rows of a kind are in the archive and not in the database."""
    table = schema.archives.c
    query = sa.select(sa.func.sum(table.moved_rows)).where(table.kind == kind.name)
    return int(connection.execute(query).scalar() or 0)


def _plain(table: pa.Table, columns: Sequence[str]) -> Iterator[Key]:
    """Rows as the database gives them: times as whole microseconds."""
    import pyarrow as pa

    parts = []
    for name in columns:
        part = table[name]
        parts.append(part.cast(pa.int64()) if pa.types.is_timestamp(part.type) else part)
    return zip(*(part.to_pylist() for part in parts), strict=True)


def _together(
    database: Database,
    home: Path,
    kind: Kind,
    wanted: Wanted,
    recent: Callable[[sa.Connection, Sequence[str]], pd.DataFrame],
    last: int | None,
    columns: Sequence[str],
) -> pd.DataFrame:
    more = [*columns, *(name for name in kind.order if name not in columns)]

    def read() -> pd.DataFrame:
        with database.reading() as connection:
            files = catalogue(
                connection, kind.name, since_us=wanted.since_us, until_us=wanted.until_us
            )
            frame = recent(connection, more if files else columns)
        return _joined(home, kind, files, wanted, frame, last, columns)

    try:
        return read()
    except MissingFile:  # retention may have removed it since the catalogue was read
        return read()


def _joined(
    home: Path, kind: Kind, files: Sequence[ArchiveFile], wanted: Wanted, recent: pd.DataFrame,
    last: int | None, columns: Sequence[str],
) -> pd.DataFrame:  # fmt: skip
    import pandas as pd

    if not files:
        return recent
    more = list(recent.columns)
    parts = [recent] if len(recent) else []
    held = len(recent)
    for file in sorted(files, key=lambda one: one.to_at, reverse=True):
        if last is not None and held >= last and _older(file, parts, kind, last):
            break
        part = _frame(_archived(home, kind, file, wanted, more), more)
        if len(part):
            parts.append(part)
            held += len(part)
    if not parts:
        return recent[list(columns)]
    together = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    if len(parts) > 1 or parts[0] is not recent:
        together = together.sort_values(list(kind.order), kind="stable", ignore_index=True)
    if last is not None:
        together = together.tail(last).reset_index(drop=True)
    return together[list(columns)]


def _older(file: ArchiveFile, parts: Sequence[pd.DataFrame], kind: Kind, last: int) -> bool:
    """Whether the whole file is older than the `last` newest rows found so far."""
    import pandas as pd

    times = pd.concat([part[kind.at] for part in parts]).nlargest(last)
    return bool(file.to_at < to_us(times.iloc[-1]))


def _archived(
    home: Path, kind: Kind, file: ArchiveFile, wanted: Wanted, columns: Sequence[str]
) -> pa.Table:
    path = archive_folder(home) / file.file
    with open_verified(path, file.sha256) as stored:
        groups = wanted.groups(kind, stored.metadata, file.moved_groups)
        table = read_groups(path, stored, groups, wanted.needed(kind, columns))
    condition = wanted.filter(kind)
    return table if condition is None else table.filter(condition)


def _frame(table: pa.Table, columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd
    import pyarrow as pa

    def series(name: str) -> pd.Series:
        kind = table.schema.field(name).type
        if pa.types.is_string(kind):
            return pd.Series(pd.array(table[name].combine_chunks(), dtype="str"))
        column: pd.Series = table[name].to_pandas()
        return column

    return pd.DataFrame({name: series(name) for name in columns})
