"""The numbered records of a reference plant as a source: kept first, acknowledged then."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from twin.live.collector import Collector
from twin.live.opcua.security import ClientSecurity
from twin.live.opcua.transfer import OpcUaSource
from twin.live.sourcing import Edge
from twin.live.wire import Batch

__all__ = ["TransferSource"]

T = TypeVar("T")


class TransferSource:
    """The object `Transfer` of a plant, read over one connection after the other.

    Parameters
    ----------
    url : str
        The server.
    security : ClientSecurity, optional
        How it is reached.
    timeout_s : float
        How long it may take to answer.
    """

    def __init__(
        self, url: str, security: ClientSecurity | None = None, *, timeout_s: float = 15.0
    ) -> None:
        self._timeout_s = timeout_s
        self._url = url
        self._security = security or ClientSecurity()
        self._security.check(url)

    async def run(self, out: Edge, stop: asyncio.Event) -> None:
        """Deliver records until `stop` is set.

        Raises
        ------
        ConnectionError
            When the server cannot be reached or is gone.
        """
        sink = _EdgeSink(out, asyncio.get_running_loop())
        async with OpcUaSource(self._url, self._security, timeout_s=self._timeout_s) as source:
            await out.connected(f"records of {source.source}")
            await Collector(self._url, sink, security=self._security).follow(source, stop)


class _EdgeSink:
    """An edge as the sink of a `Collector`, which calls it from threads."""

    def __init__(self, out: Edge, loop: asyncio.AbstractEventLoop) -> None:
        self._out = out
        self._loop = loop
        self._channel = ""

    def committed(self, source: str) -> int:
        self._channel = f"transfer {source}"
        return int(self._wait(self._out.mark(self._channel)) or 0)

    def commit(self, batch: Batch) -> None:
        self._wait(self._out.deliver(batch.records, {self._channel: str(batch.last)}))

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
