"""The broker is killed again and again: what is missing afterwards was reported, number by number.

The publisher numbers its messages and holds each until the broker has acknowledged it. A broker
that is killed may forget what it acknowledged a moment before; nobody holds that any more, and
every such number must be in an open gap. Whatever the publisher still held must be stored.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from tests.mosquitto_broker import MosquittoBroker
from twin.live.mqtt.connection import MqttConnection
from twin.live.sourcing import SourceConfig
from twin.live.sourcing.edge import LiveEdge
from twin.live.sourcing.supervisor import Supervisor
from twin.monitoring.plan import ControlPlan
from twin.store import Store
from twin.store.gaps import gaps

T0 = 1_767_614_400
TOPIC = "line/roll/thickness"


class HoldingPublisher:
    """Sends number after number; what is not acknowledged is sent again after a reconnection."""

    def __init__(self, port: int) -> None:
        self.port, self.sent, self.acknowledged = port, 0, set[int]()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        held: list[int] = []
        while not self._ended.is_set():
            client = Client(CallbackAPIVersion.VERSION2, "gauge", clean_session=True,
                            protocol=MQTTv311, reconnect_on_failure=False)  # fmt: skip
            try:
                client.connect("127.0.0.1", self.port)
                client.loop_start()
                while not self._ended.is_set():
                    if not held:
                        self.sent += 1
                        held.append(self.sent)
                    self._send(client, held)
            except (OSError, ValueError, RuntimeError):
                time.sleep(0.02)
            finally:
                client.loop_stop()

    def _send(self, client: Client, held: list[int]) -> None:
        number = held[0]
        said = {"v": 60 + number / 1e6, "t": T0 + number, "n": number, "lot": "L1"}
        info = client.publish(TOPIC, json.dumps(said), qos=1)
        info.wait_for_publish(0.5)
        if not info.is_published():
            raise OSError("not acknowledged")
        self.acknowledged.add(held.pop(0))

    def end(self) -> None:
        self._ended.set()
        self._thread.join(10)


class Campaign:
    """Kills the broker under a publisher and a collector, then waits until all is quiet."""

    def __init__(self, broker: MosquittoBroker, store: Store, plan: ControlPlan) -> None:
        self.broker, self.store, self.plan = broker, store, plan

    def run(self, config: SourceConfig, kills: int) -> None:
        supervisor = Supervisor(self.store, self.plan, [config], tick_s=0.2, longest_backoff_s=0.3)

        async def both() -> None:
            stop = asyncio.Event()
            running = asyncio.create_task(supervisor.run(stop))
            await self._connected(supervisor.edges[0])
            publisher = HoldingPublisher(self.broker.port)
            rng = random.Random(20260107)
            for _ in range(kills):
                await asyncio.sleep(0.3 + 0.3 * rng.random())
                await asyncio.to_thread(self.broker.kill)
                await asyncio.sleep(0.1 * rng.random())
                await asyncio.to_thread(self.broker.start)
                await self._connected(supervisor.edges[0])
            # One more number shows what the last kill took.
            shown = publisher.sent + 2
            await self._until(lambda: shown in publisher.acknowledged)
            await asyncio.to_thread(publisher.end)
            last = max(publisher.acknowledged)
            await self._until(lambda: last in self.stored())
            stop.set()
            await running
            self.acknowledged, self.last = publisher.acknowledged, last

        asyncio.run(both())

    async def _connected(self, edge: LiveEdge) -> None:
        await self._until(lambda: edge.tally.state.state == "connected")

    async def _until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + 30
        while not true():
            assert time.monotonic() < end, "it did not come about"
            await asyncio.sleep(0.05)

    def stored(self) -> set[int]:
        return set(self.store.measurements(columns=("sequence",))["sequence"])

    def judge(self) -> tuple[set[int], set[int]]:
        """Numbers that nobody reported missing, and those reported missing that are stored."""
        open_gaps = gaps(self.store, open_only=True)
        reported = {
            number
            for gap in open_gaps if gap.reason == "sequence"
            for number in range(gap.first_missing, gap.last_missing + 1)
        }  # fmt: skip
        stored = self.stored()
        first = min(stored)
        return set(range(first, self.last + 1)) - stored - reported, reported & stored


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_after_every_kill_nothing_is_missing_unreported(
    broker: MosquittoBroker, store: Store, plan: ControlPlan, json_config: Any,
    rounds: Callable[[int, int], int],
) -> None:  # fmt: skip
    campaign = Campaign(broker, store, plan)
    campaign.run(json_config(broker.address), rounds(3, 100))
    silent, false = campaign.judge()
    assert silent == set()
    assert false == set()
    frame = store.measurements()
    assert not frame.duplicated(["sequence"]).any()
    assert len(frame) > 100


def test_acknowledging_before_the_commit_is_found_out(
    broker: MosquittoBroker, store: Store, plan: ControlPlan, json_config: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Control: a collector that acknowledges first loses what it had not yet stored."""
    through = MqttConnection.next

    async def hasty(self: MqttConnection, timeout_s: float) -> Any:
        messages = await through(self, timeout_s)
        self.acknowledge(messages)
        if any(b'"n": 5,' in one.payload for one in messages) and not died:
            died.append(1)
            raise ConnectionError("the process is killed between acknowledgement and commit")
        return messages

    died: list[int] = []
    config = json_config(broker.address)
    numbers = range(1, 9)
    said = [json.dumps({"v": 60, "t": T0 + n, "n": n, "lot": "L1"}).encode() for n in numbers]

    def published() -> None:
        client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv311)
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        for one in said:
            client.publish(TOPIC, one, qos=1).wait_for_publish(5)
            time.sleep(0.05)
        client.disconnect()
        client.loop_stop()

    async def collect() -> None:
        supervisor = Supervisor(store, plan, [config], tick_s=0.1, longest_backoff_s=0.3)
        stop = asyncio.Event()
        running = asyncio.create_task(supervisor.run(stop))
        while supervisor.edges[0].tally.state.state != "connected":
            await asyncio.sleep(0.02)
        await asyncio.to_thread(published)
        await asyncio.sleep(1.0)
        stop.set()
        await running

    with monkeypatch.context() as broken:
        broken.setattr(MqttConnection, "next", hasty)
        asyncio.run(collect())
    assert died
    stored = set(store.measurements()["sequence"])
    assert 5 not in stored  # lost for good: the broker was told that it is kept
    (gap,) = gaps(store, open_only=True)
    assert 5 in range(gap.first_missing, gap.last_missing + 1)
