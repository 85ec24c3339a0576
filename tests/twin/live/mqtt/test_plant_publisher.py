"""The plant on a real broker, read back by the twin's own sources."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from process_models.errors import InputError
from tests.mosquitto_broker import MosquittoBroker
from twin.line import read_line
from twin.live.clock import PlantClock
from twin.live.mqtt.json_source import mqtt_source
from twin.live.mqtt.sparkplug_payload import read_payload
from twin.live.mqtt.sparkplug_source import sparkplug_source
from twin.live.plant import ReferencePlant
from twin.live.plant_messages import EdgeNodeMessages, json_message
from twin.live.plant_publisher import MqttAddress, MqttPublisher
from twin.live.sourcing import MapRow, RawReading, SourceConfig
from twin.live.sourcing.template import ChannelPattern
from twin.measurement import Event, Measurement
from twin.recipe import Recipe
from twin.settings import data_folder

START = datetime(2026, 1, 5, 6, tzinfo=UTC)


def plant(hours: float = 2.0) -> ReferencePlant:
    line = read_line(data_folder() / "line.toml")
    until = START + timedelta(hours=hours)
    return ReferencePlant(line, Recipe(name="LACSS 40 s"), seed=1, started_at=START, until=until)


def due(made: ReferencePlant, clock: PlantClock) -> list[Measurement]:
    return [
        one for one in made.records()
        if isinstance(one, Measurement) and START < one.measured_at <= clock.now()
    ]  # fmt: skip


def test_json_and_sparkplug_say_every_measurement(
    broker: MosquittoBroker, tmp_path: Path, list_out: Any
) -> None:
    """Two hours of the plant in some seconds: everything comes by JSON, and by Sparkplug."""
    made = plant()
    wanted = [one for one in made.records() if isinstance(one, Measurement)]
    last = list(made.records())[-1].sequence
    address = f"mqtt://127.0.0.1:{broker.port}"
    row = MapRow(
        channel=ChannelPattern("lacss/{station}/{characteristic}"), value="value", time="time",
        sequence="sequence", station="{station}", characteristic="{characteristic}", unit="{unit}",
        lot="{lot}", position="{position}", fields={n: n for n in ("unit", "lot", "position")},
    )  # fmt: skip
    plain = mqtt_source(SourceConfig(name="json", kind="mqtt", address=address, maps=(row,)))
    metric = MapRow(
        channel=ChannelPattern("lacss/plant-1/#"), station="roll", characteristic="x", unit="um",
        lot="L",
    )  # fmt: skip
    spark = sparkplug_source(
        SourceConfig(name="spark", kind="sparkplug", address=address, maps=(metric,))
    )

    async def play() -> None:
        stop, end = asyncio.Event(), asyncio.Event()
        reading = [asyncio.create_task(one.run(list_out, stop)) for one in (plain, spark)]
        while list_out.connections < len(reading):
            await asyncio.sleep(0.05)
        clock = PlantClock(START - timedelta(minutes=1), 3600.0)
        publisher = MqttPublisher(made, clock, MqttAddress("127.0.0.1", broker.port), tmp_path)
        publishing = asyncio.create_task(publisher.run(end))
        for _ in range(300):
            await asyncio.sleep(0.1)
            all_read = len(readings("json")) == len(wanted) <= len(readings("spark"))
            if all_read and noted()["sequence"] == last:
                break
        end.set()
        await publishing
        stop.set()
        await asyncio.gather(*reading)

    def noted() -> dict[str, int]:
        kept: dict[str, int] = json.loads((tmp_path / "plant" / "mqtt.json").read_text())
        return kept

    def readings(kind: str) -> set[tuple[Any, ...]]:
        return {
            (one.channel, one.value, one.source_time, one.fields.get("position"))
            for one in list_out.items
            if isinstance(one, RawReading)
            and one.channel.startswith("lacss/plant-1/") == (kind == "spark")
            and isinstance(one.value, float)
        }

    asyncio.run(play())
    assert {one[1:3] for one in readings("json")} == {(o.value, o.measured_at) for o in wanted}
    to_ms = timedelta(milliseconds=1)
    rounded = {(o.value, START + (o.measured_at - START) // to_ms * to_ms) for o in wanted}
    assert {one[1:3] for one in readings("spark")} >= rounded
    assert noted() == {"sequence": last, "birth": 0}


def test_a_second_start_goes_on_where_the_first_was_acknowledged(
    broker: MosquittoBroker, tmp_path: Path
) -> None:
    made = plant(0.5)
    last = list(made.records())[-1].sequence
    path = tmp_path / "plant" / "mqtt.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"sequence": last - 3, "birth": 4}))
    heard: list[int] = []

    async def play() -> None:
        stop = asyncio.Event()
        clock = PlantClock(START + timedelta(hours=1), 1.0)
        publisher = MqttPublisher(made, clock, MqttAddress("127.0.0.1", broker.port), tmp_path)
        sent = publisher._sent

        async def listened(client: Any, batch: Any, end: Any) -> bool:
            heard.extend(one.sequence for one in batch)
            return await sent(client, batch, end)

        publisher._sent = listened  # type: ignore[method-assign]
        running = asyncio.create_task(publisher.run(stop))
        for _ in range(200):
            await asyncio.sleep(0.05)
            if json.loads(path.read_text())["sequence"] == last:
                break
        stop.set()
        await running

    asyncio.run(play())
    assert heard == [last - 2, last - 1, last]
    assert json.loads(path.read_text()) == {"sequence": last, "birth": 5}


def test_a_birth_names_every_metric_and_data_follow_in_number() -> None:
    pairs = {"roll": [("thickness_um", "um")], "wind": [("winding_tension_n", "N")]}
    node = EdgeNodeMessages(pairs, {"thickness_um": 2}, birth=7)
    birth = read_payload(node.born())
    assert [(m.name, m.value) for m in birth.metrics] == [
        ("bdSeq", 7), ("Node Control/Rebirth", False), ("roll/lot", None), ("wind/lot", None),
        ("roll/thickness_um/1", None), ("roll/thickness_um/2", None),
        ("wind/winding_tension_n", None),
    ]  # fmt: skip
    reading = Measurement(
        measured_at=START, lot_id="L7", station="roll", characteristic="thickness_um", value=61.5,
        unit="um", position=2, quality="bad",
    )  # fmt: skip
    first, second = node.data([reading]), node.data([reading])
    assert first is not None
    assert second is not None
    one, two = read_payload(first), read_payload(second)
    assert (one.seq, two.seq) == (1, 2)
    assert [(m.name, m.value) for m in one.metrics] == [
        ("roll/lot", "L7"), ("roll/thickness_um/2", 61.5),
    ]  # fmt: skip
    assert [m.name for m in two.metrics] == ["roll/thickness_um/2"]
    assert two.metrics[0].properties == {"Quality": 0}
    again = {m.name: m.value for m in read_payload(node.born()).metrics}
    assert (again["roll/lot"], again["roll/thickness_um/2"]) == ("L7", 61.5)
    assert [m.value for m in read_payload(node.death).metrics] == [7]
    event = Event(occurred_at=START, station="roll", event="down")
    assert node.data([event]) is None


def test_events_have_a_topic_of_their_own() -> None:
    event = Event(occurred_at=START, station="roll", event="start", lot_id="L1", sequence=3)
    topic, payload = json_message("lacss", event)
    assert topic == "lacss/roll/event"
    assert json.loads(payload)["event"] == "start"


@pytest.mark.parametrize("text", ["", "host", ":1883", "h:", "127.0.0.1:0", "127.0.0.1:99999"])
def test_what_is_no_broker_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="mqtt must be HOST:PORT"):
        MqttAddress.parse(text)


def test_a_broker_elsewhere_is_refused() -> None:
    with pytest.raises(InputError, match="mqtt must be a broker on this machine"):
        MqttAddress.parse("10.0.0.1:1883")


class _Sent:
    """What paho gives for a message; the broker's word comes when told."""

    def __init__(self) -> None:
        self.acknowledged = False

    def is_published(self) -> bool:
        return self.acknowledged


