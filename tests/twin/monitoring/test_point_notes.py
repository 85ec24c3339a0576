"""Notes beside points: who and why, which points are left out, and what that does to limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from process_models.errors import InputError, StoreError
from twin.measurement import Measurement
from twin.monitoring.audit import AuditLog
from twin.monitoring.charting import StoredChart, chart_stored, freeze_limits
from twin.monitoring.limits import limits_version, limits_versions
from twin.monitoring.plan import ControlPlan
from twin.monitoring.point_notes import mark_point, point_notes
from twin.monitoring.watch import watch_once
from twin.store import Store

Series = Callable[..., list[Measurement]]
PLACE = ("thickness_um", "roll")


@pytest.fixture
def readings(series: Series) -> list[Measurement]:
    """Forty readings, the eleventh far out."""
    return series(40, {10: 63.0})


@pytest.fixture
def filled(store: Store, readings: list[Measurement]) -> Store:
    store.add_measurements(readings)
    return store


@pytest.fixture
def mark(filled: Store, readings: list[Measurement]) -> Callable[..., None]:
    """Mark the reading of an index, the eleventh unless told."""

    def marked(action: str, index: int = 10, **changed: Any) -> None:
        one = readings[index]
        given: dict[str, Any] = {
            "measured_at": one.measured_at, "lot_id": one.lot_id, "action": action,
            "reason": "gauge was dirty", "user": "ana",
        }  # fmt: skip
        mark_point(filled, *PLACE, **{**given, **changed})

    return marked


def charted(store: Store, plan: ControlPlan, **more: Any) -> StoredChart:
    return chart_stored(store, plan, *PLACE, **more)


def test_a_note_says_who_when_and_what(filled: Store, mark: Callable[..., None]) -> None:
    before = datetime.now().astimezone()
    mark("note", reason=" new foil ")
    (note,) = point_notes(filled, *PLACE)
    assert (note.action, note.reason, note.user, note.lot_id) == ("note", "new foil", "ana",
                                                                  "L0010")  # fmt: skip
    assert before - timedelta(seconds=1) <= note.at <= datetime.now().astimezone()


def test_a_note_changes_no_limits(
    filled: Store, plan: ControlPlan, mark: Callable[..., None]
) -> None:
    before = charted(filled, plan)
    mark("note")
    after = charted(filled, plan)
    assert after.result.to_dict() == before.result.to_dict()
    assert [note.reason for note in after.notes[11]] == ["gauge was dirty"]


def test_limits_of_a_first_look_leave_the_point_out(
    filled: Store, plan: ControlPlan, mark: Callable[..., None]
) -> None:
    before = charted(filled, plan).result
    mark("exclude")
    after = charted(filled, plan).result
    assert after.excluded == (11,)
    assert after.sigma is not None
    assert before.sigma is not None
    assert after.sigma < before.sigma
    assert after.panels[0].points[10] == 63.0


def test_frozen_limits_leave_it_out_from_the_next_version_on(
    filled: Store, plan: ControlPlan, mark: Callable[..., None]
) -> None:
    freeze_limits(filled, plan, *PLACE, user="ana", reason="start", exclude=())
    first = charted(filled, plan)
    mark("exclude")
    drawn = charted(filled, plan)
    assert drawn.result.excluded == (11,)
    assert drawn.result.panels[0].ucl == first.result.panels[0].ucl
    assert freeze_limits(filled, plan, *PLACE, user="bo", reason="without it") == 2
    second = charted(filled, plan)
    assert second.limits_version == 2
    assert second.result.panels[0].ucl < first.result.panels[0].ucl
    limits = limits_versions(filled, *PLACE)[1].limits
    assert 11 in limits.excluded
    assert limits.reason == "gauge was dirty"


def test_a_point_that_is_taken_in_again_counts(
    filled: Store, plan: ControlPlan, mark: Callable[..., None]
) -> None:
    before = charted(filled, plan).result
    mark("exclude")
    mark("restore", reason="it was real")
    after = charted(filled, plan)
    assert after.result.to_dict() == before.to_dict()
    assert [note.action for note in after.notes[11]] == ["exclude", "restore"]


def test_the_point_is_found_again_on_a_chart_of_another_period(
    filled: Store, plan: ControlPlan, mark: Callable[..., None], readings: list[Measurement]
) -> None:
    mark("exclude")
    later = charted(filled, plan, since=readings[5].measured_at)
    assert later.result.excluded == (6,)
    assert list(later.notes) == [6]
    none = charted(filled, plan, since=readings[20].measured_at)
    assert (none.result.excluded, dict(none.notes)) == ((), {})


def test_every_mark_is_audited(filled: Store, mark: Callable[..., None]) -> None:
    mark("exclude")
    mark("restore", reason="it was real", user="bo")
    entries = AuditLog(filled).entries("point thickness_um at roll")
    assert [(e.action, e.user, e.reason) for e in entries] == [
        ("point.exclude", "ana", "gauge was dirty"),
        ("point.restore", "bo", "it was real"),
    ]
    assert '"left_out": true' in entries[0].new
    assert '"left_out": true' in entries[1].old
    assert AuditLog(filled).verify().intact


def test_nothing_written_can_be_changed(filled: Store, mark: Callable[..., None]) -> None:
    mark("note")
    for statement in ("UPDATE point_notes SET reason = 'x'", "DELETE FROM point_notes"):
        with (
            pytest.raises(StoreError, match="append-only"),
            filled.database.writing() as connection,
        ):
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("action", "changed", "rule"),
    [
        ("erase", {}, "action must be one of note, exclude, restore, got 'erase'"),
        ("note", {"reason": "  "}, "is marked with a reason, got '  '"),
        ("exclude", {"user": ""}, "user must not be empty"),
        ("exclude", {"lot_id": "L9"}, "no reading of thickness_um at roll of lot L9"),
        ("restore", {}, "lot L0010 is not left out"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(
    filled: Store, mark: Callable[..., None], action: str, changed: dict[str, Any], rule: str
) -> None:
    with pytest.raises(InputError, match=rule):
        mark(action, **changed)
    assert point_notes(filled, *PLACE) == []
    assert AuditLog(filled).entries("point thickness_um at roll") == []


def test_a_point_is_left_out_once(filled: Store, mark: Callable[..., None]) -> None:
    mark("exclude")
    with pytest.raises(InputError, match="already left out"):
        mark("exclude")
    assert len(point_notes(filled, *PLACE)) == 1


def test_the_first_phase1_that_the_watch_freezes_leaves_it_out(
    store: Store, plan: ControlPlan, series: Series
) -> None:
    readings = series(40, {10: 61.0})
    store.add_measurements(readings[:15])
    mark_point(
        store, *PLACE, measured_at=readings[10].measured_at, lot_id=readings[10].lot_id,
        action="exclude", reason="set-up piece", user="ana",
    )  # fmt: skip
    store.add_measurements(readings[15:])
    watch_once(store, plan)
    first = limits_version(store, *PLACE, 1)
    assert first is not None
    assert 11 in first.limits.excluded
    assert first.limits.reason == "set-up piece"


def test_a_chart_can_be_held_against_an_older_version(
    filled: Store, plan: ControlPlan, readings: list[Measurement]
) -> None:
    freeze_limits(filled, plan, *PLACE, user="ana", reason="a", exclude=())
    freeze_limits(filled, plan, *PLACE, user="ana", reason="b", since=readings[20].measured_at)
    first, second = charted(filled, plan, version=1), charted(filled, plan, version=2)
    assert (first.limits_version, second.limits_version) == (1, 2)
    assert charted(filled, plan).limits_version == 2
    assert first.result.panels[0].ucl > second.result.panels[0].ucl
    with pytest.raises(InputError, match="has no limits of version 3"):
        charted(filled, plan, version=3)


def test_an_older_version_may_be_of_another_kind_of_chart(
    filled: Store, plan: ControlPlan
) -> None:
    freeze_limits(filled, plan, *PLACE, user="ana", reason="a")
    other = replace(plan.characteristics[0], chart="ewma")
    changed = replace(plan, characteristics=(other, *plan.characteristics[1:]))
    assert charted(filled, changed).limits_version is None
    assert charted(filled, changed).result.chart == "ewma"
    old = charted(filled, changed, version=1)
    assert (old.result.chart, old.limits_version) == ("i_mr", 1)
