"""`Store`: the system of record of one installation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa

from twin.access.identity import COMMAND, Identity
from twin.measurement import Event, Measurement
from twin.settings import Settings
from twin.store import archive, hours, reading, schema, writing
from twin.store.archive import Wanted
from twin.store.archive.kind import EVENTS
from twin.store.database import Database
from twin.store.receipts import Receipt
from twin.store.times import from_us

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Store", "StoredSeries"]

_COUNTED = (
    "measurements", "events", "alerts", "conflicts", "quarantine", "limits", "outbox", "audit",
    "imports", "point_notes",
)


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """One characteristic at one station, and how much of it is stored."""

    characteristic: str
    station: str
    unit: str
    n: int
    last_measured_at: datetime


class Store:
    """Measurements, events and the tables of monitoring, in one database.

    Processes may share it: any number read, writers wait for each other. Threads may share one
    `Store`. Use `Store.open`, or the class as a context manager.

    Attributes
    ----------
    database : Database
        For the rooms which keep tables of their own here.
    home : Path
        Folder of keys, notification settings and evidence.
    identity : Identity
        For whom it writes; the command line unless `acting_as` says another.
    """

    def __init__(self, database: Database, home: Path, identity: Identity = COMMAND) -> None:
        self.database = database
        self.home = home
        self.identity = identity

    @classmethod
    def open(cls, settings: Settings | None = None) -> Store:
        """Open the store of `settings` (default: of the environment), made when missing.

        Raises
        ------
        StoreError
            When the database cannot be opened, or was written by a newer version.
        """
        chosen = settings or Settings.from_environment()
        return cls(Database(chosen.database_url, chosen.home), chosen.home)

    def acting_as(self, identity: Identity) -> Store:
        """The same store, writing for `identity`; what that may do is checked at each write."""
        return Store(self.database, self.home, identity)

    def close(self) -> None:
        """Release the database."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    def add_measurements(
        self, rows: Sequence[Measurement], *, late_after_s: float = writing.LATE_AFTER_S
    ) -> Receipt:
        """Store a batch in one transaction; when this returns, it is durable.

        Parameters
        ----------
        late_after_s : float
            A row measured longer than this before the newest stored of its series is late.
        """
        if not rows:
            return Receipt()
        with self.database.ingesting() as connection:
            return writing.write_measurements(connection, rows, late_after_s)

    def add_events(
        self, rows: Sequence[Event], *, late_after_s: float = writing.LATE_AFTER_S
    ) -> Receipt:
        """Store a batch of events in one transaction; when this returns, it is durable."""
        if not rows:
            return Receipt()
        with self.database.ingesting() as connection:
            return writing.write_events(connection, rows, late_after_s)

    def measurements(
        self,
        characteristic: str | None = None,
        station: str | None = None,
        *,
        lot_ids: Iterable[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        known_by: datetime | None = None,
        last: int | None = None,
        columns: Sequence[str] = reading.MEASUREMENT_COLUMNS,
    ) -> pd.DataFrame:
        """Measurements ordered by `measured_at`, `sequence`, `position`.

        Parameters
        ----------
        since, until : datetime, optional
            Measured in this period, both ends included.
        known_by : datetime, optional
            Only what was measured and received by then (`received_at`, else `measured_at`).
        last : int, optional
            Only the newest so many.
        columns : sequence of str
            Columns of the result.
        """
        with self.database.reading() as connection:
            chosen = _series_ids(connection, characteristic, station)
        wanted = Wanted.of(
            lot_ids, series_ids=chosen, since=since, until=until, known_by=known_by
        )
        return archive.read_measurements(
            self.database, self.home, wanted, last=last, columns=columns
        )

    def events(
        self,
        *,
        lot_ids: Iterable[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        known_by: datetime | None = None,
    ) -> pd.DataFrame:
        """Events ordered by `occurred_at`, then `sequence`, then arrival."""
        wanted = Wanted.of(lot_ids, since=since, until=until, known_by=known_by)
        return archive.read_events(self.database, self.home, wanted)

    def hourly(
        self,
        characteristic: str,
        station: str,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> pd.DataFrame:
        """Hours of a series: `hour_at`, `n`, `mean`, `sd`, `lowest`, `highest`, by time.

        Good readings that are not censored, those that moved to the archive included.
        """
        with self.database.reading() as connection:
            return hours.read_hours(connection, characteristic, station, since, until)

    def genealogy(self) -> pd.DataFrame:
        """Every `parent_lot_id` and `lot_id` that a split or merge joined, with when."""
        import pandas as pd

        query = "SELECT parent_lot_id, lot_id, event, occurred_at FROM genealogy ORDER BY 4, 1, 2"
        with self.database.reading() as connection:
            rows = connection.execute(sa.text(query)).all()
        frame = pd.DataFrame(rows, columns=["parent_lot_id", "lot_id", "event", "occurred_at"])
        return frame.assign(occurred_at=pd.to_datetime(frame["occurred_at"], unit="us", utc=True))

    def characteristics(self) -> list[StoredSeries]:
        """What is stored, by station and characteristic."""
        table = schema.series.c
        query = (
            sa.select(
                table.characteristic, table.station, table.unit, table.n, table.last_measured_at
            )
            .where(table.n > 0)
            .order_by(table.station, table.characteristic)
        )
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        return [StoredSeries(*row[:4], from_us(row[4])) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many rows there are of each table, archived ones included."""
        with self.database.reading() as connection:
            counted = {
                name: connection.execute(
                    sa.select(sa.func.count()).select_from(schema.metadata.tables[name])
                ).scalar_one()
                for name in _COUNTED
                if name != "measurements"
            }
            total = connection.execute(sa.select(sa.func.sum(schema.series.c.n))).scalar()
            counted["events"] += archive.rows_moved(connection, EVENTS)
        return {"measurements": int(total or 0), **counted}


def _series_ids(
    connection: sa.Connection, characteristic: str | None, station: str | None
) -> list[int] | None:
    if characteristic is None and station is None:
        return None
    table = schema.series.c
    wanted = [
        *([] if characteristic is None else [table.characteristic == characteristic]),
        *([] if station is None else [table.station == station]),
    ]
    return list(connection.execute(sa.select(table.series_id).where(*wanted)).scalars())
