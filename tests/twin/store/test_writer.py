from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from process_models.errors import StoreError
from twin.store import Receipt, Store
from twin.store.sources import SourceState, note_source, sources
from twin.store.writer import Writer, WriterLimits

Made = Callable[..., Any]
AT_ONCE = WriterLimits(batch_rows=1, age_s=0.0, first_pause_s=0.01, longest_pause_s=0.05)
HELD = WriterLimits(batch_rows=10**9, age_s=3600)


@contextmanager
def broken(store: Store, monkeypatch: pytest.MonkeyPatch, times: int) -> Iterator[list[int]]:
    """The next so many transactions end as on a full disk: half of them after their work."""
    usual = store.database.ingesting
    left = [times]

    @contextmanager
    def failing() -> Iterator[sa.Connection]:
        left[0] -= 1
        if left[0] < 0:
            with usual() as connection:
                yield connection
            return
        error = OperationalError("INSERT", {}, Exception("database or disk is full"))
        if left[0] % 2:
            raise StoreError("store cannot be written: disk is full") from error
        with usual() as connection:
            yield connection
            connection.rollback()
            raise StoreError("store cannot be written: disk is full") from error

    with monkeypatch.context() as patch:
        patch.setattr(store.database, "ingesting", failing)
        yield left


def test_a_future_is_done_after_the_commit(store: Store, measured: Made) -> None:
    with Writer(store, AT_ONCE) as writer:
        assert writer.add([measured(), measured(1)]).result(30) == Receipt(accepted=2)
        assert len(store.measurements()) == 2
        assert writer.add([measured(), measured(1, value=9.0)]).result(30) == Receipt(
            duplicates=1, conflicts=1
        )
        assert writer.waiting == 0


def test_rows_wait_for_company_and_go_together(
    store: Store, measured: Made, happened: Made
) -> None:
    with Writer(store, HELD) as writer:
        first, second = writer.add([measured()]), writer.add([measured(1), happened()])
        assert (writer.waiting, first.done(), second.done()) == (3, False, False)
        assert store.counts()["measurements"] == 0
        assert writer.flush(30)
        assert (first.result(0), second.result(0)) == (Receipt(1), Receipt(2))
        assert store.counts()["events"] == 1


def test_each_is_told_of_its_own_rows(store: Store, measured: Made) -> None:
    store.add_measurements([measured()])
    with Writer(store, HELD) as writer:
        told = [writer.add([measured(m, value=v)]) for m, v in ((0, 60.0), (1, 1.0), (1, 2.0))]
        writer.flush(30)
        assert [one.result(0) for one in told] == [
            Receipt(duplicates=1), Receipt(accepted=1), Receipt(conflicts=1),
        ]  # fmt: skip


def test_more_is_written_in_the_same_transaction(store: Store, measured: Made) -> None:
    def mark(connection: sa.Connection) -> None:
        note_source(connection, SourceState(source="a", kind="files", last_sequence=7))

    with Writer(store, AT_ONCE) as writer:
        writer.add([measured()], also=mark).result(30)
        writer.add([], also=mark).result(30)
    assert [one.last_sequence for one in sources(store)] == [7]


def test_what_is_left_is_written_when_it_closes(store: Store, measured: Made) -> None:
    with Writer(store, HELD) as writer:
        done = writer.add([measured()])
    assert done.result(0) == Receipt(1)
    with pytest.raises(StoreError, match="its writer is closed"):
        writer.add([measured(1)])


def test_a_full_disk_loses_and_doubles_nothing(
    store: Store, measured: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    with broken(store, monkeypatch, times=5), Writer(store, AT_ONCE) as writer:
        told = [writer.add([measured(m)]) for m in range(4)]
        assert [one.result(30).accepted for one in told] == [1, 1, 1, 1]
    assert store.counts()["measurements"] == 4
    assert writer.last_error == ""


def test_a_full_buffer_makes_producers_wait(
    store: Store, measured: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = WriterLimits(batch_rows=1, age_s=0, buffer_rows=3, first_pause_s=0.01,
                          longest_pause_s=0.01)  # fmt: skip
    with broken(store, monkeypatch, times=10**9) as left, Writer(store, limits) as writer:
        for m in range(3):
            writer.add([measured(m)])
        with pytest.raises(StoreError, match=r"store takes no rows, 3 wait: "):
            writer.add([measured(3)], timeout_s=0.05)
        left[0] = 0
        assert writer.add([measured(3)], timeout_s=30).result(30) == Receipt(1)
    assert store.counts()["measurements"] == 4


def test_what_cannot_be_stored_at_the_end_is_said(
    store: Store, measured: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    with broken(store, monkeypatch, times=10**9):
        writer = Writer(store, AT_ONCE)
        done = writer.add([measured()])
        with pytest.raises(StoreError, match=r"1 rows could not be stored: .* disk is full"):
            writer.close(timeout_s=0.2)
    with pytest.raises(StoreError, match="disk is full"):
        done.result(0)


def test_a_row_that_no_database_takes_does_not_hold_up_others(store: Store, measured: Made) -> None:
    with Writer(store, HELD) as writer:
        good, bad = writer.add([measured()]), writer.add([measured(1, sequence=2**70)])
        after = writer.add([measured(2)])
        writer.flush(30)
        assert (good.result(0), after.result(0)) == (Receipt(1), Receipt(1))
        assert bad.exception(0) is not None


def campaign(
    store: Store, measured: Made, monkeypatch: pytest.MonkeyPatch, adds: int, *, keep: bool = True
) -> int:
    """Seed 11: four producers, failures now and then, every batch sent again once; rows stored."""
    draw = random.Random(11)
    usual = store.database.ingesting

    @contextmanager
    def unreliable() -> Iterator[sa.Connection]:
        with usual() as connection:
            yield connection
            if draw.random() < 0.3:
                connection.rollback()
                if keep:
                    raise StoreError("store cannot be written: input/output error")

    def produce(producer: int) -> None:
        for number in range(adds):
            rows = [measured(number, source=f"s{producer}", position=p) for p in range(3)]
            first, again = writer.add(rows), writer.add(rows)
            told = first.result(60) + again.result(60)
            if keep:
                assert (told.accepted, told.duplicates) == (3, 3)

    limits = WriterLimits(batch_rows=20, age_s=0.005, first_pause_s=0.001, longest_pause_s=0.002)
    with monkeypatch.context() as patch:
        patch.setattr(store.database, "ingesting", unreliable)
        with Writer(store, limits) as writer:
            threads = [threading.Thread(target=produce, args=(n,)) for n in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    return len(store.measurements())


@pytest.mark.soak
def test_many_producers_and_an_unreliable_disk(
    store: Store, measured: Made, monkeypatch: pytest.MonkeyPatch, rounds: Callable[[int, int], int]
) -> None:
    adds = rounds(10, 500)
    assert campaign(store, measured, monkeypatch, adds) == 4 * adds * 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_campaign_finds_a_writer_that_does_not_notice(
    store: Store, measured: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert campaign(store, measured, monkeypatch, 10, keep=False) < 120
