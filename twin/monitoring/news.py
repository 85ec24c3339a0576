"""What was stored since the last look: rows by the order of arrival, no commit overlooked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from twin.monitoring.track_points import Row
from twin.store import Store, schema
from twin.store.times import now_us

__all__ = ["Arrived", "News", "Place", "stored_rows"]

Place = tuple[str, str]
MOST_ROWS = 20_000
_HOLE_S = 60.0
_RECENT = 5_000


@dataclass(frozen=True)
class Arrived:
    """Rows that came, by characteristic and station.

    Attributes
    ----------
    rows : mapping of Place to list of Row, or None
        None when there were too many to hand out one by one: the store has to be read.
    since_us : mapping of Place to int
        Earliest time of a reading that came.
    newest_us : int or None
        Latest time of a reading that came.
    ahead_us : mapping of str to int
        Source to how far its newest reading is ahead of its receipt; simulated ones left out.
    """

    rows: Mapping[Place, Sequence[Row]] | None
    since_us: Mapping[Place, int]
    newest_us: int | None = None
    ahead_us: Mapping[str, int] = field(default_factory=dict)


class News:
    """Reads what came after a watermark, and moves the watermark.

    On a database whose transactions run side by side a lower number may be committed after a
    higher one. Numbers that were left out are asked for again for a minute.

    Attributes
    ----------
    seen : int
        Newest `measurement_id` that was handed out.
    """

    def __init__(self, store: Store, seen: int) -> None:
        self._store = store
        self.seen = seen
        self._holes: dict[int, int] = {}
        self._places: dict[int, Place] = {}

    @property
    def durable(self) -> int:
        """The watermark to begin from after a restart: nothing below it is missing."""
        return min([self.seen, *(hole - 1 for hole in self._holes)])

    def read(self, connection: sa.Connection) -> Arrived:
        """What came since the last call."""
        table = schema.measurements.c
        newest = connection.execute(sa.select(sa.func.max(table.measurement_id))).scalar() or 0
        if newest < self.seen:  # the newest rows were archived, and their numbers come again
            self.seen = newest
        if newest <= self.seen and not self._holes:
            return Arrived({}, {})
        query = sa.select(*_COLUMNS).where(self._fresh()).order_by(table.measurement_id)
        rows = connection.execute(query.limit(MOST_ROWS + 1)).all()
        if len(rows) > MOST_ROWS:
            return self._many(connection, newest)
        self._look_for_holes([row[0] for row in rows])
        self._name({row[1] for row in rows}, connection)
        by_place: dict[Place, list[Row]] = {}
        since: dict[Place, int] = {}
        ahead: dict[str, int] = {}
        for row in rows:
            place = self._places[row[1]]
            since[place] = min(row[2], since.get(place, row[2]))
            if row.provenance != "simulated":
                ahead[row.source] = row[2] - (row.received_at or now_us())
            if row.quality != "bad" and row.censoring == "exact":
                by_place.setdefault(place, []).append(_row(row))
        newest_us = max((row[2] for row in rows), default=None)
        return Arrived(by_place, since, newest_us, ahead)

    def _fresh(self) -> sa.ColumnElement[bool]:
        number = schema.measurements.c.measurement_id
        fresh = number > self.seen
        return sa.or_(fresh, number.in_(list(self._holes))) if self._holes else fresh

    def _many(self, connection: sa.Connection, newest: int) -> Arrived:
        table = schema.measurements.c
        query = (
            sa.select(
                table.series_id, sa.func.min(table.measured_at), sa.func.max(table.measured_at)
            )
            .where(self._fresh())
            .group_by(table.series_id)
        )
        found = connection.execute(query).all()
        self._name({row[0] for row in found}, connection)
        self.seen = max(newest, self.seen)
        since = {self._places[row[0]]: row[1] for row in found}
        return Arrived(None, since, max((row[2] for row in found), default=None))

    def _look_for_holes(self, numbers: Sequence[int]) -> None:
        if self._store.database.is_sqlite:
            self.seen = max([self.seen, *numbers])
            return
        now = now_us()
        there = set(numbers)
        last = max([self.seen, *numbers])
        for missing in range(max(self.seen + 1, last - _RECENT), last):
            if missing not in there:
                self._holes[missing] = now
        self._holes = {
            hole: since
            for hole, since in self._holes.items()
            if hole not in there and now - since < _HOLE_S * 1e6
        }
        self.seen = last

    def _name(self, ids: set[int], connection: sa.Connection) -> None:
        if ids <= self._places.keys():
            return
        table = schema.series.c
        query = sa.select(table.series_id, table.characteristic, table.station)
        self._places = {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def stored_rows(
    store: Store, place: Place, since_us: int | None, *, last_before: int
) -> tuple[list[Row], bool]:
    """Usable readings from `last_before` readings before `since_us` on, in order.

    Returns
    -------
    rows : list of Row
    whole : bool
        Whether they begin with the first reading that is stored.
    """
    from twin.store.times import from_us

    start = None if since_us is None else _history_start(store, place, since_us, last_before)
    frame = store.measurements(
        *place, since=None if start is None else from_us(start), columns=_FRAME
    )
    frame = frame[(frame["quality"] != "bad") & (frame["censoring"] == "exact")]
    at = frame["measured_at"].astype("datetime64[us, UTC]").astype("int64")
    known = frame["received_at"].fillna(frame["measured_at"])
    known = known.astype("datetime64[us, UTC]").astype("int64")
    columns = (frame[name] for name in ("sequence", "position", "lot_id", "source", "subgroup",
                                        "value"))  # fmt: skip
    parts = [part.tolist() for part in (at, *columns, known, frame["provenance"])]
    return sorted(Row(*values) for values in zip(*parts, strict=True)), start is None


def _history_start(store: Store, place: Place, since_us: int, count: int) -> int | None:
    readings, series = schema.measurements.c, schema.series.c
    query = (
        sa.select(readings.measured_at)
        .join(schema.series, series.series_id == readings.series_id)
        .where(
            series.characteristic == place[0], series.station == place[1],
            readings.measured_at < since_us,
        )
        .order_by(readings.measured_at.desc())
        .offset(count)
        .limit(1)
    )  # fmt: skip
    with store.database.reading() as connection:
        found: int | None = connection.execute(query).scalar()
    return found


_T = schema.measurements.c
_COLUMNS = (
    _T.measurement_id, _T.series_id, _T.measured_at, _T.sequence, _T.position, _T.lot_id,
    _T.source, _T.subgroup, _T.value, _T.received_at, _T.provenance, _T.quality, _T.censoring,
)  # fmt: skip
_FRAME = (
    "measured_at", "sequence", "position", "lot_id", "source", "subgroup", "value", "received_at",
    "provenance", "quality", "censoring",
)  # fmt: skip


def _row(row: Any) -> Row:
    received = row.measured_at if row.received_at is None else row.received_at
    return Row(
        row.measured_at, row.sequence, row.position, row.lot_id, row.source, row.subgroup,
        row.value, received, row.provenance,
    )  # fmt: skip
