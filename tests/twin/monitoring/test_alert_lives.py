"""Any sequence of changes by anybody: the life of an alert, its history and the audit agree."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from process_models.errors import InputError
from twin.measurement import Measurement
from twin.monitoring.alerts import AlertDesk
from twin.monitoring.audit import AuditLog
from twin.monitoring.lifecycle import STATES, allowed_actions
from twin.monitoring.plan import Cause, ControlPlan, PlannedCharacteristic
from twin.monitoring.watch import watch_once
from twin.settings import Settings
from twin.store import Store, schema
from twin.store.times import now_us

START = datetime(2026, 1, 5, tzinfo=UTC)
SOON = datetime.now(UTC) + timedelta(hours=1)
PLAN = ControlPlan(
    name="lives",
    characteristics=(
        PlannedCharacteristic(
            name="thickness_um", station="roll", unit="um", lsl=50, usl=70, chart="i_mr",
            phase1=20, rules={"beyond_limits": "major"},
        ),
    ),
    causes=(Cause("wear"), Cause("none_of_these")),
)  # fmt: skip
USERS = st.sampled_from(["ana", "bo"])
ACTIONS = {
    "acknowledge": (), "assign_cause": ("wear",), "act": ("cleaned",), "verify": (),
    "close": (), "reopen": (), "shelve": (SOON,),
}  # fmt: skip


def outside(n: int) -> list[Measurement]:
    """Readings far outside, so that each is an alert without Phase I."""
    return [
        Measurement(
            measured_at=START + timedelta(hours=99 * i), lot_id=f"L{i}", station="roll",
            characteristic="thickness_um", value=90.0, unit="um",
        )
        for i in range(n)
    ]  # fmt: skip


class Lives(RuleBasedStateMachine):
    """A desk with one alert, and a model of what should be."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        home = Path(self.folder.name)
        self.store = Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}"))
        self.store.add_measurements(outside(1))
        watch_once(self.store, PLAN)
        self.desk = AlertDesk(self.store, PLAN)
        self.state = "open"
        self.changes: list[tuple[str, str, str]] = []
        self.cause = ""

    def tried(self, action: str, user: str, reason: str) -> Any:
        return getattr(self.desk, action)(1, *ACTIONS[action], user, reason)

    @rule(data=st.data(), user=USERS)
    def change(self, data: st.DataObject, user: str) -> None:
        possible = sorted(set(allowed_actions(self.state)) & set(ACTIONS))
        before, action = self.state, data.draw(st.sampled_from(possible))
        changed = self.tried(action, user, "why\n—")
        self.state, self.cause = changed.state, changed.cause
        self.changes.append((user, before, changed.state))

    @rule(action=st.sampled_from(sorted(ACTIONS)), user=st.sampled_from(["ana", "", "  "]))
    def refused(self, action: str, user: str) -> None:
        without_cause = action == "close" and not self.cause
        if action not in allowed_actions(self.state) or not user.strip() or without_cause:
            with pytest.raises(InputError):
                self.tried(action, user, "")

    @rule()
    def time_of_the_shelf_is_over(self) -> None:
        with self.store.database.writing() as connection:
            connection.execute(schema.alerts.update().values(shelved_until=now_us() - 1).where(
                schema.alerts.c.state == "shelved"))  # fmt: skip
        if self.state == "shelved":
            self.state = "open"
            self.changes.append(("lacss", "shelved", "open"))

    @rule()
    def another_look(self) -> None:
        assert watch_once(self.store, PLAN) == []

    @invariant()
    def state_history_and_audit_agree(self) -> None:
        alert = self.desk.get(1)
        assert (alert.state, alert.state in STATES) == (self.state, True)
        history = [(e.user, e.old_state, e.new_state) for e in self.desk.history(1)]
        assert history == [("lacss", "", "open"), *self.changes]
        log = AuditLog(self.store)
        assert log.verify().problem == ""
        users = [entry.user for entry in log.entries("alert 1")]
        assert users == [who for who, _, _ in self.changes]

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()


Lives.TestCase.settings = settings(max_examples=12, stateful_step_count=20)
TestLives = Lives.TestCase


def test_verification_while_somebody_writes_is_no_false_alarm(store: Store) -> None:
    log = AuditLog(store)

    def add() -> None:
        with log.writing() as connection:
            log.append(connection, user="ana", action="test", subject="thing")

    class Interrupted(AuditLog):
        def _anchor(self) -> Any:
            add()
            return super()._anchor()

    add()
    assert Interrupted(store).verify().problem == ""
