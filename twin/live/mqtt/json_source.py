"""`kind = "mqtt"`: JSON under topics, quality of service 1, acknowledged after the commit."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial

from process_models.errors import InputError
from twin.live.mqtt.address import Broker
from twin.live.mqtt.connection import MqttConnection
from twin.live.mqtt.json_payload import JsonReader
from twin.live.sourcing import Edge, Source, SourceConfig
from twin.live.sourcing.instants import instant

__all__ = ["JsonSource", "mqtt_source", "tell_of_lost_session"]

_POLL_S = 0.25
_SESSION = "session"


def mqtt_source(config: SourceConfig) -> Source:
    """The source that `config` describes.

    Raises
    ------
    InputError
        When the address or credentials break a rule, or no topic is mapped.
    """
    if not config.maps:
        raise InputError(f"source {config.name}: at least one [[source.map]] is needed")
    return JsonSource(config, Broker.of(config))


class JsonSource:
    """Messages of a broker as readings.

    Parameters
    ----------
    config : SourceConfig
        Mapping and `client_id`, by default `lacss-` and the name.
    broker : Broker
    """

    def __init__(self, config: SourceConfig, broker: Broker) -> None:
        self._reader = JsonReader(config)
        topics = [row.channel.topic_filter for row in config.maps]
        client_id = str(config.options.get("client_id", f"lacss-{config.name}"))
        keepalive_s = int(config.options.get("keepalive_s", 30))
        self._connected = partial(
            MqttConnection, broker, client_id, topics, keepalive_s=keepalive_s
        )

    async def run(self, out: Edge, stop: asyncio.Event) -> None:
        """Deliver what comes until `stop` is set, acknowledging what is kept.

        Raises
        ------
        ConnectionError
            When the broker cannot be reached or is gone.
        """
        async with self._connected() as connection:
            await out.connected()
            await tell_of_lost_session(out, present=connection.session_present)
            while not stop.is_set():
                messages = await connection.next(_POLL_S)
                if not messages:
                    continue
                items = [item for message in messages for item in self._reader.items(message)]
                at = messages[-1].received_at.isoformat()
                await out.deliver(items, {_SESSION: at})
                connection.acknowledge(messages)


async def tell_of_lost_session(out: Edge, *, present: bool) -> None:
    """A broker that no longer knows us has forgotten what came meanwhile."""
    now = datetime.now(UTC)
    known = await out.mark(_SESSION)
    if known is not None and not present:
        await out.gap("", "session lost", from_at=instant(known), to_at=now)
    await out.deliver((), {_SESSION: now.isoformat()})
