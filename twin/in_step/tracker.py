"""Takes events and measurements as they come, and always stands where the sorted log would.

The log is kept in blocks of about a thousand events, each with the state before it. An event in its
turn is applied; a late one goes to its place, and the log is replayed from the block that it falls
in. An event that is there already changes nothing. The oldest blocks are let go; an event that
belongs before all of them is refused, and whoever feeds the tracker starts it again from the store.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from process_models.errors import InputError
from twin.in_step.readings import Readings
from twin.in_step.reduced import Key, Reduced, order_of
from twin.measurement import Event, Measurement
from twin.state import PATH, LineState
from twin.store.times import from_us, to_us

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Taken", "Tracker", "key_of"]

_BLOCK = 1_000
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch.

    Attributes
    ----------
    applied, duplicates : int
    late : int
        Of those applied, how many came after a later one.
    refused : int
        Older than anything that the tracker keeps.
    """

    applied: int = 0
    duplicates: int = 0
    late: int = 0
    refused: int = 0

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            self.applied + other.applied,
            self.duplicates + other.duplicates,
            self.late + other.late,
            self.refused + other.refused,
        )


@dataclass
class _Block:
    before: Reduced
    keys: list[Key] = field(default_factory=list)


def key_of(event: Event) -> Key:
    """What an event is known by; equal keys are one event."""
    return (
        to_us(event.occurred_at),
        event.sequence,
        order_of(event.event),
        event.lot_id,
        event.station,
        event.event,
        event.detail,
    )


class Tracker:
    """The state of one line, event by event.

    Parameters
    ----------
    path : sequence of str
        Stations in the order in which lots visit them.
    laboratory : str
        Where coupons are tested.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = datetime(2026, 1, 5, 6, tzinfo=UTC)
    >>> tracker = Tracker(("roll",))
    >>> event = Event(occurred_at=at, station="roll", event="start", lot_id="A")
    >>> tracker.add([event, event])
    Taken(applied=1, duplicates=1, late=0, refused=0)
    >>> tracker.state().lots[0].phase
    'in_service'
    """

    def __init__(self, path: Sequence[str] = PATH, laboratory: str = "cell_test") -> None:
        if not path:
            raise InputError("path must name at least one station, got none")
        self.path = tuple(path)
        self.laboratory = laboratory
        self.readings = Readings()
        self._now = Reduced(self.path[-1], laboratory)
        self._blocks = [_Block(self._now.copy())]
        self._last: Key | None = None
        self._forgotten = False

    def add(self, records: Iterable[Event | Measurement]) -> Taken:
        """Take records in any order."""
        total = Taken()
        for one in records:
            if isinstance(one, Measurement):
                total += Taken(applied=1) if self.readings.add(one) else Taken(duplicates=1)
            else:
                total += self.add_key(key_of(one))
        return total

    def add_frame(self, events: pd.DataFrame) -> Taken:
        """Take events as `Store.events` gives them."""
        us = events["occurred_at"].astype("datetime64[us, UTC]").astype("int64").tolist()
        columns = [events[name].tolist() for name in ("sequence", "lot_id", "station", "event",
                                                      "detail")]  # fmt: skip
        counts = [0, 0, 0, 0]
        add = self._add
        for at, sequence, lot, station, event, detail in zip(us, *columns, strict=True):
            counts[add((at, sequence, order_of(event), lot, station, event, detail))] += 1
        return Taken(counts[0] + counts[2], counts[1], counts[2], counts[3])

    def add_key(self, key: Key) -> Taken:
        """Take one event."""
        return (Taken(1), Taken(0, 1), Taken(1, 0, 1), Taken(0, 0, 0, 1))[self._add(key)]

    def _add(self, key: Key) -> int:
        """0 applied, 1 there already, 2 late, 3 refused."""
        if self._last is None or key > self._last:
            self._append(key)
            return 0
        if key == self._last:
            return 1
        return self._insert(key)

    def _append(self, key: Key) -> None:
        block = self._blocks[-1]
        if len(block.keys) >= _BLOCK:
            block = _Block(self._now.copy())
            self._blocks.append(block)
            if len(self._blocks) > _KEPT:
                del self._blocks[0]
                self._forgotten = True
        block.keys.append(key)
        self._now.apply(key)
        self._last = key

    def _insert(self, key: Key) -> int:
        place = len(self._blocks) - 1
        while place and self._blocks[place].keys[0] > key:
            place -= 1
        block = self._blocks[place]
        spot = bisect_left(block.keys, key)
        if spot < len(block.keys) and block.keys[spot] == key:
            return 1
        if place == 0 and spot == 0 and self._forgotten:
            return 3
        block.keys.insert(spot, key)
        self._replay(place)
        return 2

    def _replay(self, first: int) -> None:
        now = self._blocks[first].before.copy()
        for place in range(first, len(self._blocks)):
            block = self._blocks[place]
            if place > first:
                block.before = now.copy()
            for key in block.keys:
                now.apply(key)
        self._now = now

    def state(self, as_of: datetime | None = None) -> LineState:
        """The line at `as_of`; by default at the newest event.

        Raises
        ------
        InputError
            When nothing is known, `as_of` has no offset, or it lies before all that is kept.
        """
        if as_of is None:
            if self._last is None:
                raise InputError("no events known: nothing has been told of the line")
            as_of = from_us(self._last[0])
        if as_of.tzinfo is None:
            raise InputError(f"as_of needs an offset from UTC, got {as_of.isoformat()}")
        return self.reduced(as_of).state(as_of, self.path)

    def reduced(self, as_of: datetime) -> Reduced:
        """What the events up to `as_of` reduce to; not to be changed."""
        until = (to_us(as_of) + 1,)
        if self._last is None or self._last < until:
            return self._now
        place = len(self._blocks) - 1
        while place and self._blocks[place].keys[0] >= until:
            place -= 1
        if place == 0 and self._forgotten and self._blocks[0].keys[0] >= until:
            raise InputError(f"as_of {as_of.isoformat()} lies before all that is kept")
        now = self._blocks[place].before.copy()
        for key in self._blocks[place].keys:
            if key >= until:
                break
            now.apply(key)
        return now

    def checkpoint(self) -> dict[str, Any]:
        """The state and the log of the last blocks, as JSON, for `from_checkpoint`."""
        kept = self._blocks[-2:]
        return {
            "path": list(self.path),
            "laboratory": self.laboratory,
            "before": kept[0].before.to_dict(),
            "keys": [key for one in kept for key in one.keys],
            "forgotten": self._forgotten or len(self._blocks) > len(kept),
        }

    @classmethod
    def from_checkpoint(cls, kept: dict[str, Any]) -> Tracker:
        """Go on where `checkpoint` was made."""
        made = cls(kept["path"], kept["laboratory"])
        made._now = Reduced.from_dict(kept["before"])
        made._blocks = [_Block(made._now.copy())]
        made._forgotten = bool(kept["forgotten"])
        for key in kept["keys"]:
            made._append(tuple(key))
        return made
