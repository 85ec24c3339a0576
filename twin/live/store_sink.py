"""Keeps collected records in the store, each batch in one transaction."""

from __future__ import annotations

import sqlalchemy as sa

from twin.live.wire import Batch
from twin.measurement import Event, Measurement
from twin.store import Receipt, Store, schema, writing

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
        """Highest sequence stored of `source`: batches are whole, so nothing lies before it."""
        highest = 0
        with self._store.database.reading() as connection:
            for table in (schema.measurements, schema.events):
                query = sa.select(sa.func.max(table.c.sequence)).where(table.c.source == source)
                highest = max(highest, connection.execute(query).scalar() or 0)
        return highest

    def commit(self, batch: Batch) -> None:
        """Store measurements and events of `batch` together, or neither."""
        measurements = [one for one in batch.records if isinstance(one, Measurement)]
        events = [one for one in batch.records if isinstance(one, Event)]
        with self._store.database.ingesting() as connection:
            if measurements:
                self.measurements += writing.write_measurements(connection, measurements)
            if events:
                self.events += writing.write_events(connection, events)
