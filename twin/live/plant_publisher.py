"""The reference plant on a broker: what is due is published, and what was acknowledged is noted."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from process_models.errors import InputError
from twin.live.clock import PlantClock
from twin.live.mqtt.sparkplug_payload import read_payload
from twin.live.opcua.security import is_loopback
from twin.live.plant_messages import EdgeNodeMessages, json_message
from twin.live.sourcing.waits import pause
from twin.live.wire import Record

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessageInfo

    from twin.live.plant import ReferencePlant

__all__ = ["MqttAddress", "MqttPublisher"]

_log = logging.getLogger(__name__)
_AT_ONCE = 500
_IDLE_S = 0.1
_POSITIONS = {"thickness_um": 5}
_COMMAND = "spBv1.0/{group}/NCMD/{node}"


@dataclass(frozen=True, slots=True)
class MqttAddress:
    """A broker on this machine: the plant publishes in plain text.

    Raises
    ------
    InputError
        When `HOST:PORT` cannot be read or is another machine.

    Examples
    --------
    >>> MqttAddress.parse("127.0.0.1:1883")
    MqttAddress(host='127.0.0.1', port=1883)
    """

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> MqttAddress:
        """From `HOST:PORT`."""
        host, colon, port = text.rpartition(":")
        if not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise InputError(f"mqtt must be HOST:PORT, got {text!r:.100}")
        if not is_loopback(host):
            raise InputError(f"mqtt must be a broker on this machine, got {host!r:.100}")
        return cls(host, int(port))


class MqttPublisher:
    """Publishes records as JSON and as Sparkplug B, with quality of service 1.

    It begins with what is due from when it is first made, and goes on after the last record that
    the broker has acknowledged.

    Parameters
    ----------
    plant : ReferencePlant
    clock : PlantClock
    address : MqttAddress
    home : Path
        `plant/mqtt.json` in it says how far it has come.
    """

    def __init__(
        self, plant: ReferencePlant, clock: PlantClock, address: MqttAddress, home: Path
    ) -> None:
        # The connection takes a while, in which a plant at speed goes on for hours.
        self._started_at = clock.now()
        self._plant = plant
        self._clock = clock
        self._address = address
        self._path = home / "plant" / "mqtt.json"
        self._group, self._node = "lacss", plant.source
        self._done, birth = self._noted()
        self._spark = EdgeNodeMessages(plant.characteristics, _POSITIONS, birth)
        self._birth = birth
        self._born = asyncio.Event()
        self._latest: list[Record] = []

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until `stop` is set; while the broker is away, what is due waits."""
        self._loop = asyncio.get_running_loop()
        client = self._client()
        client.connect_async(self._address.host, self._address.port, keepalive=15)
        client.loop_start()
        try:
            await self._publish(client, stop)
        finally:
            client.publish(self._topic("NDEATH"), self._spark.death, qos=1)
            client.disconnect()
            await asyncio.to_thread(client.loop_stop)

    async def _publish(self, client: Client, stop: asyncio.Event) -> None:
        coming = await asyncio.to_thread(self._coming)
        waiting: Record | None = None
        # What comes before a birth is for a host of a node that does not exist.
        while not (self._born.is_set() or stop.is_set()):
            await pause(_IDLE_S, stop)
        while not stop.is_set():
            if self._born.is_set() and not await self._announced(client, stop):
                return
            batch, waiting = await asyncio.to_thread(self._due, coming, waiting)
            if not batch:
                await pause(_IDLE_S, stop)
                continue
            if not await self._sent(client, batch, stop):
                return
            self._latest = batch
            self._note(batch[-1].sequence)

    def _coming(self) -> Iterator[Record]:
        """Records after the last one acknowledged; at first, those due since it was made."""
        if self._done is not None:
            return self._plant.records(self._done)
        return (o for o in self._plant.records() if self._plant.due_at(o) > self._started_at)

    def _due(
        self, coming: Iterator[Record], waiting: Record | None
    ) -> tuple[list[Record], Record | None]:
        batch: list[Record] = []
        now: datetime = self._clock.now()
        while len(batch) < _AT_ONCE:
            waiting = waiting or next(coming, None)
            if waiting is None or self._plant.due_at(waiting) > now:
                break
            batch.append(waiting)
            waiting = None
        return batch, waiting

    async def _announced(self, client: Client, stop: asyncio.Event) -> bool:
        """Say the birth, and again, as history, what a host may have heard before it."""
        self._born.clear()
        birth = client.publish(self._topic("NBIRTH"), self._spark.born(), qos=1)
        if not await _taken([birth], stop):
            return False
        again = self._spark.data(self._latest, historical=True)
        if again is None:
            return True
        return await _taken([client.publish(self._topic("NDATA"), again, qos=1)], stop)

    async def _sent(self, client: Client, batch: list[Record], stop: asyncio.Event) -> bool:
        """Publish a batch and wait for the broker's word; False when told to stop before."""
        sent = [client.publish(*json_message("lacss", one), qos=1) for one in batch]
        data = self._spark.data(batch)
        if data is not None:
            sent.append(client.publish(self._topic("NDATA"), data, qos=1))
        return await _taken(sent, stop)

    def _client(self) -> Client:
        from paho.mqtt.client import Client, MQTTv311
        from paho.mqtt.enums import CallbackAPIVersion

        client = Client(
            CallbackAPIVersion.VERSION2, f"lacss-{self._node}", clean_session=False,
            protocol=MQTTv311,
        )  # fmt: skip
        client.will_set(self._topic("NDEATH"), self._spark.death, qos=1)
        client.reconnect_delay_set(1, 10)
        client.max_inflight_messages_set(_AT_ONCE)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        return client

    def _on_connect(self, client: Client, _data: Any, _flags: Any, code: Any, _more: Any) -> None:
        if code.is_failure:
            _log.warning("broker %s refuses: %s", self._address.host, code)
            return
        client.subscribe(_COMMAND.format(group=self._group, node=self._node), qos=1)
        self._loop.call_soon_threadsafe(self._born.set)

    def _on_message(self, _client: Client, _data: Any, message: Any) -> None:
        try:
            names = {metric.name for metric in read_payload(message.payload).metrics}
        except InputError:
            return
        if "Node Control/Rebirth" in names:
            self._loop.call_soon_threadsafe(self._born.set)

    def _topic(self, kind: str) -> str:
        return f"spBv1.0/{self._group}/{kind}/{self._node}"

    def _noted(self) -> tuple[int | None, int]:
        """The last record acknowledged, and the number of this session."""
        try:
            kept = json.loads(self._path.read_text())
            return int(kept["sequence"]), int(kept["birth"]) + 1
        except (OSError, ValueError, KeyError, TypeError):
            return None, 0

    def _note(self, sequence: int) -> None:
        partial = self._path.with_suffix(".part")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps({"sequence": sequence, "birth": self._birth}))
        partial.replace(self._path)


async def _taken(sent: Sequence[MQTTMessageInfo], stop: asyncio.Event) -> bool:
    while not all(one.is_published() for one in sent):
        if stop.is_set():
            return False
        await asyncio.sleep(0.01)
    return True
