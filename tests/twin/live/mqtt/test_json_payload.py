"""Paths into JSON, and what is made of payloads that nobody should have sent."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from twin.live.mqtt.connection import Message
from twin.live.mqtt.json_payload import JsonReader
from twin.live.sourcing import RawReading, Refused
from twin.live.sourcing.edge import LiveEdge
from twin.live.sourcing.template import ChannelPattern
from twin.monitoring.plan import ControlPlan
from twin.store import Store

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
TOPIC = "line/roll/thickness"


def message(payload: Any, **settings: Any) -> Message:
    said = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Message(TOPIC, said, NOON, **settings)


@pytest.fixture
def reader(json_config: Any) -> Callable[..., JsonReader]:
    return lambda *rows, **settings: JsonReader(json_config("mqtt://127.0.0.1", *rows, **settings))


WHOLE = {"v": 60.5, "t": 1_767_614_400, "n": 7, "lot": "007"}


def test_a_payload_becomes_a_reading(reader: Any) -> None:
    (one,) = reader().items(message(WHOLE))
    assert (one.value, one.sequence, one.source_time) == (60.5, 7, NOON)
    assert one.fields == {"station": "roll", "lot": "007"}
    assert one.producer == TOPIC


def test_several_parts_of_one_payload(reader: Any, json_row: Any) -> None:
    rows = [
        json_row(value=f"places.{place}", time="", sequence="", position=str(place + 1))
        for place in range(3)
    ]
    items = reader(*rows).items(message({"places": [60.0, 61.0], "lot": "A"}))
    assert [(one.part, one.value) for one in items] == [("places.0", 60.0), ("places.1", 61.0)]


def test_a_list_is_read_one_by_one(reader: Any) -> None:
    items = reader().items(message([WHOLE, {}, {**WHOLE, "n": 8}]))
    assert [type(one).__name__ for one in items] == ["RawReading", "Refused", "RawReading"]


def test_a_lot_may_come_as_plain_text(reader: Any, json_row: Any) -> None:
    row = json_row(channel=ChannelPattern(TOPIC), carries="lot", value="", time="", sequence="",
                   fields={})  # fmt: skip
    (one,) = reader(row).items(message(b"L00017\n"))
    assert one.value == "L00017"


def test_who_counts_may_be_named(reader: Any, json_row: Any) -> None:
    row = json_row(fields={"lot": "lot", "producer": "device"})
    (one,) = reader(row).items(message({**WHOLE, "device": "g7"}))
    assert one.producer == "g7"


def test_a_status_is_kept(reader: Any, json_row: Any) -> None:
    items = [
        reader(json_row(status="q")).items(message({**WHOLE, "q": told}))[0]
        for told in ("E7", 0x80000000, None)
    ]
    assert [one.status for one in items] == ["E7", 0x80000000, ""]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"t": "noon"}, "time 't' must be an ISO 8601 time"),
        ({"t": "2026-01-05T12:00:00"}, "needs an offset"),
        ({"t": 1e30}, "years 1 to 9999"),
        ({"t": True}, "must be a time"),
        ({"n": 1.5}, "sequence 'n' must be a whole number"),
        ({"n": None}, "sequence 'n' must be a whole number"),
        ({"n": 2**60}, "sequence 'n' must be a whole number"),
    ],
)
def test_what_will_not_do_is_refused_in_words(
    reader: Any, change: dict[str, Any], says: str
) -> None:
    (one,) = reader().items(message({**WHOLE, **change}))
    assert isinstance(one, Refused)
    assert says in one.rule


def test_a_number_as_time_needs_its_unit(reader: Any) -> None:
    (one,) = reader(time_unit="").items(message(WHOLE))
    assert "needs time_unit" in one.rule


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"\xff\xfe\x00", b"nul", b"[]", b"{}", b"null", b"7", b'"x"', b"[" * 100_000,
     b'{"v":' + b"9" * 5000 + b"}", b" " * 1_000_001],
)  # fmt: skip
def test_what_is_no_reading_is_one_refusal(reader: Any, payload: bytes) -> None:
    (one,) = reader().items(message(payload))
    assert isinstance(one, Refused)
    assert len(one.value) <= 1000


@pytest.mark.soak
def test_garbage_raises_nothing_up_to_the_store(
    reader: Any, json_config: Any, store: Store, plan: ControlPlan,
    rounds: Callable[[int, int], int],
) -> None:  # fmt: skip
    """Mutated JSON through reader, edge and store; seed 20260106."""
    import asyncio

    rng = random.Random(20260106)
    edge = LiveEdge(json_config("mqtt://127.0.0.1"), store, plan)
    whole = [json.dumps(one).encode() for one in (WHOLE, [WHOLE, WHOLE], {**WHOLE, "lot": "µ"})]
    pieces = [b"NaN", b"\\ud800", b"\x00", b"1e999", b"null", b"{}", b'"', b"-", b"\xf0", b"true"]
    read = reader()
    items: list[RawReading | Refused] = []
    for _ in range(rounds(2000, 200_000)):
        payload = bytearray(rng.choice(whole))
        for _ in range(rng.randrange(1, 4)):
            place = rng.randrange(len(payload) + 1)
            end = place + rng.randrange(3)
            payload[place:end] = (
                rng.choice(pieces) if rng.random() < 0.5 else b"%c" % rng.randrange(256)
            )
        items += read.items(message(bytes(payload)))
        if len(items) >= 500:
            asyncio.run(edge.deliver(items))
            items = []
    assert edge.tally.state.refused > 200
    assert store.counts()["quarantine"] > 50
