"""Reads numbered records from an OPC UA server of a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asyncua import ua

from twin.live.opcua.names import (
    ACKNOWLEDGE,
    BATCH_TYPE,
    LINE,
    NAMESPACE,
    RESEND,
    SOURCE,
    TRANSFER,
)
from twin.live.opcua.security import ClientSecurity
from twin.live.opcua.session import LOST, connect, disconnect
from twin.live.wire import Batch, decode

__all__ = ["Delivery", "OpcUaSource"]

_TIMEOUT_S = 30.0
_PUBLISHING_MS = 20.0
_QUEUE = 1000


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch, and whether the source has said that nothing follows it."""

    batch: Batch
    ended: bool


class OpcUaSource:
    """A connection to the plant's OPC UA server; use it as an asynchronous context manager.

    Parameters
    ----------
    url : str
        `opc.tcp://host:port/path`.
    security : ClientSecurity, optional
        How the server is reached; default plainly, on this machine only.
    timeout_s : float
        How long it may take to answer.

    Attributes
    ----------
    source : str
        Name that the server's records bear; known once connected.

    Raises
    ------
    InputError
        When `url` is no such URL, or names another machine without security.
    AccessError
        On entering, when the server's certificate is not the pinned one.
    ConnectionError
        On entering, and from every call, when the server cannot be reached.
    """

    def __init__(
        self, url: str, security: ClientSecurity | None = None, *, timeout_s: float = _TIMEOUT_S
    ) -> None:
        self._security = security or ClientSecurity()
        self._security.check(url)
        self._timeout_s = timeout_s
        self.url = url

    async def __aenter__(self) -> OpcUaSource:
        self._client = await connect(self.url, self._security, timeout_s=self._timeout_s)
        try:
            await self._subscribe()
        except LOST as error:
            await disconnect(self._client)
            raise ConnectionError(f"{self.url} cannot be reached: {error}") from error
        return self

    async def _subscribe(self) -> None:
        index = await self._client.get_namespace_index(NAMESPACE)
        self._method_index = index
        self._transfer = await self._client.nodes.objects.get_child(
            [f"{index}:{LINE}", f"{index}:{TRANSFER}"]
        )
        self.source = str(await (await self._transfer.get_child(f"{index}:{SOURCE}")).read_value())
        kind = await self._client.nodes.base_event_type.get_child(f"{index}:{BATCH_TYPE}")
        self._subscription = await self._client.create_subscription(_PUBLISHING_MS, None)
        await self._subscription.subscribe_events(self._transfer, kind, queuesize=_QUEUE)

    async def __aexit__(self, *_: object) -> None:
        await disconnect(self._client)

    async def resend(self, after: int) -> None:
        """Ask for everything that follows record `after`."""
        await self._call(RESEND, after)

    async def acknowledge(self, through: int) -> None:
        """Say that the records up to `through` are committed."""
        await self._call(ACKNOWLEDGE, through)

    async def _call(self, method: str, number: int) -> Any:
        argument = ua.Variant(number, ua.VariantType.UInt64)
        try:
            return await self._transfer.call_method(f"{self._method_index}:{method}", argument)
        except (TimeoutError, ua.UaError) as error:
            raise ConnectionError(f"{self.url} does not answer {method}: {error}") from error

    async def next(self, timeout_s: float) -> Delivery | None:
        """The next batch, or None when nothing came within `timeout_s`.

        Raises
        ------
        ConnectionError
            When the connection is gone.
        """
        try:
            notice = await self._subscription.next_event(timeout_s)
        except StopAsyncIteration as error:
            raise ConnectionError(f"{self.url} ended the subscription") from error
        if notice is None:
            return None
        event = getattr(notice, "event", None)
        if event is None:
            raise ConnectionError(f"{self.url} is gone")
        return Delivery(Batch(event.FirstSequence, tuple(decode(event.Records))), event.Ended)
