"""The same question has the same answer before, during and after a compaction, however it ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from process_models.errors import InputError, StoreError
from tests.twin.store.archive.conftest import NOW, START
from twin.monitoring.audit import AuditLog
from twin.store import Store, schema
from twin.store.archive import catalogue
from twin.store.archive.checking import verify
from twin.store.archive.compacting import compact, compactable
from twin.store.receipts import Receipt

Made = Callable[..., Any]
Seen = Callable[[Store], list[pd.DataFrame]]


def the_same(one: list[pd.DataFrame], other: list[pd.DataFrame]) -> None:
    for left, right in zip(one, other, strict=True):
        pd.testing.assert_frame_equal(left, right)


def in_database(store: Store, table: sa.Table) -> int:
    with store.database.reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


@pytest.fixture
def filled(store: Store, made: Made, happened: Made) -> Store:
    store.add_measurements(made())
    store.add_events(happened())
    return store


def test_every_question_has_the_same_answer_afterwards(filled: Store, seen: Seen) -> None:
    before, counts = seen(filled), filled.counts()
    moved = compact(filled, user="ana", now=NOW)
    assert [one.month for one in moved] == ["2026-01", "2026-02", "2026-03"] * 2
    assert in_database(filled, schema.measurements) == 600 - sum(m.rows for m in moved[:3])
    the_same(seen(filled), before)
    assert filled.counts() == {**counts, "audit": 6}
    assert AuditLog(filled).verify().intact


def test_by_hand(filled: Store) -> None:
    """20 to 31 January are 12 days: 24 readings each of two series; 3 of the 24 events split."""
    moved = {(one.kind, one.month): one.rows for one in compact(filled, user="ana", now=NOW)}
    assert moved["measurements", "2026-01"] == 48
    assert moved["measurements", "2026-02"] == 28 * 2 * 2
    assert moved["events", "2026-01"] == 24 - 3
    with filled.database.reading() as connection:
        files = catalogue(connection, "measurements")
    assert [(file.row_groups, file.moved_groups) for file in files] == [(2, 2), (3, 3), (4, 4)]


def test_what_is_told_is_what_is_moved(filled: Store) -> None:
    told = compactable(filled, now=NOW)
    moved = compact(filled, user="ana", now=NOW)
    assert [(one.kind, one.month, one.rows) for one in told] == [
        (one.kind, one.month, one.rows) for one in moved
    ]
    assert compactable(filled, now=NOW) == []
    assert compact(filled, user="ana", now=NOW) == []


@pytest.mark.parametrize(("keep", "months"), [(1, 5), (3, 3), (5, 1), (6, 0)])
def test_so_many_months_stay(filled: Store, keep: int, months: int) -> None:
    assert len(compact(filled, user="ana", now=NOW, keep_months=keep)) == 2 * months


def test_the_running_month_never_moves(filled: Store) -> None:
    with pytest.raises(InputError, match="keep_months must be at least 1, got 0"):
        compact(filled, user="ana", now=NOW, keep_months=0)


def test_a_replay_of_archived_rows_is_known_as_one(
    filled: Store, made: Made, happened: Made
) -> None:
    compact(filled, user="ana", now=NOW)
    receipt = filled.add_measurements(made())
    assert (receipt.accepted, receipt.duplicates, receipt.conflicts) == (0, 600, 0)
    again = filled.add_events(happened())
    assert (again.accepted, again.duplicates, again.conflicts) == (0, 300, 0)


def test_another_value_of_an_archived_row_is_a_conflict(filled: Store, made: Made) -> None:
    compact(filled, user="ana", now=NOW)
    other = made(3, value=1.0)
    receipt = filled.add_measurements(other)
    assert (receipt.accepted, receipt.duplicates, receipt.conflicts) == (0, 0, 6)
    assert filled.counts()["conflicts"] == 6


def test_a_late_row_of_an_archived_month_is_stored_and_read(
    filled: Store, made: Made, seen: Seen
) -> None:
    compact(filled, user="ana", now=NOW)
    late = made(3, source="forgotten")
    receipt = filled.add_measurements(late)
    assert (receipt.accepted, receipt.late) == (6, 6)
    frame = filled.measurements("thickness_um")
    assert len(frame) == 303
    assert frame["measured_at"].is_monotonic_increasing
    assert frame["source"].iloc[:6].tolist() == ["s", "forgotten"] * 3
    assert compactable(filled, now=NOW) == [], "a few late rows are not worth a file"


def test_many_late_rows_get_a_file_of_their_own(
    filled: Store, made: Made, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    compact(filled, user="ana", now=NOW)
    filled.add_measurements([*made(10, source="forgotten"), *made(1, first=300)])
    before = seen(filled)
    monkeypatch.setattr("twin.store.archive.compacting.LATE_ROWS_WORTH_A_FILE", 20)
    (moved,) = compact(filled, user="ana", now=NOW)
    assert (moved.month, moved.rows) == ("2026-01", 20)
    the_same(seen(filled), before)
    assert filled.add_measurements(made(10, source="forgotten")).duplicates == 20


def test_splits_stay_where_the_genealogy_reads_them(filled: Store) -> None:
    compact(filled, user="ana", now=NOW, keep_months=1)
    assert len(filled.genealogy()) == 30


def test_no_number_is_given_out_twice(store: Store, made: Made) -> None:
    """Charts go by the number of arrival: were it used again, they would miss what came."""
    store.add_measurements(made(20))
    compact(store, user="ana", now=NOW)
    assert in_database(store, schema.measurements) == 1
    store.add_measurements(made(1, first=300))
    with store.database.reading() as connection:
        numbers = connection.execute(sa.select(schema.measurements.c.measurement_id)).scalars()
        assert sorted(numbers) == [40, 41, 42]


def test_what_the_watch_has_not_seen_stays(filled: Store, seen: Seen) -> None:
    row = {"characteristic": "*", "station": "*", "watermark": 30, "evaluated_at": 0, "error": ""}
    with filled.database.writing() as connection:
        connection.execute(schema.chart_state.insert(), row)
    before = seen(filled)
    moved = compact(filled, user="ana", now=NOW)
    assert sum(one.rows for one in moved if one.kind == "measurements") == 30
    the_same(seen(filled), before)


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def killed_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Have the k-th step of any of these end the process: statements, syncs, renames."""
    left = [10**9]

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return original(*arguments, **named)

        return step

    monkeypatch.setattr(sa.Connection, "execute", counted(sa.Connection.execute))
    monkeypatch.setattr(os, "fsync", counted(os.fsync))
    monkeypatch.setattr(Path, "replace", counted(Path.replace))

    def arm(steps: int) -> None:
        left[0] = steps

    yield arm
    arm(10**9)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_ended_at_any_step_nothing_is_lost_or_doubled(
    filled: Store, made: Made, seen: Seen, killed_at: Callable[[int], None]
) -> None:
    before, steps, ended = seen(filled), 0, True
    while ended:
        killed_at(steps)
        try:
            compact(filled, user="ana", now=NOW)
            ended = False
        except Killed:
            ended = True
        killed_at(10**9)
        the_same(seen(filled)[::5], before[::5])
        assert filled.add_measurements(made(30)[::7]).accepted == 0
        steps += 1
    the_same(seen(filled), before)
    assert steps > 30
    assert filled.counts()["measurements"] == 600
    assert not verify(filled).problems


