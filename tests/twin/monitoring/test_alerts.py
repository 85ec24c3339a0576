from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from process_models.errors import InputError
from twin.measurement import Measurement
from twin.monitoring.alerts import Alert, AlertDesk
from twin.monitoring.audit import AuditLog
from twin.monitoring.lifecycle import STATES, allowed_actions, next_state
from twin.monitoring.plan import ControlPlan
from twin.monitoring.watch import watch_once
from twin.store import Store

SOON = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture
def desk(
    store: Store, plan: ControlPlan, series: Callable[..., list[Measurement]]
) -> AlertDesk:
    """A desk with one open alert, number 1."""
    store.add_measurements(series(40, {30: 64.0}))
    assert [alert.id for alert in watch_once(store, plan)] == [1]
    return AlertDesk(store, plan)


def test_the_whole_life(desk: AlertDesk, store: Store) -> None:
    assert desk.acknowledge(1, "ana").state == "acknowledged"
    assigned = desk.assign_cause(1, "wear", "ana", "play in the bearing")
    assert (assigned.state, assigned.cause) == ("cause_assigned", "wear")
    assert desk.act(1, "bearing changed", "bo").state == "action_taken"
    assert desk.verify(1, "eva").state == "verified"
    assert desk.close(1, "eva").state == "closed"
    assert desk.reopen(1, "eva", "came back").state == "open"
    steps = [(e.user, e.action, e.old_state, e.new_state) for e in desk.history(1)]
    assert steps == [
        ("lacss", "raise", "", "open"),
        ("ana", "acknowledge", "open", "acknowledged"),
        ("ana", "assign_cause", "acknowledged", "cause_assigned"),
        ("bo", "act", "cause_assigned", "action_taken"),
        ("eva", "verify", "action_taken", "verified"),
        ("eva", "close", "verified", "closed"),
        ("eva", "reopen", "closed", "open"),
    ]
    assert desk.history(1)[3].detail == "bearing changed"
    entries = AuditLog(store).entries("alert 1")
    assert [e.user for e in entries] == ["ana", "ana", "bo", "eva", "eva", "eva"]
    assert entries[1].reason == "play in the bearing"
    assert '"cause": "wear"' in entries[1].new
    assert AuditLog(store).verify().intact


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "action", ["acknowledge", "assign_cause", "act", "verify", "close", "reopen", "shelve"]
)
def test_only_what_the_state_allows(state: str, action: str) -> None:
    if action in allowed_actions(state):
        assert next_state(7, state, action) in STATES
        return
    with pytest.raises(InputError) as refused:
        next_state(7, state, action)
    text = str(refused.value)
    assert text.startswith(f"alert 7 is {state.replace('_', ' ')}: allowed are ")
    assert all(allowed in text for allowed in allowed_actions(state))


def test_every_state_but_closed_leads_to_closed() -> None:
    reached = {"closed"}
    for _ in STATES:
        reached |= {
            state for state in STATES
            if any(next_state(1, state, action) in reached for action in allowed_actions(state))
        }  # fmt: skip
    assert reached == set(STATES)


def test_a_refused_change_leaves_everything_as_it_was(desk: AlertDesk, store: Store) -> None:
    before = (desk.get(1), desk.history(1), AuditLog(store).entries())
    with pytest.raises(InputError, match="alert 1 is open: allowed are acknowledge, shelve"):
        desk.verify(1, "ana")
    assert (desk.get(1), desk.history(1), AuditLog(store).entries()) == before


@pytest.mark.parametrize("user", ["", "  "])
def test_every_change_has_somebody_who_made_it(desk: AlertDesk, user: str) -> None:
    with pytest.raises(InputError, match="user must not be empty to acknowledge alert 1"):
        desk.acknowledge(1, user)


def test_closing_without_a_cause_needs_a_reason(desk: AlertDesk) -> None:
    desk.acknowledge(1, "ana")
    with pytest.raises(InputError, match="without an assigned cause needs a reason"):
        desk.close(1, "ana")
    assert desk.close(1, "ana", "false alarm").state == "closed"


def test_the_cause_is_one_of_the_catalogue(desk: AlertDesk) -> None:
    desk.acknowledge(1, "ana")
    with pytest.raises(InputError, match="cause must be one of wear, heat, drift, none_of_these"):
        desk.assign_cause(1, "gremlins", "ana")


def test_an_action_says_what_was_done(desk: AlertDesk) -> None:
    with pytest.raises(InputError, match="action taken on alert 1 must not be empty"):
        desk.act(1, " ", "ana")


def test_shelving(desk: AlertDesk, store: Store) -> None:
    with pytest.raises(InputError, match="needs a reason"):
        desk.shelve(1, SOON, "ana")
    with pytest.raises(InputError, match="must lie in the future"):
        desk.shelve(1, SOON - timedelta(days=1), "ana", "later")
    with pytest.raises(InputError, match="have an offset"):
        desk.shelve(1, datetime(2100, 1, 1), "ana", "later")
    shelved = desk.shelve(1, SOON, "ana", "mill stands until noon")
    assert (shelved.state, shelved.shelved_until) == ("shelved", SOON)
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE alerts SET shelved_until = 1")
    woken = desk.get(1)
    assert (woken.state, woken.shelved_until) == ("open", None)
    assert desk.history(1)[-1].reason == "shelved time is over"


def test_lists(desk: AlertDesk) -> None:
    assert [alert.id for alert in desk.list()] == [1]
    assert desk.list("closed") == []
    assert len(desk.list(("open", "closed"))) == 1
    assert len(desk.list(station="roll", characteristic="thickness_um", limit=1)) == 1
    assert desk.list(station="wind") == []
    with pytest.raises(InputError, match=r"state must be one of .*, got 'asleep'"):
        desk.list("asleep")


@pytest.mark.parametrize("call", ["get", "history"])
def test_an_alert_that_is_not_there(desk: AlertDesk, call: str) -> None:
    with pytest.raises(InputError, match="there is no alert 99"):
        getattr(desk, call)(99)
    with pytest.raises(InputError, match="there is no alert 99"):
        desk.acknowledge(99, "ana")


def test_as_json(desk: AlertDesk) -> None:
    payload = desk.get(1).to_dict()
    for key in ("id", "opened_at", "state", "severity", "station", "characteristic", "lot_id",
                "rule", "since", "diagnosis"):  # fmt: skip
        assert key in payload
    assert datetime.fromisoformat(payload["opened_at"]) == desk.get(1).opened_at
    assert set(payload["diagnosis"][0]) == {"cause", "probability"}
    assert isinstance(desk.get(1), Alert)
