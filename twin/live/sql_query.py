"""`kind = "sql"`: rows of a query, read again and again from where it was.

    [[source]]
    name = "lab"
    kind = "sql"
    address = "postgresql+psycopg://reader@lims/lab"
    password_file = "secrets/lab"
    query = "SELECT id, at, lot, thickness FROM readings WHERE at > :after ORDER BY at"
    high_water = "at"             # column; its largest value so far is :after in the next query
    start = "2026-01-01T00:00:00" # :after in the first query
    overlap = 600                 # a row may appear so many s after its time and is still read
    time = "at"

A column that is mapped is a channel; the other columns are fields, `{lot}`. Rows that were read
before are known by their time, place and value, and are not stored again.
"""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

from process_models.errors import InputError
from twin.live.high_water import HighWater
from twin.live.sourcing import Edge, Source, SourceConfig
from twin.live.sourcing.waits import pause
from twin.live.sql_rows import Row, RowReader

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["SqlSource", "sql_source"]

_MARK = "high water"
_MOST_AT_ONCE = 5000
_MOST_ROWS = 200_000
_NEEDED = ("query", "high_water", "start")


def sql_source(config: SourceConfig) -> Source:
    """The query that `config` describes.

    Raises
    ------
    InputError
        When a setting is missing, the query is not one SELECT with :after, or the URL is none.
    """
    for name in _NEEDED:
        if not str(config.options.get(name, "")).strip():
            raise InputError(f"source {config.name}: {name} is missing")
    query = str(config.options["query"]).strip().rstrip(";")
    if query.split(None, 1)[0].lower() not in ("select", "with") or ":after" not in query:
        raise InputError(f"source {config.name}: query must be a SELECT with :after, got {query!r}")
    return SqlSource(config, query)


class SqlSource:
    """One query, polled.

    Parameters
    ----------
    config : SourceConfig
    query : str
        With the parameter `:after`, ordered by the column `high_water`.
    """

    def __init__(self, config: SourceConfig, query: str) -> None:
        options = config.options
        self._config = config
        self._query = query
        self._column = str(options["high_water"])
        self._poll_s = float(options.get("poll_s", 10.0))
        self._overlap = float(options.get("overlap", 0.0))
        self._reader = RowReader(config)
        self._engine = _engine(config)
        self._seen: set[str] = set()

    async def run(self, out: Edge, stop: asyncio.Event) -> None:
        """Ask, deliver, wait, until `stop` is set.

        Raises
        ------
        ConnectionError
            When the database cannot be reached or the query fails.
        InputError
            When the rows are not as the settings say.
        """
        said = await out.mark(_MARK)
        water = HighWater.read(said) if said else HighWater(self._config.options["start"])
        self._seen = set()
        told = False
        while not stop.is_set():
            rows, more = await asyncio.to_thread(self._asked, water.less(self._overlap).value)
            if not told:
                await out.connected()
                told = True
            water = water.raised(row[self._column] for row in rows)
            await self._deliver(out, rows, water)
            if not more:
                await pause(self._poll_s, stop)

    async def _deliver(self, out: Edge, rows: list[Row], water: HighWater) -> None:
        """All rows that were not in the last answer; the mark moves with the last of them."""
        keys = [repr(row) for row in rows]
        fresh = [row for key, row in zip(keys, rows, strict=True) if key not in self._seen]
        for start in range(0, len(fresh), _MOST_AT_ONCE):
            items = self._reader.items(fresh[start : start + _MOST_AT_ONCE])
            last = start + _MOST_AT_ONCE >= len(fresh)
            await out.deliver(items, {_MARK: water.mark} if last else {})
        self._seen = set(keys)

    def _asked(self, after: object) -> tuple[list[Row], bool]:
        """Rows above `after`, and whether there are more than fit."""
        import sqlalchemy as sa
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with self._engine.connect() as connection:
                if only := _READ_ONLY.get(self._engine.dialect.name):
                    connection.execute(sa.text(only))
                found = connection.execute(sa.text(self._query), {"after": after})
                rows: list[Row] = [dict(row) for row in found.mappings().fetchmany(_MOST_ROWS)]
        except (SQLAlchemyError, OSError, UnicodeError) as error:
            cause = getattr(error, "orig", None) or error
            raise ConnectionError(f"query failed: {str(cause)[:200]}") from error
        self._check(rows)
        return self._whole(rows)

    def _check(self, rows: list[Row]) -> None:
        needed = {self._column, *self._reader.columns}
        if rows and (missing := sorted(needed - set(rows[0]))):
            gave = ", ".join(rows[0])[:100]
            raise InputError(f"query must give column {missing[0]!r}, it gives {gave}")

    def _whole(self, rows: list[Row]) -> tuple[list[Row], bool]:
        """What was cut off must lie above all that came: equal values come in the next answer."""
        if len(rows) < _MOST_ROWS:
            return rows, False
        marks = [row[self._column] for row in rows]
        below = [row for row in rows if row[self._column] != marks[-1]]
        if not below or any(a > b for a, b in pairwise(marks)):
            raise InputError(
                f"query must be ordered by {self._column}, with fewer than {_MOST_ROWS:,} equal"
            )
        return below, True


_READ_ONLY = {
    "postgresql": "SET TRANSACTION READ ONLY", "sqlite": "PRAGMA query_only = ON",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
}  # fmt: skip


def _engine(config: SourceConfig) -> sa.Engine:
    import sqlalchemy as sa
    from sqlalchemy.exc import ArgumentError

    try:
        url = sa.make_url(config.address)
        if config.username:
            url = url.set(username=config.username)
        if (secret := config.password()) is not None:
            url = url.set(password=secret)
        return sa.create_engine(url, poolclass=sa.NullPool)
    except (ArgumentError, ImportError, ValueError) as error:
        raise InputError(
            f"source {config.name}: address must be a database URL: {str(error)[:100]}"
        ) from error
