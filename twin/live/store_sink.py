"""Keeps collected records in the store, each batch in one transaction."""

from __future__ import annotations

import sqlalchemy as sa

from twin.live.wire import Batch
from twin.measurement import Event, Measurement
from twin.store import Receipt, Store, schema, writing
from twin.store.upsert import upsert

__all__ = ["StoreSink"]


class StoreSink:
    """A `Sink` whose commit is the commit of the database.

    Parameters
    ----------
    store : Store
        Durable when a call returns.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.measurements = Receipt()
        self.events = Receipt()

    def committed(self, source: str) -> int:
        """Highest sequence stored of `source`: batches are whole, so nothing lies before it.

        The mark that was kept with the last batch says it, also when old months have moved into
        the archive. Only a store from before there were marks is searched.
        """
        marks = schema.source_marks.c
        query = sa.select(marks.mark).where(marks.source == source, marks.channel == _mark(source))
        with self._store.database.reading() as connection:
            kept = connection.execute(query).scalar()
            return _highest(connection, source) if kept is None else int(kept)

    def commit(self, batch: Batch) -> None:
        """Store measurements and events of `batch` together, or neither."""
        measurements = [one for one in batch.records if isinstance(one, Measurement)]
        events = [one for one in batch.records if isinstance(one, Event)]
        with self._store.database.ingesting() as connection:
            if measurements:
                self.measurements += writing.write_measurements(connection, measurements)
            if events:
                self.events += writing.write_events(connection, events)
            if batch.records:
                _keep_mark(connection, batch.records[-1].source, batch.last)


def _mark(source: str) -> str:
    """The channel under which a supervised transfer of the same plant keeps its mark too."""
    return f"transfer {source}"


def _keep_mark(connection: sa.Connection, source: str, last: int) -> None:
    """A batch that came again moves no mark back."""
    marks = schema.source_marks.c
    mine = (marks.source == source) & (marks.channel == _mark(source))
    kept = connection.execute(sa.select(marks.mark).where(mine)).scalar()
    row = {"source": source, "channel": _mark(source), "mark": str(max(last, int(kept or 0)))}
    upsert(connection, schema.source_marks, ("source", "channel"), row)


def _highest(connection: sa.Connection, source: str) -> int:
    highest = 0
    for table in (schema.measurements, schema.events):
        query = sa.select(sa.func.max(table.c.sequence)).where(table.c.source == source)
        highest = max(highest, connection.execute(query).scalar() or 0)
    return highest
