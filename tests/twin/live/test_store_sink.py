from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from twin.live.store_sink import StoreSink
from twin.live.wire import Batch, Record
from twin.settings import Settings
from twin.store import Store


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
