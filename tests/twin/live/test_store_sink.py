from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from twin.live.noted_sink import NotedSink
from twin.live.store_sink import StoreSink
from twin.live.wire import Batch, Record
from twin.settings import Settings
from twin.store import Store, schema
from twin.store.sources import heartbeats, sources


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")) as opened:
        yield opened


def batch(record: Callable[[int], Record], first: int, last: int) -> Batch:
    return Batch(first, tuple(record(number) for number in range(first, last + 1)))


def test_what_is_committed_is_found_again(store: Store, record: Callable[[int], Record]) -> None:
    sink = StoreSink(store)
    assert sink.committed("bench") == 0
    sink.commit(batch(record, 1, 10))
    assert sink.committed("bench") == 10
    assert sink.committed("another") == 0
    assert (store.counts()["measurements"], store.counts()["events"]) == (7, 3)


def test_a_batch_sent_twice_changes_nothing(
    store: Store, record: Callable[[int], Record]
) -> None:
    sink = StoreSink(store)
    sink.commit(batch(record, 1, 10))
    sink.commit(batch(record, 5, 12))
    assert (sink.measurements.accepted, sink.measurements.duplicates) == (8, 4)
    assert (sink.events.accepted, sink.events.duplicates) == (4, 2)


def test_a_batch_is_stored_whole_or_not_at_all(
    store: Store, record: Callable[[int], Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("twin.store.writing.write_events", full)
    with pytest.raises(OSError, match="disk full"):
        StoreSink(store).commit(batch(record, 1, 10))
    assert store.counts()["measurements"] == 0


def test_the_mark_is_asked_and_not_the_table(
    store: Store, record: Callable[[int], Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many records there are, and when they have moved into the archive."""
    StoreSink(store).commit(batch(record, 1, 10))
    monkeypatch.setattr("twin.live.store_sink._highest", lambda *_: pytest.fail("searched"))
    assert StoreSink(store).committed("bench") == 10
    with store.database.writing() as connection:
        connection.execute(schema.measurements.delete())
    assert StoreSink(store).committed("bench") == 10


def test_a_batch_that_comes_late_moves_no_mark_back(
    store: Store, record: Callable[[int], Record]
) -> None:
    sink = StoreSink(store)
    sink.commit(batch(record, 1, 12))
    sink.commit(batch(record, 5, 7))
    assert sink.committed("bench") == 12


def test_a_store_from_before_there_were_marks_is_searched(
    store: Store, record: Callable[[int], Record]
) -> None:
    StoreSink(store).commit(batch(record, 1, 10))
    with store.database.writing() as connection:
        connection.execute(schema.source_marks.delete())
    assert StoreSink(store).committed("bench") == 10


def test_a_noted_sink_says_how_its_source_is_doing(
    store: Store, record: Callable[[int], Record]
) -> None:
    sink = NotedSink(store, "opc.tcp://127.0.0.1:1/x")
    sink.alive()
    assert sources(store) == []
    assert [one.part for one in heartbeats(store)] == ["collector"]
    assert sink.committed("bench") == 0
    sink.commit(batch(record, 1, 10))
    sink.alive()
    [state] = sources(store)
    assert (state.source, state.state, state.records) == ("bench", "connected", 10)
    sink.lost("cable\nout")
    sink.alive()
    [state] = sources(store)
    assert (state.state, state.detail, state.reconnects) == ("disconnected", "cable out", 1)
    assert sink.committed("bench") == 10
    sink.ended()
    [state] = sources(store)
    assert (state.state, state.records, state.reconnects) == ("stopped", 10, 1)
