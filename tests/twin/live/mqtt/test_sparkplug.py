"""Sparkplug B: what a host makes of births, data and deaths, without a broker."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from process_models.errors import InputError
from twin.live.mqtt.connection import Message
from twin.live.mqtt.sparkplug_host import SparkplugHost, Taken, state_payload
from twin.live.mqtt.sparkplug_payload import (
    DATATYPES,
    Metric,
    Payload,
    read_payload,
    write_payload,
)
from twin.live.mqtt.sparkplug_topic import SparkplugTopic
from twin.live.sourcing import RawReading, Refused

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
DOUBLE, INT8, INT32, INT64 = (DATATYPES[name] for name in ("Double", "Int8", "Int32", "Int64"))


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


class Node:
    """An edge node that plays by the rules, and can be told not to."""

    def __init__(self, birth: int = 0) -> None:
        self.birth, self.seq = birth, -1

    def message(self, kind: str, *metrics: Metric, second: float = 0, device: str = "",
                numbered: bool = True) -> Message:  # fmt: skip
        if numbered:
            self.seq = (self.seq + 1) % 256
        topic = f"spBv1.0/line/{kind}/plc" + (f"/{device}" if device else "")
        payload = write_payload(metrics, at=at(second), seq=self.seq if numbered else None)
        return Message(topic, payload, at(second))

    def born(self, second: float = 0, value: float = 60.0) -> Message:
        self.seq = -1
        return self.message(
            "NBIRTH", Metric(name="bdSeq", datatype=INT64, value=self.birth),
            Metric(name="roll/thickness", alias=1, datatype=DOUBLE, value=value, at=at(second),
                   properties={"engUnit": "um"}),
            Metric(name="lot", alias=2, datatype=DATATYPES["String"], value="L1", at=at(second)),
            second=second,
        )  # fmt: skip

    def data(self, second: float, value: float, **more: Any) -> Message:
        return self.message("NDATA", Metric(alias=1, value=value, at=at(second), **more),
                            second=second)  # fmt: skip

    def dead(self, second: float) -> Message:
        metric = Metric(name="bdSeq", datatype=INT64, value=self.birth)
        return self.message("NDEATH", metric, second=second, numbered=False)


def readings(taken: Taken) -> list[tuple[str, Any, bool]]:
    return [(r.channel, r.value, r.restated) for r in taken.items if isinstance(r, RawReading)]


def test_aliases_lead_to_names_units_and_types() -> None:
    node, host = Node(), SparkplugHost()
    taken = host.take([node.born(), node.data(1, 61.0)])
    assert readings(taken) == [
        ("line/plc/roll/thickness", 60.0, True), ("line/plc/lot", "L1", True),
        ("line/plc/roll/thickness", 61.0, False),
    ]  # fmt: skip
    assert taken.items[-1].unit == "um"  # type: ignore[union-attr]
    assert taken.items[-1].source_time == at(1)  # type: ignore[union-attr]
    assert (taken.losses, taken.asks) == ([], [])


def test_the_sequence_goes_round_without_a_gap() -> None:
    node, host = Node(), SparkplugHost()
    messages = [node.born(), *(node.data(n, 60.0 + n / 1000) for n in range(1, 600))]
    taken = host.take(messages)
    assert len(taken.items) == 2 + 599
    assert taken.losses == []


@pytest.mark.parametrize("lost", [1, 2, 100, 254])
@pytest.mark.parametrize("before", [0, 3, 255, 300])
def test_every_message_lost_is_counted_and_a_birth_asked_for(before: int, lost: int) -> None:
    node, host = Node(), SparkplugHost()
    host.take([node.born(), *(node.data(n, 60.0 + n) for n in range(before))])
    for second in range(lost):
        node.data(second, 1.0)
    taken = host.take([node.data(500, 62.0)])
    (loss,) = taken.losses
    assert (loss.reason, loss.first, loss.last) == ("sequence", before + 1, before + lost)
    assert [topic for topic, _ in taken.asks] == ["spBv1.0/line/NCMD/plc"]
    (asked,) = read_payload(taken.asks[0][1]).metrics
    assert (asked.name, asked.value) == ("Node Control/Rebirth", True)
    assert readings(taken) == [("line/plc/roll/thickness", 62.0, False)]


def test_a_node_that_nobody_saw_born_is_asked_once_and_its_absence_told() -> None:
    node, host = Node(), SparkplugHost()
    node.born()
    taken = host.take([node.data(1, 61.0), node.data(2, 62.0)])
    assert (taken.items, len(taken.asks)) == ([], 1)
    born = host.take([node.born(5), node.data(6, 63.0)])
    (loss,) = born.losses
    assert (loss.reason, loss.from_at, loss.to_at) == ("edge node offline", at(1), at(5))
    assert readings(born)[-1][1] == 63.0


def test_a_death_is_told_with_the_next_birth() -> None:
    node, host = Node(), SparkplugHost()
    host.take([node.born(), node.data(1, 61.0), node.dead(30)])
    assert host.told == "0 of 1 edge nodes online, not line/plc"
    assert host.take([node.data(31, 62.0)]).items == []
    node.birth = 1
    (loss,) = host.take([node.born(60)]).losses
    assert (loss.reason, loss.from_at, loss.to_at) == ("edge node offline", at(1), at(60))


def test_the_will_of_an_older_session_kills_nobody() -> None:
    old, new, host = Node(birth=6), Node(birth=7), SparkplugHost()
    host.take([new.born(), old.dead(1)])
    assert host.nodes["line/plc"].online


def test_a_birth_tells_again_and_a_changed_value_is_news() -> None:
    node, host = Node(), SparkplugHost()
    host.take([node.born(), node.data(1, 61.0)])
    assert readings(host.take([node.born(5, 61.0)]))[0] == ("line/plc/roll/thickness", 61.0, True)
    assert readings(host.take([node.born(9, 64.0)]))[0] == ("line/plc/roll/thickness", 64.0, False)


def test_devices_have_aliases_of_their_own_and_die_alone() -> None:
    node, host = Node(), SparkplugHost()
    load = Metric(name="load", alias=1, datatype=DOUBLE, value=5.0, at=at(0))
    more = Metric(alias=1, value=6.0, at=at(1))
    taken = host.take([
        node.born(), node.message("DBIRTH", load, device="gauge"),
        node.message("DDATA", more, device="gauge", second=1),
        node.message("DDEATH", device="gauge", second=2), node.data(3, 61.0),
    ])  # fmt: skip
    assert ("line/plc/gauge/load", 6.0, False) in readings(taken)
    assert readings(taken)[-1] == ("line/plc/roll/thickness", 61.0, False)
    assert taken.losses == []
    late = host.take([node.message("DDATA", more, device="gauge", second=4)])
    assert readings(late) == []
    assert len(late.asks) == 1  # an alias that no birth told


def test_marks_of_a_metric_are_kept() -> None:
    node, host = Node(), SparkplugHost()
    host.take([node.born()])
    old, moving, stale, odd, empty = host.take([
        node.data(1, 61.0, historical=True), node.data(2, 62.0, transient=True),
        node.data(3, 63.0, properties={"Quality": 500}),
        node.data(4, 64.0, properties={"Quality": 64}), node.data(5, None),  # type: ignore[arg-type]
        node.data(6, 65.0),
    ]).items  # fmt: skip
    assert isinstance(old, RawReading)
    assert old.historical
    assert [one.value for one in (old, moving, stale, odd, empty)] == [61.0, 63.0, 64.0, None, 65.0]  # type: ignore[union-attr]
    assert [one.status for one in (moving, stale)] == ["bad", "uncertain"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("kind", "value"),
    [(INT8, -1), (INT8, 127), (INT32, -(2**31)), (INT64, -(2**63)),
     (DATATYPES["UInt64"], 2**64 - 1), (DATATYPES["Boolean"], True), (DATATYPES["String"], "µ"),
     (DATATYPES["Float"], 0.5), (DOUBLE, float("inf")), (DATATYPES["DateTime"], 1_767_614_400_000)],
)  # fmt: skip
def test_every_type_comes_back_as_it_was(kind: int, value: Any) -> None:
    node, host = Node(), SparkplugHost()
    metric = Metric(name="x", alias=9, datatype=kind, value=value)
    born = node.message("NBIRTH", metric)
    told = replace(metric, name="")
    taken = host.take([born, node.message("NDATA", told)])
    assert [r[1] for r in readings(taken)] == [value, value]


def test_an_unknown_field_is_passed_over() -> None:
    plain = write_payload([Metric(name="x", datatype=DOUBLE, value=1.0)], seq=3)
    unknown = b"\xf2\x06\x03abc"  # field 110, three bytes
    assert read_payload(plain + unknown) == read_payload(plain)


def test_a_value_that_does_not_fit_is_told() -> None:
    with pytest.raises(InputError, match="does not fit"):
        write_payload([Metric(name="x", datatype=INT32, value="abc")])


@pytest.mark.parametrize(
    "topic",
    ["spBv1.0/line/NCMD/plc", "spBv1.0/STATE/twin", "spBv1.0/line/NDATA", "spBv1.0//NDATA/plc",
     "other/line/NDATA/plc", "spBv1.0/line/NDATA/plc/gauge", "spBv1.0/line/DDATA/plc"],
)  # fmt: skip
def test_what_is_no_topic_of_data_is_passed_over(topic: str) -> None:
    assert SparkplugTopic.read(topic) is None


def test_the_state_of_a_host_is_json() -> None:
    assert state_payload(NOON, online=True) == b'{"online": true, "timestamp": 1767614400000}'


@pytest.mark.soak
def test_garbage_raises_nothing_and_is_counted(rounds: Callable[[int, int], int]) -> None:
    """Mutated payloads: each gives readings, a refusal, or nothing; seed 20260105."""
    rng = random.Random(20260105)
    node, host = Node(), SparkplugHost()
    whole = [node.born().payload, node.data(1, 61.0).payload, b"", b"\xff" * 40]
    kinds = ("NBIRTH", "NDATA", "DBIRTH", "DDATA", "NDEATH", "DDEATH")
    refused = 0
    for number in range(rounds(3000, 200_000)):
        payload = bytearray(rng.choice(whole))
        for _ in range(rng.randrange(1, 6)):
            if payload and rng.random() < 0.7:
                payload[rng.randrange(len(payload))] = rng.randrange(256)
            else:
                payload.insert(rng.randrange(len(payload) + 1), rng.randrange(256))
        kind = rng.choice(kinds)
        topic = f"spBv1.0/line/{kind}/plc" + ("/gauge" if kind[0] == "D" else "")
        taken = host.take([Message(topic, bytes(payload), at(number))])
        refused += sum(isinstance(item, Refused) for item in taken.items)
    assert refused > 100


def test_the_garbage_campaign_would_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: a reader that lets the protobuf error through is caught by the campaign."""
    from google.protobuf.message import DecodeError

    def careless(content: bytes) -> Payload:
        raise DecodeError("wire type 7")

    monkeypatch.setattr("twin.live.mqtt.sparkplug_host.read_payload", careless)
    with pytest.raises(DecodeError):
        test_garbage_raises_nothing_and_is_counted(lambda short, soak: 10)
