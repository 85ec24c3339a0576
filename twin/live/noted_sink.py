"""One plant collected without a file of sources: kept like any other, and noted like any other."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime

from process_models.errors import LacssError
from twin.live.collector import Collector, CollectReport
from twin.live.sourcing.mapping import SourceConfig
from twin.live.sourcing.supervisor import HEARTBEAT
from twin.live.sourcing.tally import Tally
from twin.live.sourcing.waits import pause
from twin.live.store_sink import StoreSink
from twin.live.wire import Batch
from twin.store import Store
from twin.store.sources import beat, note_source, sources

__all__ = ["NotedSink", "collect_plant"]

_log = logging.getLogger(__name__)
_TICK_S = 1.0
_BEAT_S = 5.0


class NotedSink(StoreSink):
    """A `StoreSink` that counts what it keeps and notes how its source is doing.

    Parameters
    ----------
    store : Store
    url : str
        Where the source is.

    Attributes
    ----------
    tally : Tally or None
        None until the source has said its name.
    """

    def __init__(self, store: Store, url: str) -> None:
        super().__init__(store)
        self._url = url
        self.tally: Tally | None = None

    def committed(self, source: str) -> int:
        """As `StoreSink.committed`; whoever asks has just connected."""
        if self.tally is None or self.tally.state.source != source:
            config = SourceConfig(name=source, kind="opcua", address=self._url)
            known = {one.source: one for one in sources(self._store)}
            self.tally = Tally(config, known.get(source))
        self.tally.says("connected", f"records of {source}", datetime.now(UTC))
        self.note()
        return super().committed(source)

    def commit(self, batch: Batch) -> None:
        """As `StoreSink.commit`."""
        super().commit(batch)
        if self.tally is not None:
            self.tally.count(batch.records, len(batch.records), 0, datetime.now(UTC))

    def lost(self, detail: str) -> None:
        """The connection is gone."""
        if self.tally is not None:
            self.tally.says("disconnected", detail, datetime.now(UTC))

    def ended(self) -> None:
        """Nothing more is collected."""
        if self.tally is not None and self.tally.state.state == "connected":
            self.tally.says("stopped", "", datetime.now(UTC))
        with suppress(LacssError):
            self.note()
            beat(self._store, HEARTBEAT, _BEAT_S, "stopped")

    def note(self) -> None:
        """Keep how the source is doing."""
        if self.tally is not None:
            note_source(self._store, self.tally.now(datetime.now(UTC)))

    def alive(self) -> None:
        """Keep it, and say that the collector is alive."""
        self.note()
        beat(self._store, HEARTBEAT, _BEAT_S)


async def collect_plant(
    store: Store, url: str, stop: asyncio.Event, *, idle_s: float = 2.0, once: bool = False
) -> tuple[CollectReport, NotedSink]:
    """Collect from the plant at `url` until `stop` is set, or once until it has no more.

    Parameters
    ----------
    idle_s : float
        What no more means, where the plant does not say so.

    Raises
    ------
    InputError
        When `url` is none.
    ConnectionError
        When it cannot be reached for ten seconds, once.
    """
    sink, ended = NotedSink(store, url), asyncio.Event()
    collector = Collector(
        url, sink, idle_s=idle_s if once else None, until_ended=once,
        connect_s=10.0 if once else None, on_lost=sink.lost,
    )  # fmt: skip
    telling = asyncio.create_task(_tell(sink, ended))
    try:
        return await collector.run(stop), sink
    finally:
        ended.set()
        await telling
        await asyncio.to_thread(sink.ended)


async def _tell(sink: NotedSink, ended: asyncio.Event) -> None:
    while not ended.is_set():
        try:
            await asyncio.to_thread(sink.alive)
        except LacssError as error:
            _log.warning("%s: %s", HEARTBEAT, error)
        await pause(_TICK_S, ended)
