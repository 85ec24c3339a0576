"""What the plant has sent and nobody has acknowledged yet: at-least-once, with a window.

The plant never runs further ahead of the last acknowledged record than the window, so a slow
reader slows the plant instead of losing records.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Protocol

from process_models.errors import InputError
from twin.live.wire import Batch, Record, record_time

__all__ = ["FULL_BATCH", "Outbox", "RecordSource"]

FULL_BATCH = 500


class RecordSource(Protocol):
    """Where records come from: the same sequence every time it is asked."""

    @property
    def source(self) -> str:
        """Name that its records bear; their numbers are unique below it."""
        ...

    def records(self, after: int = 0) -> Iterator[Record]:
        """Records numbered `after` + 1, `after` + 2, ... in order."""
        ...


class Outbox:
    """Hands out due records in batches and keeps them until they are acknowledged.

    Parameters
    ----------
    source : RecordSource
        Can be asked again from any number, for a reader that has lost what it acknowledged.
    window : int
        Most records that may be sent beyond the last acknowledged one.
    batch : int
        Most records handed out at once.
    due_at : callable
        When a record is made; default what it says itself.
    """

    def __init__(
        self, source: RecordSource, *, window: int = 8000, batch: int = FULL_BATCH,
        due_at: Callable[[Record], datetime] = record_time,
    ) -> None:
        if not 1 <= batch <= window:
            raise InputError(f"batch must lie in 1 to window ({window}), got {batch}")
        self._source = source
        self._window = window
        self._batch = batch
        self._due_at = due_at
        self._kept: deque[Record] = deque()
        self._coming = source.records()
        self._next: Record | None = None
        self._ended = False
        self.acknowledged = 0
        self.sent = 0

    @property
    def ended(self) -> bool:
        """True when the source has no more records and all of them were sent."""
        return self._ended and self.sent == self.acknowledged + len(self._kept)

    def take(self, now: datetime) -> Batch | None:
        """Next records whose time has come by `now`; None when there are none or no room."""
        room = min(self._batch, self.acknowledged + self._window - self.sent)
        offset = self.sent - self.acknowledged
        while len(self._kept) < offset + room and self._pull(now):
            pass
        records = tuple(islice(self._kept, offset, offset + room))
        if not records:
            return None
        batch = Batch(self.sent + 1, records)
        self.sent = batch.last
        return batch

    def _pull(self, now: datetime) -> bool:
        if self._next is None and not self._ended:
            self._next = next(self._coming, None)
            self._ended = self._next is None
        if self._next is None or self._due_at(self._next) > now:
            return False
        self._kept.append(self._next)
        self._next = None
        return True

    def acknowledge(self, through: int) -> None:
        """Forget the records up to `through`; they will not be asked for again.

        Raises
        ------
        InputError
            When `through` was never sent.
        """
        if through > self.sent:
            raise InputError(f"record {through} cannot be acknowledged, {self.sent} were sent")
        while self.acknowledged < through:
            self._kept.popleft()
            self.acknowledged += 1

    def resend(self, after: int) -> None:
        """Go on with the record that follows `after`, whether it was sent before or not."""
        if self.acknowledged <= after <= self.acknowledged + len(self._kept):
            self.sent = after
            return
        self._coming = self._source.records(after)
        self._kept.clear()
        self._next, self._ended = None, False
        self.acknowledged = self.sent = after