def test_a_move_that_was_interrupted_is_finished(
    filled: Store, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = seen(filled)
    done = [0]

    def stop_after_one(*arguments: Any) -> None:
        done[0] += 1
        if done[0] > 1:
            raise Killed
        original(*arguments)

    from twin.store.archive import compacting

    original = compacting._count_as_moved
    with monkeypatch.context() as patch:
        patch.setattr(compacting, "_count_as_moved", stop_after_one)
        with pytest.raises(Killed):
            compact(filled, user="ana", now=NOW)
    the_same(seen(filled), before)
    with filled.database.reading() as connection:
        assert any(0 < f.moved_groups < f.row_groups for f in catalogue(connection))
    compact(filled, user="ana", now=NOW)
    the_same(seen(filled), before)
    with filled.database.reading() as connection:
        assert all(file.whole for file in catalogue(connection))


def test_a_compaction_that_deletes_before_it_counts_would_be_caught(
    filled: Store, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the order of the two is what the comparison above rests on."""
    before = seen(filled)
    monkeypatch.setattr("twin.store.archive.compacting._count_as_moved", lambda *_: None)
    compact(filled, user="ana", now=NOW)
    with pytest.raises(AssertionError):
        the_same(seen(filled), before)


def test_a_file_that_does_not_read_back_moves_nothing(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.store.archive.compacting.same_rows", lambda *_: False)
    with pytest.raises(StoreError, match="what was read back is not what was written"):
        compact(filled, user="ana", now=NOW)
    assert in_database(filled, schema.measurements) == 600
    assert list((filled.home / "archive").glob("*.parquet")) == []
    assert list((filled.home / "archive").glob(".*.part")) == []


def test_two_compactions_do_not_meet(filled: Store) -> None:
    import fcntl

    (filled.home / "archive").mkdir()
    with (filled.home / "archive" / "compaction.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="another compaction is at work"):
            compact(filled, user="ana", now=NOW)


def test_a_month_may_have_its_last_microsecond(store: Store, made: Made) -> None:
    edge = START.replace(month=2, day=1) - timedelta(microseconds=1)
    first = START.replace(month=2, day=1)
    rows = [*made(1, measured_at=edge), *made(1, measured_at=first), *made(1, first=300)]
    assert store.add_measurements(rows) == Receipt(accepted=6)
    moved = compact(store, user="ana", now=NOW)
    assert [(one.month, one.rows) for one in moved] == [("2026-01", 2), ("2026-02", 2)]
