"""The line as the store knows it at one time, and kept in step with the store from then on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from twin.in_step.tracker import Taken, Tracker
from twin.state import LineState
from twin.store import schema

if TYPE_CHECKING:
    from twin.line import LineModel
    from twin.store import Store

__all__ = ["CurrentState", "Follower", "current_state", "tracker_for"]

_BACK = timedelta(days=60)
_EVENT = ("occurred_at", "sequence", "lot_id", "station", "event", "detail")


@dataclass(frozen=True)
class CurrentState:
    """What is known of the line now.

    Attributes
    ----------
    state : LineState
        Where every lot is, and what each station does.
    readings : mapping of str to mapping
        Of each lot in process: values by (characteristic, station).
    passes : mapping of str to int
        Lots that each station has finished since its last maintenance.
    """

    state: LineState
    readings: Mapping[str, Mapping[tuple[str, str], NDArray[np.float64]]]
    passes: Mapping[str, int]


def tracker_for(line: LineModel) -> Tracker:
    """A tracker of this line."""
    laboratory = next((one.name for one in line.stations if one.samples), "cell_test")
    return Tracker([one.name for one in line.path], laboratory)


def current_state(store: Store, line: LineModel, as_of: datetime) -> CurrentState:
    """The line as known at `as_of`; what was received later does not count."""
    tracker = tracker_for(line)
    tracker.add_frame(store.events(known_by=as_of, since=as_of - _BACK))
    state = tracker.state(as_of)
    lots = [lot.lot_id for lot in state.lots]
    read = store.measurements(
        lot_ids=lots,
        known_by=as_of,
        columns=("lot_id", "characteristic", "station", "position", "value", "quality"),
    )
    return CurrentState(state, _by_lot(read), dict(tracker.reduced(as_of).passes))


def _by_lot(read: Any) -> dict[str, dict[tuple[str, str], NDArray[np.float64]]]:
    good = read[read["quality"] != "bad"]
    found: dict[str, dict[tuple[str, str], Any]] = {}
    columns = (good[name].tolist() for name in ("lot_id", "characteristic", "station", "value"))
    for lot, characteristic, station, value in zip(*columns, strict=True):
        found.setdefault(lot, {}).setdefault((characteristic, station), []).append(value)
    return {
        lot: {key: np.array(values) for key, values in own.items()} for lot, own in found.items()
    }


class Follower:
    """Keeps a tracker in step with a store: each call takes what has arrived since the last.

    Parameters
    ----------
    store : Store
    line : LineModel
    """

    def __init__(self, store: Store, line: LineModel) -> None:
        self._store = store
        self._line = line
        self._seen = 0
        self.tracker = tracker_for(line)

    def catch_up(self) -> Taken:
        """Take the new events; an event too late for the tracker starts it again from the store."""
        taken = self._take()
        if taken.refused:
            self.tracker, self._seen = tracker_for(self._line), 0
            taken = self._take()
        return taken

    def _take(self) -> Taken:
        table = schema.events.c
        query = (
            sa.select(table.event_id, *(table[name] for name in _EVENT))
            .where(table.event_id > self._seen)
            .order_by(table.occurred_at, table.sequence, table.event_id)
        )
        with self._store.database.reading() as connection:
            rows = connection.execute(query).all()
        from twin.in_step.reduced import order_of

        total = Taken()
        for number, us, sequence, lot, station, event, detail in rows:
            key = (us, sequence, order_of(event), lot, station, event, detail)
            total += self.tracker.add_key(key)
            self._seen = max(self._seen, number)
        return total

    def state(self, as_of: datetime | None = None) -> LineState:
        """The line at `as_of`, by default at its newest event."""
        return self.tracker.state(as_of)
