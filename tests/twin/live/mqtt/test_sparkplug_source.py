"""Sparkplug B over a real broker: births, data, a lost message, a rebirth, the host's state."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from process_models.errors import InputError
from tests.mosquitto_broker import MosquittoBroker
from twin.live.mqtt.sparkplug_payload import DATATYPES, Metric, read_payload, write_payload
from twin.live.mqtt.sparkplug_source import sparkplug_source
from twin.live.sourcing import MapRow, SourceConfig
from twin.live.sourcing.supervisor import Supervisor
from twin.live.sourcing.template import ChannelPattern
from twin.monitoring.plan import ControlPlan
from twin.store import Store
from twin.store.gaps import gaps

DOUBLE, INT64 = DATATYPES["Double"], DATATYPES["Int64"]


class EdgeNodeClient:
    """An edge node on a broker that is born again when asked."""

    def __init__(self, port: int) -> None:
        self.seq, self.births, self.states = -1, 0, []
        self.client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv311)
        self.client.on_message = self._heard
        self.client.connect("127.0.0.1", port)
        self.client.subscribe([("spBv1.0/line/NCMD/plc", 1), ("spBv1.0/STATE/twin", 1)])
        self.client.loop_start()

    def _heard(self, _client: Any, _data: Any, message: Any) -> None:
        if message.topic.startswith("spBv1.0/STATE"):
            self.states.append(json.loads(message.payload)["online"])
        elif read_payload(message.payload).metrics[0].name == "Node Control/Rebirth":
            self.born()

    def _send(self, kind: str, *metrics: Metric) -> None:
        self.seq = (self.seq + 1) % 256
        payload = write_payload(metrics, at=datetime.now(UTC), seq=self.seq)
        self.client.publish(f"spBv1.0/line/{kind}/plc", payload, qos=0)

    def born(self) -> None:
        self.seq = -1
        self.births += 1
        self._send(
            "NBIRTH", Metric(name="bdSeq", datatype=INT64, value=self.births),
            Metric(name="thickness", alias=1, datatype=DOUBLE, value=60.0,
                   properties={"engUnit": "um"}),
            Metric(name="lot", alias=2, datatype=DATATYPES["String"], value="L1"),
        )  # fmt: skip

    def data(self, value: float) -> None:
        self._send("NDATA", Metric(alias=1, value=value, at=datetime.now(UTC)))

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def config(address: str, **options: Any) -> SourceConfig:
    rows = (
        MapRow(channel=ChannelPattern("line/plc/thickness"), characteristic="thickness_um",
               station="roll", lot_from="channel"),
        MapRow(channel=ChannelPattern("line/plc/lot"), carries="lot", station="roll"),
    )  # fmt: skip
    return SourceConfig(
        name="plc", kind="sparkplug", address=address, maps=rows, settle_s=0.0,
        options={"host_id": "twin", **options},
    )  # fmt: skip


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def collected(supervisor: Supervisor, do: Callable[[], None]) -> Any:
    async def both() -> Any:
        stop = asyncio.Event()
        running = asyncio.create_task(supervisor.run(stop))
        while supervisor.edges[0].tally.state.state != "connected":
            await asyncio.sleep(0.02)
        try:
            await asyncio.to_thread(do)
        finally:
            stop.set()
            outcome = await running
        return outcome[0]

    return asyncio.run(both())


def test_a_node_is_followed_through_a_lost_message(
    broker: MosquittoBroker, store: Store, plan: ControlPlan
) -> None:
    supervisor = Supervisor(store, plan, [config(broker.address)], tick_s=0.1)
    node = EdgeNodeClient(broker.port)

    def stored(n: int) -> Callable[[], bool]:
        return lambda: store.counts()["measurements"] == n

    def work() -> None:
        node.data(61.0)  # before any birth: the host asks for one
        wait_until(lambda: node.births == 1)
        node.data(62.0)
        wait_until(stored(1))
        node.seq += 1  # a message that never was sent
        node.data(63.0)
        wait_until(stored(2))
        assert node.births == 1  # asked a moment ago: not again so soon

    try:
        outcome = collected(supervisor, work)
        wait_until(lambda: node.states[-1:] == [False])
    finally:
        node.close()
    frame = store.measurements()
    assert list(frame["value"]) == [62.0, 63.0]
    assert list(frame["lot_id"]) == ["L1", "L1"]
    assert {gap.reason for gap in gaps(store)} == {"edge node offline", "sequence"}
    (lost,) = [gap for gap in gaps(store) if gap.reason == "sequence"]
    assert lost.missing == 1
    assert outcome.state.refused == 0
    assert True in node.states


def test_absence_is_a_gap(broker: MosquittoBroker, store: Store, plan: ControlPlan) -> None:
    node = EdgeNodeClient(broker.port)
    one = config(broker.address)
    first = Supervisor(store, plan, [one], tick_s=0.1)

    def work() -> None:
        node.born()
        node.data(61.0)
        wait_until(lambda: store.counts()["measurements"] == 1)

    try:
        collected(first, work)
        node.data(62.0)  # nobody is there
        collected(Supervisor(store, plan, [one], tick_s=0.1), lambda: None)
    finally:
        node.close()
    assert "disconnected" in {gap.reason for gap in gaps(store)}


@pytest.mark.parametrize(("name", "value"), [("group", "a/b"), ("host_id", "+"), ("group", "")])
def test_a_name_must_be_one_level(name: str, value: str) -> None:
    with pytest.raises(InputError, match=f"{name} must be one level"):
        sparkplug_source(config("mqtt://127.0.0.1", **{name: value}))
