"""The OPC UA server of the plant: nodes to browse, and records that cannot be lost on the way.

Besides the variables, complete records travel as events of `RecordBatchEventType` on the node
`Transfer`: consecutive records as one JSON array with the number of the first. A variable shows
only its newest value and a subscription may drop one; a numbered batch is either here or known to
be missing. `Resend(after)` starts the transfer or repeats it, `Acknowledge(through)` is called
once the reader has committed. Without security on loopback only; with a certificate, signed and
encrypted, and only for clients whose certificate is trusted.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from asyncua import Server, ua

from process_models.errors import InputError
from twin.live.clock import PlantClock
from twin.live.opcua.guard import ServerSecurity
from twin.live.opcua.names import (
    ACKNOWLEDGE,
    BATCH_FIELDS,
    BATCH_TYPE,
    NAMESPACE,
    RESEND,
    SOURCE,
    TRANSFER,
    quieten,
)
from twin.live.opcua.nodes import LineNodes
from twin.live.opcua.queues import mend
from twin.live.opcua.signals import Signals, SignalServer
from twin.live.outbox import FULL_BATCH, Outbox, RecordSource
from twin.live.wire import Batch, encode, record_time

__all__ = ["PlantServer"]

_IDLE_S = 0.1
_FIELD_TYPES = (
    ua.VariantType.UInt64, ua.VariantType.UInt64, ua.VariantType.Boolean, ua.VariantType.String,
)


def _free_port(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


class PlantServer:
    """Serves a source of records at the pace of a clock.

    Parameters
    ----------
    source : RecordSource
        What is served.
    clock : PlantClock
        A record is sent when its time has come.
    characteristics : mapping
        Station -> (characteristic, unit) pairs, for the nodes to browse.
    port : int
        0 takes a free one.
    window, batch : int
        See `Outbox`.
    security : ServerSecurity, optional
        Who may read it; default anybody on this machine, plainly.
    signals : Signals, optional
        Plain variables besides.
    """

    def __init__(
        self, source: RecordSource, clock: PlantClock,
        characteristics: Mapping[str, Sequence[tuple[str, str]]], *,
        port: int = 0, window: int = 8000, batch: int = FULL_BATCH,
        security: ServerSecurity | None = None, signals: Signals | None = None,
    ) -> None:
        self._security = security or ServerSecurity()
        self._signals = None if signals is None else SignalServer(signals, clock)
        self._clock = clock
        self._characteristics = characteristics
        self._outbox = Outbox(
            source, window=window, batch=batch, due_at=getattr(source, "due_at", record_time)
        )
        self._source = source.source
        self._guard = asyncio.Lock()
        self._wake = asyncio.Event()
        self._reader = asyncio.Event()
        self._said_ended = False
        address = self._security.address
        self.port = port or _free_port(address)
        self.url = f"opc.tcp://{address}:{self.port}/lacss"

    async def __aenter__(self) -> PlantServer:
        quieten()
        mend()
        self._server = Server(user_manager=self._security.door)
        await self._server.init()
        self._server.set_endpoint(self.url)
        self._server.set_server_name("LACSS reference plant")
        await self._security.guard(self._server)
        await self._build(await self._server.register_namespace(NAMESPACE))
        try:
            await self._server.start()
        except OSError as error:
            raise InputError(
                f"OPC UA port {self.port} on {self._security.address} cannot be opened: "
                f"{error.strerror}"
            ) from error
        self._security.conceal(self._server)
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(ConnectionError, TimeoutError):
            await self._server.stop()

    async def _build(self, index: int) -> None:
        self._nodes = LineNodes(self._server, index)
        line = await self._nodes.build(self._characteristics)
        transfer = await line.add_object(index, TRANSFER)
        await transfer.add_property(index, SOURCE, self._source, ua.VariantType.String)
        number = [ua.VariantType.UInt64]
        await transfer.add_method(index, ACKNOWLEDGE, self._on_acknowledge, number, [])
        await transfer.add_method(index, RESEND, self._on_resend, number, [])
        fields = list(zip(BATCH_FIELDS, _FIELD_TYPES, strict=True))
        kind = await self._server.create_custom_event_type(
            index, BATCH_TYPE, ua.ObjectIds.BaseEventType, fields
        )
        self._events = await self._server.get_event_generator(kind, transfer)
        if self._signals is not None:
            await self._signals.build(self._server, index)

    async def _on_acknowledge(self, _: ua.NodeId, through: ua.Variant) -> Any:
        async with self._guard:
            try:
                self._outbox.acknowledge(int(through.Value))
            except InputError:
                return ua.StatusCode(ua.StatusCodes.BadOutOfRange)
        self._wake.set()
        return []

    async def _on_resend(self, _: ua.NodeId, after: ua.Variant) -> list[ua.Variant]:
        async with self._guard:
            await asyncio.to_thread(self._outbox.resend, int(after.Value))
            self._said_ended = False
        self._reader.set()
        self._wake.set()
        return []

    async def serve(self, stop: asyncio.Event) -> None:
        """Send due records until `stop` is set; nothing is sent before a reader asks."""
        if self._signals is not None:
            await asyncio.gather(self._signals.serve(stop), self._serve_records(stop))
        else:
            await self._serve_records(stop)

    async def _serve_records(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            if not self._reader.is_set() or not await self._send():
                self._wake.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), _IDLE_S)

    async def _send(self) -> bool:
        async with self._guard:
            # In a thread, so that the plant's arithmetic does not stop answers to the reader.
            batch = await asyncio.to_thread(self._outbox.take, self._clock.now())
            ended = self._outbox.ended
            if batch is None and (not ended or self._said_ended):
                return False
            self._said_ended = ended
            await self._trigger(batch or Batch(self._outbox.sent + 1, ()), ended)
        return True

    async def _trigger(self, batch: Batch, ended: bool) -> None:
        await self._nodes.show(batch)
        values = (batch.first, batch.last, ended, encode(batch.records))
        for name, value in zip(BATCH_FIELDS, values, strict=True):
            setattr(self._events.event, name, value)
        await self._events.trigger()
