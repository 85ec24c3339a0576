"""What is older than the site keeps goes, in whole months, and the trail says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from process_models.errors import InputError
from twin.monitoring.audit import AuditLog
from twin.store import Store, schema
from twin.store.archive.checking import verify
from twin.store.archive.compacting import compact
from twin.store.retention import Expired, expired, read_retention, remove_expired

Made = Callable[..., Any]
NOW = datetime(2026, 7, 10, tzinfo=UTC)
START = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def filled(store: Store, measured: Made, happened: Made) -> Store:
    """A reading and an event a day from 5 January on, 150 days; every tenth event is a split."""
    days = [n * 24 * 60 for n in range(150)]
    store.add_measurements([measured(at, sequence=n) for n, at in enumerate(days)])
    split = {"event": "split", "parent_lot_id": "P"}
    store.add_events([happened(at, **(split if n % 10 == 0 else {})) for n, at in enumerate(days)])
    return store


def keep(store: Store, **months: object) -> None:
    lines = [f"{name} = {value}" for name, value in months.items()]
    (store.home / "retention.toml").write_text("\n".join(["[keep_months]", *lines]))


def test_without_a_word_everything_is_kept(filled: Store) -> None:
    assert expired(filled, now=NOW) == []
    assert remove_expired(filled, user="ana", now=NOW) == []
    assert filled.counts()["measurements"] == 150


def test_by_hand(filled: Store) -> None:
    """Kept since 1 March: 5 January to 28 February are 27 + 28 days."""
    keep(filled, measurements=4)
    assert expired(filled, now=NOW) == [
        Expired("measurements", "2026-01", 27), Expired("measurements", "2026-02", 28),
    ]  # fmt: skip
    assert filled.counts()["measurements"] == 150, "asking removes nothing"
    remove_expired(filled, user="ana", reason="contract ended", now=NOW)
    frame = filled.measurements()
    assert len(frame) == filled.counts()["measurements"] == 95
    assert frame["measured_at"].min() == datetime(2026, 3, 1, tzinfo=UTC)
    assert len(filled.events()) == 150
    entries = AuditLog(filled).entries()
    assert [(e.action, e.subject, e.reason) for e in entries] == [
        ("archive.retain", "measurements 2026-01", "contract ended"),
        ("archive.retain", "measurements 2026-02", "contract ended"),
    ]


def test_archived_months_go_with_their_files(filled: Store) -> None:
    compact(filled, user="ana", now=NOW)
    keep(filled, measurements=4, events=5)
    removed = remove_expired(filled, user="ana", now=NOW)
    assert [(one.kind, one.month, one.rows, bool(one.file)) for one in removed] == [
        ("measurements", "2026-01", 27, True), ("measurements", "2026-02", 28, True),
        ("events", "2026-01", 24, True),
    ]  # fmt: skip
    assert filled.counts()["measurements"] == len(filled.measurements()) == 95
    assert filled.counts()["events"] == len(filled.events()) == 126
    report = verify(filled)
    assert (report.problems, report.unknown) == ((), ())
    assert len(list((filled.home / "archive").glob("*.parquet"))) == len(report.files) == 3


def test_the_genealogy_and_the_trail_stay(filled: Store) -> None:
    keep(filled, measurements=1, events=1)
    remove_expired(filled, user="ana", now=NOW)
    assert len(filled.genealogy()) == 15
    assert AuditLog(filled).verify().intact


def test_the_newest_row_stays_so_that_its_number_is_not_used_again(filled: Store) -> None:
    keep(filled, measurements=1)
    remove_expired(filled, user="ana", now=NOW + timedelta(days=700))
    assert filled.counts()["measurements"] == len(filled.measurements()) == 1


def test_again_finds_nothing(filled: Store) -> None:
    keep(filled, measurements=2, events=2)
    assert remove_expired(filled, user="ana", now=NOW)
    assert remove_expired(filled, user="ana", now=NOW) == []


def test_what_was_kept_aside_goes_when_it_is_settled(filled: Store, measured: Made) -> None:
    filled.add_measurements([measured(0, value=1.0)])
    row = {"file": "f", "kind": "measurements", "column": "", "rule": "", "value": "",
           "record": "{}", "context": "{}", "user": "", "mended_by": "",
           "mended_at": None}  # fmt: skip
    states = ("open", "mended", "discarded")
    with filled.database.writing() as connection:
        connection.execute(schema.conflicts.update().values(at=0))
        connection.execute(
            schema.quarantine.insert(),
            [{**row, "sha256": s, "row": 1, "state": s, "at": 0} for s in states],
        )
    keep(filled, conflicts=12, quarantine=12)
    removed = remove_expired(filled, user="ana", now=NOW)
    assert [(one.kind, one.month, one.rows) for one in removed] == [
        ("conflicts", "2025-06", 1), ("quarantine", "2025-06", 2),
    ]  # fmt: skip
    with filled.database.reading() as connection:
        states = connection.execute(sa.select(schema.quarantine.c.state)).scalars().all()
    assert states == ["open"]


@pytest.mark.parametrize(
    ("months", "told"),
    [({"measurements": 0}, "whole number from 1 up, got 0"),
     ({"measurements": "true"}, "whole number from 1 up, got True"),
     ({"measurements": 1.5}, "whole number from 1 up, got 1.5"),
     ({"audit": 3}, "keep_months of measurements, events, conflicts, quarantine, got 'audit'"),
     ({"measurements": "]"}, "cannot be read")],
)  # fmt: skip
def test_a_setting_that_is_wrong_is_told(store: Store, months: dict[str, Any], told: str) -> None:
    keep(store, **months)
    with pytest.raises(InputError, match=told):
        read_retention(store.home)


def test_a_removal_has_somebody_who_did_it(filled: Store) -> None:
    keep(filled, measurements=4)
    with pytest.raises(InputError, match="user must not be empty"):
        remove_expired(filled, user="", now=NOW)
    assert filled.counts()["measurements"] == 150
