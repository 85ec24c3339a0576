"""`kind = "sparkplug"`: Sparkplug B; a channel is `group/edge node[/device]/metric`.

    [[source]]
    name = "line-2"
    kind = "sparkplug"
    address = "mqtts://broker:8883"
    group = "line-2"              # left out: all groups
    host_id = "lacss"             # edge nodes that have it as primary host wait for it

Data messages are not kept by the broker while nobody is there, so what came meanwhile is reported
as a gap, unless the edge node sends it later, marked as historical.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from process_models.errors import InputError
from twin.live.mqtt.address import Broker
from twin.live.mqtt.connection import Message, MqttConnection, Will
from twin.live.mqtt.sparkplug_host import SparkplugHost, state_payload, state_topic
from twin.live.mqtt.sparkplug_topic import NAMESPACE
from twin.live.sourcing import Edge, Source, SourceConfig
from twin.live.sourcing.instants import instant

__all__ = ["SparkplugSource", "sparkplug_source"]

_POLL_S = 0.25
_HEARD = "heard"


def sparkplug_source(config: SourceConfig) -> Source:
    """The source that `config` describes.

    Raises
    ------
    InputError
        When the address or credentials break a rule, or no metric is mapped.
    """
    if not config.maps:
        raise InputError(f"source {config.name}: at least one [[source.map]] is needed")
    for name in ("group", "host_id"):
        text = str(config.options.get(name, "x"))
        if not text or set(text) & set("/+#"):
            raise InputError(
                f"source {config.name}: {name} must be one level of a topic, got {text!r}"
            )
    return SparkplugSource(config, Broker.of(config))


class SparkplugSource:
    """Metrics of the edge nodes of a broker as readings.

    Parameters
    ----------
    config : SourceConfig
    broker : Broker
    """

    def __init__(self, config: SourceConfig, broker: Broker) -> None:
        options = config.options
        self._broker = broker
        self._client_id = str(options.get("client_id", f"lacss-{config.name}"))
        self._keepalive_s = int(options.get("keepalive_s", 30))
        self._host_id = str(options.get("host_id", ""))
        group = str(options.get("group", "+"))
        self._topics = [f"{NAMESPACE}/{group}/+/+", f"{NAMESPACE}/{group}/+/+/+"]
        if self._host_id:
            self._topics.append(state_topic(self._host_id))

    async def run(self, out: Edge, stop: asyncio.Event) -> None:
        """Deliver what comes until `stop` is set.

        Raises
        ------
        ConnectionError
            When the broker cannot be reached or is gone.
        """
        since = datetime.now(UTC)
        will = None
        if self._host_id:
            will = Will(state_topic(self._host_id), state_payload(since, online=False))
        connection = MqttConnection(
            self._broker, self._client_id, self._topics, keepalive_s=self._keepalive_s, will=will
        )
        async with connection:
            await out.connected()
            await self._tell_of_absence(out)
            self._say(connection, since, online=True)
            try:
                await self._follow(connection, out, since, stop)
            finally:
                self._say(connection, since, online=False)

    async def _tell_of_absence(self, out: Edge) -> None:
        now = datetime.now(UTC)
        heard = await out.mark(_HEARD)
        if heard is not None:
            await out.gap("", "disconnected", from_at=instant(heard), to_at=now)

    async def _follow(
        self, connection: MqttConnection, out: Edge, since: datetime, stop: asyncio.Event
    ) -> None:
        host = SparkplugHost()
        told = ""
        while not stop.is_set():
            messages = await connection.next(_POLL_S)
            if not messages:
                continue
            taken = host.take(messages)
            for topic, payload in taken.asks:
                connection.publish(topic, payload)
            for loss in taken.losses:
                await out.gap(
                    loss.channel, loss.reason, first=loss.first, last=loss.last,
                    from_at=loss.from_at, to_at=loss.to_at,
                )  # fmt: skip
            await out.deliver(taken.items, {_HEARD: messages[-1].received_at.isoformat()})
            connection.acknowledge(messages)
            if any(self._denies(message) for message in messages):
                self._say(connection, since, online=True)
            if host.told != told:
                told = host.told
                await out.connected(told)

    def _denies(self, message: Message) -> bool:
        """The will of an earlier session of ours, published while we are here."""
        mine = self._host_id and message.topic == state_topic(self._host_id)
        return bool(mine) and b'"online": false' in message.payload

    def _say(self, connection: MqttConnection, at: datetime, *, online: bool) -> None:
        if self._host_id:
            payload = state_payload(at, online=online)
            connection.publish(state_topic(self._host_id), payload, retain=True)