class _SlowBroker:
    """A client whose broker answers late: everything that is published is noted in order."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, _Sent]] = []

    def publish(self, topic: str, payload: bytes, qos: int) -> _Sent:
        self.sent.append((topic.split("/")[2] if topic.startswith("spBv1.0") else "json",
                          payload, _Sent()))  # fmt: skip
        return self.sent[-1][2]

    def kinds(self) -> list[str]:
        return [kind for kind, _, _ in self.sent]

    def acknowledge(self) -> None:
        for _, _, one in self.sent:
            one.acknowledged = True


async def _until(true: Any) -> None:
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within 5 s")


def test_what_falls_due_while_it_connects_is_not_passed_over(tmp_path: Path) -> None:
    """An hour of the plant passes between the making of the publisher and its connection."""
    made = plant(1.0)

    class Jumping(PlantClock):
        def now(self) -> datetime:
            return next(instants)

    instants = iter([START - timedelta(minutes=1), *[START + timedelta(hours=1)] * 10_000])
    clock = Jumping(START, 1.0)
    publisher = MqttPublisher(made, clock, MqttAddress("127.0.0.1", 1), tmp_path)
    batch, waiting = publisher._due(publisher._coming(), None)
    wanted = [one for one in made.records() if made.due_at(one) > START - timedelta(minutes=1)]
    assert batch == wanted[:500]
    assert waiting is None


def test_no_data_before_the_birth_is_at_the_broker(tmp_path: Path) -> None:
    """What a host hears of a node that is not born it must drop."""
    made = plant(0.5)
    last = list(made.records())[-1].sequence
    kept = tmp_path / "plant" / "mqtt.json"
    kept.parent.mkdir()
    kept.write_text(json.dumps({"sequence": last - 3, "birth": 0}))

    async def play() -> None:
        stop, client = asyncio.Event(), _SlowBroker()
        clock = PlantClock(START + timedelta(hours=1), 1.0)
        publisher = MqttPublisher(made, clock, MqttAddress("127.0.0.1", 1), tmp_path)
        running = asyncio.create_task(publisher._publish(client, stop))  # type: ignore[arg-type]
        await asyncio.sleep(0.3)
        assert client.kinds() == []
        publisher._born.set()
        await _until(client.kinds)
        await asyncio.sleep(0.1)
        assert client.kinds() == ["NBIRTH"]
        client.acknowledge()
        await _until(lambda: len(client.sent) > 3)
        client.acknowledge()
        await _until(lambda: json.loads(kept.read_text())["sequence"] == last)
        first = list(client.sent)
        assert [kind for kind, _, _ in first] == ["NBIRTH", "json", "json", "json", "NDATA"]
        publisher._born.set()
        await _until(lambda: len(client.sent) > len(first))
        assert client.kinds()[len(first) :] == ["NBIRTH"]
        client.acknowledge()
        await _until(lambda: len(client.sent) == len(first) + 2)
        again = read_payload(client.sent[-1][1])
        data = read_payload(first[-1][1])
        assert client.kinds()[-1] == "NDATA"
        assert again.seq == 1
        assert all(one.historical for one in again.metrics)
        told = {(one.name, one.value, one.at) for one in again.metrics}
        assert told == {(o.name, o.value, o.at) for o in data.metrics if "/lot" not in o.name}
        stop.set()
        await running

    asyncio.run(play())
