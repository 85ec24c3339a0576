"""When stations stood, read from the events as they are stored."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from twin.monitoring.muting import STEPS, Stop, stops_of
from twin.store import schema

__all__ = ["StopBook"]


class StopBook:
    """Stops of all stations, brought up to date with the events that arrived.

    Parameters
    ----------
    servers : mapping of str to int
        Machines of a station, where more than one.
    """

    def __init__(self, servers: Mapping[str, int]) -> None:
        self._servers = servers
        self._seen = 0
        self._events: dict[str, list[tuple[int, int, str]]] = {}
        self.stops: dict[str, tuple[Stop, ...]] = {}

    def refresh(self, connection: sa.Connection) -> int | None:
        """Read what is new; the earliest time that it changed, or None."""
        table = schema.events.c
        newest = connection.execute(sa.select(sa.func.max(table.event_id))).scalar() or 0
        if newest <= self._seen:
            return None
        query = sa.select(
            table.event_id, table.station, table.occurred_at, table.sequence, table.event
        ).where(table.event_id > self._seen, table.event.in_(list(STEPS)))
        rows = connection.execute(query).all()
        self._seen = newest
        for row in rows:
            self._events.setdefault(row.station, []).append((row[2], row[3], row[4]))
        for station in {row.station for row in rows}:
            servers = self._servers.get(station, 1)
            self.stops[station] = stops_of(station, self._events[station], servers)
        return min((row[2] for row in rows), default=None)
