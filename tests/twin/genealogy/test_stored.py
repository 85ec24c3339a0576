"""The part that is read about one thing says what the whole says; and reads only that part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from twin.genealogy import genealogy_of_events
from twin.genealogy.descent import descent
from twin.genealogy.stored import beginning_with, newest_part, tree_around
from twin.measurement import Event
from twin.settings import Settings
from twin.store import Store

SERVICES = ((0, "sublimation", "precursor refill"), (40, "sublimation", "precursor refill"),
            (70, "sublimation", "dusting"), (50, "roll", "grinding"))  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, run: Any) -> Iterator[Store]:
    """The run as stored events, with services between, kept in another order."""
    rows = run.events().to_dict("records")
    names = ("occurred_at", "station", "event", "lot_id", "parent_lot_id", "detail", "sequence",
             "source", "provenance")  # fmt: skip
    events = [Event(**{name: row[name] for name in names}) for row in rows]
    first = events[0].occurred_at
    events += [
        Event(occurred_at=first + (events[-1].occurred_at - first) * share / 100, station=station,
              event="maintenance_end", detail=name, sequence=10_000 + share, provenance="simulated")
        for share, station, name in SERVICES
    ]  # fmt: skip
    with Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")) as opened:
        opened.add_events(events[::-1])
        yield opened


def test_it_says_of_everything_what_the_whole_says(store: Store, run: Any) -> None:
    whole = genealogy_of_events(store.events(), run.line)
    kinds = {whole.kind(thing) for thing in whole.things()}
    assert kinds == {"foil_roll", "lot", "wound_roll", "sheet", "coupon", "cell"}
    for kind in sorted(kinds):
        of_kind = [one for one in whole.things() if whole.kind(one) == kind]
        for thing in {*of_kind[:2], *of_kind[-2:]}:
            part = tree_around(store, run.line, thing)
            assert descent(part, thing).to_dict() == descent(whole, thing).to_dict(), thing


def test_what_the_line_reports_itself_is_followed(tmp_path: Path, run: Any) -> None:
    """Sheets and wound rolls with ids of their own, a merge of two lots, a coupon of a sheet."""
    steps = [
        ("unwind", "split", "L1", "FR1"), ("unwind", "split", "L2", "FR2"),
        ("wind", "start", "L1", ""), ("wind", "finish", "L1", ""), ("wind", "start", "L2", ""),
        ("wind", "finish", "L2", ""), ("wind", "merge", "WR7", "L1"),
        ("wind", "merge", "WR7", "L2"),
        ("roll", "start", "L1", ""), ("roll", "finish", "L1", ""), ("roll", "split", "SH1", "WR7"),
        ("roll", "split", "SH2", "L1"), ("inspect", "split", "L1-T1", "L1"),
        ("cell_test", "start", "L1-T1", ""), ("inspect", "split", "X9", "SH1"),
        ("cell_test", "start", "X9", ""), ("roll", "start", "L2", ""), ("roll", "finish", "L2", ""),
        ("inspect", "split", "L2-T1", "L2"), ("cell_test", "start", "L2-T1", ""),
    ]  # fmt: skip
    first = run.events()["occurred_at"].iloc[0]
    with Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")) as store:
        store.add_events([
            Event(occurred_at=first.to_pydatetime(), station=station, event=event, lot_id=lot,
                  parent_lot_id=parent, sequence=number)
            for number, (station, event, lot, parent) in enumerate(steps, 1)
        ])  # fmt: skip
        whole = genealogy_of_events(store.events(), run.line)
        for thing in whole.things():
            part = tree_around(store, run.line, thing)
            assert descent(part, thing).to_dict() == descent(whole, thing).to_dict(), thing


def test_only_what_it_needs_is_read(
    store: Store, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    read = store.events

    def noted(**wanted: Any) -> Any:
        asked.append(wanted)
        return read(**wanted)

    monkeypatch.setattr(store, "events", noted)
    thing = next(one for one in run.tree.things() if run.tree.kind(one) == "cell")
    tree_around(store, run.line, thing)
    assert [list(one) for one in asked] == [["lot_ids"]]
    assert 1 < len(asked[0]["lot_ids"]) < len(set(read()["lot_id"]))


def test_where_the_archive_reaches_in_everything_is_read(
    store: Store, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = genealogy_of_events(store.events(), run.line)
    thing = next(one for one in whole.things() if whole.kind(one) == "cell")
    read = Store.events
    for moved, everything in ((2**62, True), (0, False)):
        asked: list[Any] = []

        def noted(self: Store, asked: list[Any] = asked, **wanted: Any) -> Any:
            asked.append(wanted)
            return read(self, **wanted)

        with monkeypatch.context() as patched:
            patched.setattr(Store, "events", noted)
            patched.setattr("twin.genealogy.stored.newest_archived", lambda *_, at=moved: at)
            part = tree_around(store, run.line, thing)
        assert descent(part, thing).to_dict() == descent(whole, thing).to_dict()
        assert ({} in asked) is everything


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("parent_lot_id <> '' AND event IN ('split') AND parent_lot_id IN ('L1')",
         "events_by_parent"),
        ("event IN ('start', 'maintenance_end') AND event = 'start' AND station = 'roll' "
         "AND occurred_at >= 5", "events_passed"),
        ("lot_id IN ('L1', 'L2')", "events_by_lot"),
    ],
)  # fmt: skip
def test_an_index_serves_each_question(store: Store, condition: str, index: str) -> None:
    with store.database.reading() as connection:
        plan = connection.execute(
            sa.text(f"EXPLAIN QUERY PLAN SELECT lot_id, detail FROM events WHERE {condition}")
        ).all()
    assert index in str(plan)


def test_nothing_is_known_of_another(store: Store, run: Any) -> None:
    assert "nobody" not in tree_around(store, run.line, "nobody")
    assert "" not in tree_around(store, run.line, "")


def test_an_empty_store_knows_nothing(tmp_path: Path, run: Any) -> None:
    with Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")) as store:
        assert "L1" not in tree_around(store, run.line, "L1")
        assert newest_part(store, run.line).things() == ()
        assert beginning_with(store, "L") == []


def test_ids_are_found_by_their_beginning(store: Store, run: Any) -> None:
    lots = sorted(set(store.events()["lot_id"]) - {""})
    assert beginning_with(store, "L0", 3) == [one for one in lots if one.startswith("L0")][:3]
    assert beginning_with(store, "%") == []
    assert beginning_with(store, "l0") == []
    assert set(newest_part(store, run.line).things()) <= set(run.tree.things())
