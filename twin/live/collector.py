"""Collects numbered records: commit first, acknowledge then, ask again for what is missing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from twin.live.opcua.security import ClientSecurity
from twin.live.opcua.transfer import Delivery, OpcUaSource
from twin.live.sourcing.waits import pause
from twin.live.wire import Batch, Record

__all__ = ["CollectReport", "Collector", "Sink"]

_log = logging.getLogger(__name__)
_POLL_S = 0.5
_ASK_GAP_S = 0.3
_ASK_SILENCE_S = 3.0
_MOST_AT_ONCE = 4000
_LONGEST_BACKOFF_S = 10.0


class Sink(Protocol):
    """Where records are kept. `commit` returns when they are durable."""

    def committed(self, source: str) -> int:
        """Number of the last record of `source` that is kept; 0 when there is none."""
        ...

    def commit(self, batch: Batch) -> None:
        """Keep the batch, which follows what was committed; twice is the same as once."""
        ...


@dataclass(frozen=True, slots=True)
class CollectReport:
    """What a collector did.

    Attributes
    ----------
    records, batches : int
        Committed by this collector.
    gaps, reconnects : int
        Times that a record was missing and asked for again, and that the connection was lost.
    committed : int
        Number of the last committed record.
    """

    records: int = 0
    batches: int = 0
    gaps: int = 0
    reconnects: int = 0
    committed: int = 0


class Collector:
    """Moves records from an OPC UA server into a sink until told to stop.

    Parameters
    ----------
    url : str
        The server.
    sink : Sink
        Called in a thread of its own, one call at a time.
    idle_s : float or None
        End when nothing has come for so long; None means never.
    until_ended : bool
        End when the source says that nothing follows.
    on_commit : callable or None
        Called after each commit with the report so far.
    on_lost : callable or None
        Called with the reason when a connection is lost or does not come about.
    connect_s : float or None
        Give up when no connection came about for so long; None means never.
    security : ClientSecurity, optional
        How the server is reached; default plainly, on this machine only.
    """

    def __init__(
        self, url: str, sink: Sink, *, idle_s: float | None = None, until_ended: bool = False,
        on_commit: Callable[[CollectReport], None] | None = None, connect_s: float | None = None,
        on_lost: Callable[[str], None] | None = None, security: ClientSecurity | None = None,
    ) -> None:
        self._url = url
        self._sink = sink
        self._idle_s = idle_s
        self._until_ended = until_ended
        self._on_commit = on_commit
        self._on_lost = on_lost
        self._connect_s = connect_s
        self._security = security
        self._records = self._batches = self._gaps = self._reconnects = 0
        self._committed = 0

    @property
    def report(self) -> CollectReport:
        """What was done so far."""
        return CollectReport(
            self._records, self._batches, self._gaps, self._reconnects, self._committed
        )

    async def run(self, stop: asyncio.Event) -> CollectReport:
        """Collect until `stop` is set, the source has ended or nothing more comes.

        Raises
        ------
        ConnectionError
            When no connection came about within `connect_s`.
        """
        backoff_s, lost_at = 0.2, time.monotonic()
        while not stop.is_set():
            try:
                async with OpcUaSource(self._url, self._security) as source:
                    backoff_s = 0.2
                    if await self.follow(source, stop):
                        break
            except ConnectionError as error:
                if self._on_lost is not None:
                    self._on_lost(str(error))
                if backoff_s == 0.2:
                    lost_at = time.monotonic()
                if self._connect_s is not None and time.monotonic() - lost_at > self._connect_s:
                    raise
                _log.info("%s; trying again in %.1f s", error, backoff_s)
                self._reconnects += 1
                await pause(backoff_s, stop)
                backoff_s = min(2 * backoff_s, _LONGEST_BACKOFF_S)
        return self.report

    async def follow(self, source: OpcUaSource, stop: asyncio.Event) -> bool:
        """Read one connection; True when the collection is at its end.

        Raises
        ------
        ConnectionError
            When the connection is lost.
        """
        self._committed = await asyncio.to_thread(self._sink.committed, source.source)
        await source.resend(self._committed)
        asked_at = heard_at = time.monotonic()
        hole = False
        while not stop.is_set():
            batch, missing, ended = self._in_order(await _deliveries(source))
            self._gaps += missing and not hole
            hole = missing or (hole and not batch.records)
            now = time.monotonic()
            if batch.records:
                heard_at = now
                await self._keep(batch)
                await source.acknowledge(self._committed)
            if ended and not hole and self._until_ended:
                return True
            if self._idle_s is not None and now - heard_at > self._idle_s:
                return True
            # Silence may mean that the last batch was lost; nothing behind it would show that.
            silent = now - heard_at > _ASK_SILENCE_S and now - asked_at > _ASK_SILENCE_S
            if silent or (hole and now - asked_at > _ASK_GAP_S):
                asked_at = now
                await source.resend(self._committed)
        return True

    def _in_order(self, deliveries: list[Delivery]) -> tuple[Batch, bool, bool]:
        """What follows the committed records without a hole, whether a hole came, and the end."""
        expected = self._committed + 1
        records: list[Record] = []
        missing = ended = False
        for delivery in deliveries:
            fresh = delivery.batch.after(expected + len(records) - 1)
            if fresh.first > expected + len(records):
                missing = True
                continue
            records.extend(fresh.records)
            ended = delivery.ended
        return Batch(expected, tuple(records)), missing, ended

    async def _keep(self, batch: Batch) -> None:
        await asyncio.to_thread(self._sink.commit, batch)
        self._committed = batch.last
        self._records += len(batch.records)
        self._batches += 1
        if self._on_commit is not None:
            self._on_commit(self.report)


async def _deliveries(source: OpcUaSource) -> list[Delivery]:
    """One or more batches that have come, so that one commit serves them all."""
    deliveries: list[Delivery] = []
    wait_s = _POLL_S
    while sum(len(d.batch.records) for d in deliveries) < _MOST_AT_ONCE:
        delivery = await source.next(wait_s)
        if delivery is None:
            break
        deliveries.append(delivery)
        wait_s = 0.001
    return deliveries
