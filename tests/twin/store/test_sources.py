from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from process_models.errors import InputError
from twin.store import Store
from twin.store.sources import SourceState, beat, heartbeats, note_source, sources

AT = datetime(2026, 1, 5, 6, tzinfo=UTC)


def test_a_source_is_noted_and_read(store: Store) -> None:
    state = SourceState(
        source="line-1", kind="opcua", address="opc.tcp://127.0.0.1:4840", state="connected",
        connected_since=AT, last_record_at=AT, records=7, last_sequence=9, rate_per_s=1.5,
        clock_skew_s=-0.25, detail="fine",
    )  # fmt: skip
    note_source(store, state)
    (read,) = sources(store)
    assert read.updated_at is not None
    assert {name: getattr(read, name) for name in ("source", "records", "rate_per_s")} == {
        "source": "line-1", "records": 7, "rate_per_s": 1.5,
    }  # fmt: skip
    assert read.connected_since == AT
    assert read.last_received_at is None


def test_the_newest_state_counts(store: Store) -> None:
    for state in ("connecting", "connected", "failed"):
        note_source(store, SourceState(source="a", kind="mqtt", state=state))  # type: ignore[arg-type]
    note_source(store, SourceState(source="A", kind="files"))
    assert [(one.source, one.state) for one in sources(store)] == [
        ("A", "connecting"), ("a", "failed"),
    ]  # fmt: skip


def test_a_password_in_an_address_is_not_kept(store: Store) -> None:
    note_source(store, SourceState(source="a", kind="mqtt", address="mqtts://ana:secret@b:8883/x"))
    note_source(store, SourceState(source="b", kind="mqtt", address="mqtt://broker:1883"))
    assert [one.address for one in sources(store)] == [
        "mqtts://ana:***@b:8883/x", "mqtt://broker:1883",
    ]  # fmt: skip


def test_what_is_written_in_a_transaction_that_fails_is_not_kept(store: Store) -> None:
    def write_and_fail() -> None:
        with store.database.writing() as connection:
            note_source(connection, SourceState(source="a", kind="files"))
            beat(connection, "collect", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert sources(store) == []
    assert heartbeats(store) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": " "}, "source must not be empty, got ' '"),
        ({"kind": "fax"}, "kind of source a must be one of files, opcua, .*, got 'fax'"),
        ({"state": "tired"}, "state of source a must be one of connecting, .*, got 'tired'"),
    ],
)
def test_what_is_no_state_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        SourceState(**{"source": "a", "kind": "files", **change})


def test_a_heartbeat(store: Store) -> None:
    beat(store, "watch", 2.0)
    beat(store, "collect", 0.5, "busy", "line-1")
    beat(store, "watch", 5.0, detail="again")
    first, second = heartbeats(store)
    assert (first.part, first.state, first.detail, first.every_s) == (
        "collect", "busy", "line-1", 0.5,
    )  # fmt: skip
    assert (second.part, second.every_s, second.detail) == ("watch", 5.0, "again")
    assert first.pid == os.getpid()
    assert not first.overdue(first.at + timedelta(seconds=1.5))
    assert first.overdue(first.at + timedelta(seconds=1.51))


@pytest.mark.parametrize(("part", "every_s"), [("", 1), ("a", 0), ("a", -1), ("a", float("nan"))])
def test_a_heartbeat_needs_name_and_period(store: Store, part: str, every_s: float) -> None:
    with pytest.raises(InputError, match="a heartbeat needs a name and a period over 0 s"):
        beat(store, part, every_s)
