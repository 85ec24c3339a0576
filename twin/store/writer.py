"""The one writer of a process: many producers, one buffer, one transaction for many rows.

`add` returns at once with a future that is done when its rows are committed, so a producer that
must acknowledge waits for it, and one that need not does not. Rows are handed to the database in
the order in which they came, when enough are there or the oldest has waited long enough. When it
cannot take them (a full disk, a server that restarts), they stay in the buffer and are tried again
with growing pauses; natural keys make a transaction that did commit before its answer was lost
harmless to repeat. When the buffer is full, `add` waits: that is the back-pressure.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError

from process_models.errors import LacssError, StoreError
from twin.measurement import Event, Measurement
from twin.store import writing
from twin.store.receipts import Receipt
from twin.store.store import Store

__all__ = ["Writer", "WriterLimits"]

_log = logging.getLogger(__name__)
Row = Measurement | Event
Also = Callable[[sa.Connection], None]
_NEVER_TAKEN = (LacssError, ArithmeticError, TypeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterLimits:
    """When rows are written, and how many may wait.

    Attributes
    ----------
    batch_rows : int
        Write as soon as so many are there, and about so many in one transaction.
    age_s : float
        Write what is there when the oldest has waited so long.
    buffer_rows : int
        `add` waits while more than this are in the buffer.
    first_pause_s, longest_pause_s : float
        Before the second attempt at a write that failed, doubling up to the longest.
    """

    batch_rows: int = 5_000
    age_s: float = 0.1
    buffer_rows: int = 100_000
    first_pause_s: float = 0.1
    longest_pause_s: float = 5.0


@dataclass(slots=True)
class _Part:
    """What one `add` brought, and who waits for it."""

    rows: Sequence[Row]
    came_at: float
    also: Also | None = None
    done: Future[Receipt] = field(default_factory=Future)


class Writer:
    """Writes measurements and events of many threads; a context manager, or `close` it.

    Attributes
    ----------
    last_error : str
        Why rows are waiting; empty when the last write succeeded.
    """

    def __init__(
        self,
        store: Store,
        limits: WriterLimits | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._limits = limits or WriterLimits()
        self._clock = clock
        self._parts: deque[_Part] = deque()
        self._waiting = 0
        self._changed = threading.Condition()
        self._closing = self._abandoning = False
        self._flush = False
        self._lost: StoreError | None = None
        self.last_error = ""
        self._thread = threading.Thread(target=self._run, name="lacss-writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Rows that are not committed yet."""
        with self._changed:
            return self._waiting

    def add(
        self, rows: Sequence[Row], *, also: Also | None = None, timeout_s: float | None = None
    ) -> Future[Receipt]:
        """Take `rows` in; the future has their receipt once they are committed.

        Parameters
        ----------
        also : callable, optional
            Writes more in the same transaction, such as how far the source has come; may be
            called again when an attempt failed.
        timeout_s : float, optional
            How long to wait for a place in a full buffer; default: until there is one.

        Raises
        ------
        StoreError
            When the writer is closed, or there was no place in time; nothing was taken in.
        """
        part = _Part(rows, self._clock(), also)
        with self._changed:
            if not self._changed.wait_for(lambda: self._closing or self._has_room(rows), timeout_s):
                raise StoreError(f"store takes no rows, {self._waiting} wait: {self.last_error}")
            if self._closing:
                raise StoreError("store takes no rows: its writer is closed")
            self._parts.append(part)
            self._waiting += len(rows)
            if len(self._parts) == 1 or self._waiting >= self._limits.batch_rows:
                self._changed.notify_all()
        return part.done

    def flush(self, timeout_s: float | None = None) -> bool:
        """Write what is there without waiting for more; False when it took too long."""
        with self._changed:
            self._flush = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._parts, timeout_s)

    def close(self, timeout_s: float = 30.0) -> None:
        """Write what is there and end.

        Raises
        ------
        StoreError
            When rows could not be written in time; their futures have the same error.
        """
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        with self._changed:
            self._abandoning = True
            self._changed.notify_all()
        self._thread.join()
        if self._lost is not None:
            raise self._lost

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _has_room(self, rows: Sequence[Row]) -> bool:
        return not self._waiting or self._waiting + len(rows) <= self._limits.buffer_rows

    def _run(self) -> None:
        try:
            self._work()
        finally:
            self._end()

    def _work(self) -> None:
        pause_s = self._limits.first_pause_s
        while parts := self._next():
            if self._write(parts):
                pause_s = self._limits.first_pause_s
                continue
            with self._changed:
                if self._changed.wait_for(lambda: self._abandoning, pause_s):
                    return
            pause_s = min(2 * pause_s, self._limits.longest_pause_s)

    def _end(self) -> None:
        """Nobody waits for ever, whatever ended the thread."""
        with self._changed:
            self._closing = True
            if self._parts:
                why = self.last_error or "its writer failed"
                self._lost = StoreError(f"{self._waiting} rows could not be stored: {why}")
                for part in self._parts:
                    part.done.set_exception(self._lost)
                self._parts.clear()
            self._changed.notify_all()

    def _next(self) -> list[_Part]:
        """The oldest parts once they are due; they stay in the buffer. Empty at the end."""
        with self._changed:
            while not self._due():
                if self._closing and not self._parts:
                    return []
                self._changed.wait(self._until_due())
            chosen: list[_Part] = []
            rows = 0
            for part in self._parts:
                if chosen and rows + len(part.rows) > self._limits.batch_rows:
                    break
                chosen.append(part)
                rows += len(part.rows)
            return chosen

    def _due(self) -> bool:
        if not self._parts:
            return False
        forced = self._flush or self._closing or self._waiting >= self._limits.batch_rows
        return forced or self._clock() - self._parts[0].came_at >= self._limits.age_s

    def _until_due(self) -> float | None:
        if not self._parts:
            return None
        return max(0.0, self._parts[0].came_at + self._limits.age_s - self._clock())

    def _write(self, parts: Sequence[_Part]) -> bool:
        """Try to commit the oldest parts; what does not succeed stays where it is."""
        try:
            with self._store.database.ingesting() as connection:
                receipts = _store_all(connection, parts)
        except StoreError as error:
            if isinstance(error.__cause__, (DataError, IntegrityError)):
                return self._refused(parts, error)
            if self.last_error != str(error):
                _log.warning("%s; %d rows wait in memory", error, self._waiting)
            self.last_error = str(error)
            return False
        except _NEVER_TAKEN as error:
            return self._refused(parts, error)
        self.last_error = ""
        self._settle(parts)
        for part, receipt in zip(parts, receipts, strict=True):
            part.done.set_result(receipt)
        return True

    def _refused(self, parts: Sequence[_Part], error: Exception) -> bool:
        """Rows that no database would take fail alone: they are tried apart from the others."""
        if len(parts) > 1:
            return all(self._write([part]) for part in parts)
        self._settle(parts)
        parts[0].done.set_exception(error)
        return True

    def _settle(self, parts: Sequence[_Part]) -> None:
        with self._changed:
            for part in parts:
                self._parts.remove(part)
                self._waiting -= len(part.rows)
            self._flush = self._flush and bool(self._parts)
            self._changed.notify_all()


def _store_all(connection: sa.Connection, parts: Sequence[_Part]) -> list[Receipt]:
    """All rows at once where every one is new; part by part where somebody has to be told."""
    receipts = None
    if len(parts) > 1:
        with connection.begin_nested() as attempt:
            together = _store(connection, [row for part in parts for row in part.rows])
            if together == Receipt(accepted=sum(len(part.rows) for part in parts)):
                receipts = [Receipt(accepted=len(part.rows)) for part in parts]
            else:
                attempt.rollback()
    if receipts is None:
        receipts = [_store(connection, part.rows) for part in parts]
    for part in parts:
        if part.also is not None:
            part.also(connection)
    return receipts


def _store(connection: sa.Connection, rows: Sequence[Row]) -> Receipt:
    measurements = [row for row in rows if isinstance(row, Measurement)]
    events = [row for row in rows if isinstance(row, Event)]
    receipt = Receipt()
    if measurements:
        receipt += writing.write_measurements(connection, measurements)
    if events:
        receipt += writing.write_events(connection, events)
    return receipt
