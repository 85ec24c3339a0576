"""Whom an alert reaches and when: letters, floods, escalation, shelves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from process_models.errors import InputError
from twin.measurement import Measurement
from twin.monitoring.alerting_plan import EscalationLevel
from twin.monitoring.alerts import AlertDesk
from twin.monitoring.audit import AuditLog
from twin.monitoring.escalating import level_at
from twin.monitoring.letters import post
from twin.monitoring.outbox import due, letters, mark_failed, release, requeue
from twin.monitoring.plan import ControlPlan
from twin.monitoring.watch import watch_once
from twin.store import Store, schema
from twin.store.times import now_us

Series = Callable[..., list[Measurement]]
HOOK = '[[endpoint]]\nname = "{}"\nkind = "webhook"\nurl = "http://127.0.0.1:9/"\n{}\n'


@pytest.fixture
def told(store: Store) -> Store:
    text = HOOK.format("shift", "") + HOOK.format("lead", 'severity = "critical"')
    (store.home / "notify.toml").write_text(text)
    return store


def with_levels(plan: ControlPlan, *names: str) -> ControlPlan:
    levels = (EscalationLevel({"major": 600.0}, names), EscalationLevel({"major": 3600.0}, names))
    return replace(plan, alerting=replace(plan.alerting, escalation=levels))


def grow_older(store: Store, seconds: float) -> None:
    table = schema.alerts
    older = table.c.raised_at - int(seconds * 1e6)
    with store.database.writing() as connection:
        connection.execute(table.update().values(raised_at=older))


def kinds(store: Store) -> list[tuple[str, str]]:
    return sorted((letter.endpoint, letter.kind) for letter in letters(store))


def test_who_does_not_acknowledge_in_time_is_not_the_last_to_know(
    told: Store, plan: ControlPlan, series: Series
) -> None:
    strict = with_levels(plan, "lead", "nobody")
    told.add_measurements(series(40, {30: 64.0}))
    (alert,) = watch_once(told, strict)
    assert kinds(told) == [("shift", "raised")]
    grow_older(told, 599)
    watch_once(told, strict)
    assert kinds(told) == [("shift", "raised")]
    grow_older(told, 2)
    watch_once(told, strict)
    watch_once(told, strict)
    assert kinds(told) == [("lead", "escalated-1"), ("shift", "raised")]
    desk = AlertDesk(told, strict)
    assert desk.get(alert.id).escalation == 1
    assert desk.history(alert.id)[-1].detail == "told to lead; notify.toml does not know nobody"
    grow_older(told, 3600)
    watch_once(told, strict)
    assert kinds(told)[1] == ("lead", "escalated-2")


def test_both_levels_at_once_after_a_long_stop_of_the_watch(
    told: Store, plan: ControlPlan, series: Series
) -> None:
    strict = with_levels(plan, "lead")
    told.add_measurements(series(40, {30: 64.0}))
    watch_once(told, strict)
    grow_older(told, 9999)
    watch_once(told, strict)
    assert [kind for _, kind in kinds(told)] == ["escalated-1", "escalated-2", "raised"]


def test_who_acknowledges_ends_it_and_who_reopens_begins_anew(
    told: Store, plan: ControlPlan, series: Series
) -> None:
    strict = with_levels(plan, "lead")
    told.add_measurements(series(40, {30: 64.0}))
    (alert,) = watch_once(told, strict)
    desk = AlertDesk(told, strict)
    desk.acknowledge(alert.id, "ana")
    grow_older(told, 9999)
    watch_once(told, strict)
    assert kinds(told) == [("shift", "raised")]
    desk.close(alert.id, "ana", "gauge cleaned")
    desk.reopen(alert.id, "ana")
    watch_once(told, strict)
    assert desk.get(alert.id).escalation == 0, "the clock starts when it is opened again"
    table = schema.alert_history
    with told.database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 4


def test_a_muted_alert_waits(told: Store, plan: ControlPlan, series: Series) -> None:
    strict = with_levels(plan, "lead")
    told.add_measurements(series(40, {30: 64.0}))
    (alert,) = watch_once(told, strict)
    with told.database.writing() as connection:
        connection.execute(schema.alerts.update().values(muted_by="roll is down"))
    grow_older(told, 9999)
    watch_once(told, strict)
    assert AlertDesk(told, strict).get(alert.id).escalation == 0


def test_levels_by_severity() -> None:
    rules = with_levels(ControlPlan("x", ()), "lead").alerting
    assert [level_at(rules, "minor", 1e9), level_at(rules, "major", 3600)] == [0, 2]


@pytest.mark.parametrize(
    ("after", "names"), [({"huge": 1}, ("a",)), ({"major": 0}, ("a",)), ({}, ())]
)
def test_levels_that_break_a_rule(after: dict[str, float], names: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="control plan, escalation"):
        EscalationLevel(after, names)


def test_the_shelf_is_over_without_anybody_looking(
    told: Store, plan: ControlPlan, series: Series
) -> None:
    told.add_measurements(series(40, {30: 64.0}))
    (alert,) = watch_once(told, plan)
    desk = AlertDesk(told, plan)
    desk.shelve(alert.id, datetime.now(UTC) + timedelta(hours=1), "ana", "new gauge comes")
    with told.database.writing() as connection:
        connection.execute(schema.alerts.update().values(shelved_until=now_us() - 1))
    watch_once(told, plan)
    with told.database.reading() as connection:
        states = connection.execute(sa.select(schema.alerts.c.state)).scalars().all()
    assert states == ["open"]
    assert AuditLog(told).verify().problem == ""
    assert AuditLog(told).entries()[-1].action == "alert.unshelve"


def test_taken_from_the_shelf_by_hand(told: Store, plan: ControlPlan, series: Series) -> None:
    told.add_measurements(series(40, {30: 64.0}))
    (alert,) = watch_once(told, plan)
    desk = AlertDesk(told, plan)
    desk.shelve(alert.id, datetime.now(UTC) + timedelta(hours=1), "ana", "new gauge comes")
    assert desk.unshelve(alert.id, "ana", "it has come").state == "open"


def flood(store: Store, plan: ControlPlan, series: Series, runs: int) -> list[int]:
    """So many alerts of one kind, six quiet points between two."""
    special = {30 + 7 * i: 64.0 for i in range(runs)}
    store.add_measurements(series(30 + 7 * runs, special))
    return [alert.id for alert in watch_once(store, plan)]


def test_a_flood_travels_together_and_nothing_is_dropped(
    told: Store, plan: ControlPlan, series: Series
) -> None:
    few = replace(plan, alerting=replace(plan.alerting, flood_letters=3, flood_minutes=10.0))
    raised = flood(told, few, series, 8)
    assert len(raised) == 8
    alone = [letter for letter in letters(told) if letter.kind == "raised"]
    (digest,) = [letter for letter in letters(told) if letter.kind == "digest"]
    assert len(alone) == 3
    assert len(digest.payload["alerts"]) == 5
    numbers = [x.alert_id for x in alone] + [a["id"] for a in digest.payload["alerts"]]
    assert sorted(numbers) == raised
    wait_s = (digest.next_attempt_at - datetime.now(UTC)).total_seconds()
    assert 540 < wait_s <= 600


def test_the_first_of_its_kind_has_a_letter_of_its_own(
    told: Store, plan: ControlPlan, series: Series
) -> None:
    few = replace(plan, alerting=replace(plan.alerting, flood_letters=3))
    flood(told, few, series, 8)
    told.add_measurements(series(12, {91: 30.0}, first=86))
    (other, _) = watch_once(told, few)
    assert {x.kind for x in letters(told) if x.alert_id == other.id} == {"raised"}


def test_a_letter_is_written_once(told: Store, plan: ControlPlan, series: Series) -> None:
    told.add_measurements(series(40, {30: 64.0}))
    (alert,) = watch_once(told, plan)
    from twin.monitoring.endpoints import read_endpoints

    with told.database.writing() as connection:
        post(connection, plan.alerting, alert, read_endpoints(told.home))
    assert kinds(told) == [("shift", "raised")]


def test_a_dead_letter_is_tried_again_by_a_person(
    told: Store, plan: ControlPlan, series: Series
) -> None:
    told.add_measurements(series(40, {30: 64.0}))
    watch_once(told, plan)
    (letter,) = letters(told)
    with pytest.raises(InputError, match=f"there is no dead letter {letter.id}"):
        requeue(told, letter.id, user="ana")
    mark_failed(told, letter, "no answer", max_attempts=1)
    requeue(told, letter.id, user="ana", reason="the server is back")
    assert [(x.state, x.attempts) for x in letters(told)] == [("pending", 0)]
    assert AuditLog(told).entries()[-1].action == "notification.retry"


def test_an_endpoint_that_is_back_gets_what_waited(
    told: Store, plan: ControlPlan, series: Series
) -> None:
    told.add_measurements(series(40, {30: 64.0}))
    watch_once(told, plan)
    mark_failed(told, letters(told)[0], "no answer")
    assert due(told, "shift") == []
    release(told, "shift")
    assert len(due(told, "shift")) == 1
