"""One connection to a broker: a session that outlives it, and acknowledgement by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from twin.live.mqtt.address import Broker

if TYPE_CHECKING:
    from paho.mqtt.client import Client

__all__ = ["Message", "MqttConnection", "Will"]

_CONNECT_S = 10.0
_MOST_AT_ONCE = 2000
_MOST_WAITING = 100_000


@dataclass(frozen=True, slots=True)
class Message:
    """What came under a topic; `number` and `qos` are what its acknowledgement needs."""

    topic: str
    payload: bytes
    received_at: datetime
    retained: bool = False
    repeated: bool = False
    number: int = 0
    qos: int = 0


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker publishes for us when we are gone without a word."""

    topic: str
    payload: bytes


class MqttConnection:
    """A connection with a persistent session; use it as an asynchronous context manager.

    Parameters
    ----------
    broker : Broker
    client_id : str
        The same every time: under it the broker keeps what came while nobody was connected.
    topics : sequence of str
        Filters, all with quality of service 1.
    keepalive_s : int
    will : Will or None

    Attributes
    ----------
    session_present : bool
        Whether the broker still had the session; known once connected.
    dropped : int
        Messages of quality of service 0 for which there was no room.

    Raises
    ------
    ConnectionError
        On entering, and from `next`, when the broker cannot be reached, refuses or is gone.
    """

    def __init__(
        self, broker: Broker, client_id: str, topics: Sequence[str], *, keepalive_s: int = 30,
        will: Will | None = None,
    ) -> None:  # fmt: skip
        self._broker = broker
        self._topics = list(dict.fromkeys(topics))
        self._keepalive_s = keepalive_s
        self._waiting: asyncio.Queue[Message] = asyncio.Queue()
        self.session_present = False
        self.dropped = 0
        self._client = self._made(client_id, will)

    def _made(self, client_id: str, will: Will | None) -> Client:
        from paho.mqtt.client import Client, MQTTv311
        from paho.mqtt.enums import CallbackAPIVersion

        client = Client(
            CallbackAPIVersion.VERSION2, client_id, clean_session=False, protocol=MQTTv311,
            manual_ack=True, reconnect_on_failure=False,
        )  # fmt: skip
        if self._broker.username:
            client.username_pw_set(self._broker.username, self._broker.password)
        if self._broker.tls is not None:
            client.tls_set_context(self._broker.tls)
        if will is not None:
            client.will_set(will.topic, will.payload, qos=1, retain=True)
        client.connect_timeout = _CONNECT_S
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        return client

    async def __aenter__(self) -> MqttConnection:
        self._loop = asyncio.get_running_loop()
        self._lost: asyncio.Future[str] = self._loop.create_future()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        where = f"{self._broker.host}:{self._broker.port}"
        try:
            await asyncio.to_thread(
                self._client.connect, self._broker.host, self._broker.port, self._keepalive_s
            )
            self._client.loop_start()
            first: set[asyncio.Future[Any]] = {self._ready, self._lost}
            await asyncio.wait(first, timeout=_CONNECT_S, return_when=asyncio.FIRST_COMPLETED)
        except (OSError, ValueError) as error:
            await self._end()
            raise ConnectionError(f"broker {where} cannot be reached: {error}") from error
        if not self._ready.done():
            why = self._lost.result() if self._lost.done() else "it does not answer"
            await self._end()
            raise ConnectionError(f"broker {where}: {why}")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._end()

    async def _end(self) -> None:
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    async def next(self, timeout_s: float) -> list[Message]:
        """What has come, up to two thousand; empty when nothing came within `timeout_s`."""
        if self._lost.done():
            raise ConnectionError(f"broker {self._broker.host}: {self._lost.result()}")
        try:
            first = await asyncio.wait_for(self._waiting.get(), timeout_s)
        except TimeoutError:
            return []
        messages = [first]
        while len(messages) < _MOST_AT_ONCE and not self._waiting.empty():
            messages.append(self._waiting.get_nowait())
        return messages

    def acknowledge(self, messages: Iterable[Message]) -> None:
        """Say that `messages` are durable; the broker forgets them."""
        for message in messages:
            if message.qos:
                self._client.ack(message.number, message.qos)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Send `payload`, with quality of service 1 when it is retained, else 0."""
        self._client.publish(topic, payload, qos=1 if retain else 0, retain=retain)

    def _on_connect(self, client: Client, _data: Any, flags: Any, code: Any, _more: Any) -> None:
        if code.is_failure:
            self._tell(self._lost, f"connection refused: {code}")
            return
        self.session_present = bool(flags.session_present)
        client.subscribe([(topic, 1) for topic in self._topics])

    def _on_subscribe(self, _client: Client, _data: Any, _mid: int, codes: Any, _m: Any) -> None:
        refused = [t for t, code in zip(self._topics, codes, strict=False) if code.is_failure]
        if refused:
            self._tell(self._lost, f"subscription to {refused[0]} refused")
        else:
            self._tell(self._ready, None)

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, code: Any, _m: Any) -> None:
        self._tell(self._lost, f"connection lost: {code}")

    def _on_message(self, _client: Client, _data: Any, raw: Any) -> None:
        message = Message(
            raw.topic,
            raw.payload,
            datetime.now(UTC),
            bool(raw.retain),
            bool(raw.dup),
            raw.mid,
            raw.qos,
        )
        self._loop.call_soon_threadsafe(self._take, message)

    def _take(self, message: Message) -> None:
        if message.qos == 0 and self._waiting.qsize() >= _MOST_WAITING:
            self.dropped += 1
        else:
            self._waiting.put_nowait(message)

    def _tell(self, future: asyncio.Future[Any], said: Any) -> None:
        def tell() -> None:
            if not future.done():
                future.set_result(said)

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(tell)
