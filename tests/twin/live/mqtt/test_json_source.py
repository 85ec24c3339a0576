"""JSON over a real broker: what is published is stored, once, acknowledged after the commit."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from process_models.errors import InputError, StoreError
from tests.mosquitto_broker import PASSWORD, USER, MosquittoBroker
from twin.live.mqtt.json_source import mqtt_source
from twin.live.sourcing.supervisor import Supervisor
from twin.monitoring.plan import ControlPlan
from twin.store import Store
from twin.store.gaps import gaps
from twin.store.quarantine import quarantined
from twin.store.sources import heartbeats, sources

T0 = 1_767_614_400


def payload(number: int, **more: Any) -> bytes:
    said = {"v": 60 + number / 1000, "t": T0 + number, "n": number, "lot": f"L{number % 7}"}
    return json.dumps({**said, **more}).encode()


def publish(broker: MosquittoBroker, *payloads: bytes, topic: str = "line/roll/thickness",
            **options: Any) -> None:  # fmt: skip
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv311)
    if broker.secured:
        client.username_pw_set(USER, PASSWORD)
        client.tls_set(str(broker.folder / "ca.pem"))
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    try:
        for one in payloads:
            client.publish(topic, one, qos=1, **options).wait_for_publish(10)
    finally:
        client.disconnect()
        client.loop_stop()


def collected(
    supervisor: Supervisor, until: Callable[[], bool], do: Callable[[], Any] = lambda: None,
    timeout_s: float = 60.0,
) -> Any:  # fmt: skip
    """Run the supervisor, `do` something once connected, and stop once `until` is true."""

    async def both() -> Any:
        stop = asyncio.Event()
        running = asyncio.create_task(supervisor.run(stop))
        end = time.monotonic() + timeout_s
        await waited(lambda: supervisor.edges[0].tally.state.state == "connected", end)
        await asyncio.to_thread(do)
        await waited(until, end)
        stop.set()
        return await running

    return asyncio.run(both())


async def waited(until: Callable[[], bool], end: float) -> None:
    while not until():
        assert time.monotonic() < end, "it did not come about"
        await asyncio.sleep(0.02)


@pytest.fixture
def supervised(store: Store, plan: ControlPlan) -> Callable[..., Supervisor]:
    return lambda *configs, **options: Supervisor(
        store, plan, configs, tick_s=0.1, longest_backoff_s=0.5, **options
    )


def test_what_is_published_is_stored(
    broker: MosquittoBroker, store: Store, supervised: Any, json_config: Any
) -> None:
    supervisor = supervised(json_config(broker.address))
    (outcome,) = collected(
        supervisor, lambda: store.counts()["measurements"] == 50,
        lambda: publish(broker, *(payload(n) for n in range(1, 51))),
    )  # fmt: skip
    frame = store.measurements()
    assert list(frame["sequence"]) == list(range(1, 51))
    assert list(frame["lot_id"][:3]) == ["L1", "L2", "L3"]
    assert set(frame["station"]) == {"roll"}
    assert outcome.receipt.accepted == outcome.state.records == 50
    assert outcome.state.state == "stopped"
    assert gaps(store) == []
    assert [one.part for one in heartbeats(store)] == ["collector"]


def test_what_comes_while_nobody_is_there_waits_at_the_broker(
    broker: MosquittoBroker, store: Store, supervised: Any, json_config: Any
) -> None:
    config = json_config(broker.address)
    collected(supervised(config), lambda: True)
    publish(broker, *(payload(n) for n in range(1, 101)))
    collected(supervised(config), lambda: store.counts()["measurements"] == 100)
    assert gaps(store) == []


def test_what_is_not_committed_is_not_acknowledged(
    broker: MosquittoBroker, store: Store, supervised: Any, json_config: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from twin.store import writing

    through, failures = writing.write_measurements, []

    def failing(*args: Any, **options: Any) -> Any:
        if len(failures) < 3:
            failures.append(1)
            raise StoreError("store cannot be written: disk full")
        return through(*args, **options)

    monkeypatch.setattr("twin.store.writing.write_measurements", failing)
    supervisor = supervised(json_config(broker.address))
    collected(
        supervisor, lambda: store.counts()["measurements"] == 20,
        lambda: publish(broker, *(payload(n) for n in range(1, 21))),
    )  # fmt: skip
    assert len(failures) == 3
    assert list(store.measurements()["sequence"]) == list(range(1, 21))


def test_a_broker_that_forgot_the_session_is_a_gap(
    broker: MosquittoBroker, store: Store, supervised: Any, json_config: Any
) -> None:
    config = json_config(broker.address)
    collected(supervised(config), lambda: True)
    broker.kill()
    (broker.folder / "mosquitto.db").unlink(missing_ok=True)
    broker.start()
    collected(supervised(config), lambda: True)
    (gap,) = gaps(store)
    assert gap.reason == "session lost"
    assert gap.from_at is not None
    assert gap.to_at is not None


def test_tls_and_password(
    broker_of: Any, store: Store, supervised: Any, json_config: Any, tmp_path: Path
) -> None:
    broker = broker_of(secured=True)
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD + "\n")
    known = {"username": USER, "password_file": secret}
    config = json_config(broker.address, ca_file=broker.folder / "ca.pem", **known)
    collected(
        supervised(config), lambda: store.counts()["measurements"] == 3,
        lambda: publish(broker, payload(1), payload(2), payload(3)),
    )  # fmt: skip


@pytest.mark.parametrize("wrong", ["authority", "password", "nobody"])
def test_who_is_not_known_gets_in_nowhere(
    broker_of: Any, json_config: Any, list_out: Any, tmp_path: Path, wrong: str
) -> None:
    broker = broker_of(secured=True)
    other = tmp_path / "other"
    other.mkdir()
    from tests.mosquitto_broker import write_certificates

    write_certificates(other)
    secret = tmp_path / "secret"
    secret.write_text("guess" if wrong == "password" else PASSWORD)
    ca = (other if wrong == "authority" else broker.folder) / "ca.pem"
    user = "" if wrong == "nobody" else USER
    config = json_config(broker.address, ca_file=ca, username=user, password_file=secret)
    with pytest.raises(ConnectionError, match=r"certificate verify failed|[Nn]ot authorized"):
        asyncio.run(mqtt_source(config).run(list_out, asyncio.Event()))


@pytest.mark.parametrize(
    ("address", "says"),
    [("http://127.0.0.1", "mqtt://host"), ("mqtt://broker.example", "another machine"),
     ("mqtt://", "mqtt://host"), ("mqtt://x:99999", "address")],
)  # fmt: skip
def test_an_address_that_will_not_do_is_told(json_config: Any, address: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        mqtt_source(json_config(address))


def test_nobody_there_is_a_lost_connection(json_config: Any, list_out: Any) -> None:
    config = json_config("mqtt://127.0.0.1:9")
    with pytest.raises(ConnectionError, match="cannot be reached"):
        asyncio.run(mqtt_source(config).run(list_out, asyncio.Event()))


def test_a_broker_that_goes_and_comes_back_is_found_again(
    broker: MosquittoBroker, store: Store, supervised: Any, json_config: Any
) -> None:
    supervisor = supervised(json_config(broker.address))

    def outage() -> None:
        publish(broker, payload(1))
        broker.stop()
        end = time.monotonic() + 10
        while supervisor.edges[0].tally.state.state == "connected" and time.monotonic() < end:
            time.sleep(0.02)
        broker.start()
        publish(broker, payload(2))

    (outcome,) = collected(supervisor, lambda: store.counts()["measurements"] == 2, outage)
    assert outcome.state.reconnects == 1
    (noted,) = sources(store)
    assert (noted.kind, noted.last_sequence) == ("mqtt", 2)
    # A broker that went before it had the receipt sends the first message again.
    assert noted.records - outcome.receipt.duplicates == 2


def test_a_retained_reading_without_a_time_is_no_new_reading(
    broker: MosquittoBroker, store: Store, supervised: Any, json_config: Any, json_row: Any
) -> None:
    publish(broker, payload(1), retain=True)
    config = json_config(broker.address, json_row(time="", sequence=""))
    collected(supervised(config), lambda: True)
    collected(
        supervised(config), lambda: store.counts()["measurements"] == 1,
        lambda: publish(broker, payload(2)),
    )  # fmt: skip
    assert list(store.measurements()["value"]) == [60.002]


def test_garbage_is_counted_and_set_aside(
    broker: MosquittoBroker, store: Store, supervised: Any, json_config: Any
) -> None:
    supervisor = supervised(json_config(broker.address))
    bad = [b"", b"\xff\xfe", b"{", b"[]", b"null", b"[" * 100_000, payload(1, t="yesterday"),
           payload(1, n=-1), payload(1, v={"a": 1}), payload(1, lot="")]  # fmt: skip
    (outcome,) = collected(
        supervisor, lambda: store.counts()["measurements"] == 1,
        lambda: publish(broker, *bad, payload(3)),
    )  # fmt: skip
    assert outcome.state.refused == len(bad)
    assert len(quarantined(store)) == len(bad)
