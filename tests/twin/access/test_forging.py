"""Forged acknowledgements: of seven kinds, none is accepted and every one is in the trail."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from process_models.errors import AccessError
from twin.access import ROLES, Identity, loopback, may, permit, roles_for
from twin.access.accounts import Accounts
from twin.access.permit import token_hash
from twin.access.roles import ACTIONS
from twin.access.sessions import end_session, identity_of
from twin.access.signing_in import sign_in
from twin.monitoring import alerts
from twin.monitoring.alerts import AlertDesk
from twin.monitoring.audit import AuditFilter, AuditLog
from twin.store import Store, schema
from twin.store.importing import import_file
from twin.store.schema.accessing import sessions
from twin.store.times import now_us

DATABASES = ("sqlite",)
PASSWORD = "correct horse battery"
SEED = 7070
ALERT = {
    "fingerprint": "x", "opened_at": 1, "raised_at": 1, "since": 1, "first_point_at": 1,
    "last_point_at": 1, "count": 1, "state": "open", "severity": "major", "station": "roll",
    "characteristic": "thickness_um", "lot_id": "L1", "rule": "beyond_limits", "chart": "i_mr",
    "panel": "individual", "direction": "high", "point": 1, "value": 1.0, "unit": "um",
    "limits_version": None, "message": "", "reaction_plan": "", "diagnosis": "[]", "cause": "",
    "shelved_until": None, "provenance": "measured",
}  # fmt: skip


@pytest.fixture
def plant(store: Store) -> Store:
    """An open alert, and one account of each role that is called like it."""
    with store.database.writing() as connection:
        connection.execute(schema.alerts.insert(), ALERT)
    accounts = Accounts(store)
    for role in ROLES:
        accounts.add(role, role, password=PASSWORD, user="root")
    accounts.add("gone", "operator", password=PASSWORD, user="root")
    return store


def session(store: Store, name: str) -> Identity:
    who = identity_of(store, sign_in(store, name, PASSWORD))
    assert who is not None
    return who


class Forger:
    """Identities that should not be believed, and the name given with each."""

    def __init__(self, store: Store, rng: random.Random) -> None:
        self.rng = rng
        self.viewer, self.operator = session(store, "viewer"), session(store, "operator")
        stale, out, gone = (session(store, name) for name in ("operator", "operator", "gone"))
        with store.database.writing() as connection:
            this = sessions.c.token_hash == token_hash(stale.session)
            connection.execute(sa.update(sessions).where(this).values(expires_at=now_us() - 1))
        end_session(store, out.session)
        self.stale, self.out = stale, out
        Accounts(store).disable("gone", user="root")
        self.gone = gone

    def wrong_role(self) -> tuple[Identity, str]:
        return self.viewer, "viewer"

    def altered_role(self) -> tuple[Identity, str]:
        return replace(self.viewer, role=self.rng.choice(ROLES)), "viewer"

    def stale_token(self) -> tuple[Identity, str]:
        return self.stale, "operator"

    def signed_out(self) -> tuple[Identity, str]:
        return self.out, "operator"

    def another_name(self) -> tuple[Identity, str]:
        if self.rng.random() < 0.5:
            return self.operator, self.rng.choice(["admin", "quality", "Operator", "", " operator"])
        return replace(self.operator, name="admin"), "admin"

    def unknown_token(self) -> tuple[Identity, str]:
        token = self.rng.choice(["", "x", self.operator.session[:-1], self.operator.session + " "])
        return replace(self.operator, session=token), "operator"

    def disabled(self) -> tuple[Identity, str]:
        return self.gone, "gone"


KINDS = (
    "wrong_role", "altered_role", "stale_token", "signed_out", "another_name", "unknown_token",
    "disabled",
)  # fmt: skip


def attempts(store: Store, n: int) -> tuple[int, int]:
    """How many of `n` forged acknowledgements of each kind were accepted, and how many audited."""
    forger = Forger(store, random.Random(SEED))
    accepted = 0
    before = len(AuditLog(store).entries(where=AuditFilter(action="access.refused")))
    for _ in range(n):
        for kind in KINDS:
            who, name = getattr(forger, kind)()
            try:
                AlertDesk(store.acting_as(who)).acknowledge(1, name or " x")
            except AccessError:
                continue
            accepted += 1
    entries = AuditLog(store).entries(where=AuditFilter(action="access.refused"))
    return accepted, len(entries) - before


@pytest.mark.soak
def test_no_forged_acknowledgement_is_accepted_and_all_are_audited(
    plant: Store, rounds: Callable[[int, int], int]
) -> None:
    n = rounds(10, 1429)
    assert attempts(plant, n) == (0, n * len(KINDS))
    assert AlertDesk(plant).get(1).state == "open"
    assert AlertDesk(plant).history(1) == []
    assert AuditLog(plant).verify().intact
    AlertDesk(plant.acting_as(session(plant, "operator"))).acknowledge(1, "operator")
    assert AlertDesk(plant).get(1).state == "acknowledged"
    assert AlertDesk(plant).history(1)[-1].user == "operator"


def test_control_a_desk_that_believes_the_session_is_deceived(
    plant: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def credulous(store: Store, action: str, *, user: str) -> str:
        if not may(store.identity.role, action):
            raise AccessError("refused")
        return user

    monkeypatch.setattr(alerts, "permit", credulous)
    forger = Forger(plant, random.Random(SEED))
    for kind in KINDS[2:]:
        with reopened(plant):
            who, name = getattr(forger, kind)()
            AlertDesk(plant.acting_as(who)).acknowledge(1, name or " x")


@contextmanager
def reopened(store: Store) -> Iterator[None]:
    yield
    with store.database.writing() as connection:
        connection.execute(sa.update(schema.alerts).values(state="open"))


@pytest.mark.parametrize("role", ROLES)
def test_the_table_is_what_permit_does(plant: Store, role: str) -> None:
    store = plant.acting_as(session(plant, role))
    for action in ACTIONS:
        if role in roles_for(action):
            assert permit(store, action, user=role) == role
        else:
            told = f"{action} is refused: '{role}' has the role {role}"
            with pytest.raises(AccessError, match=re.escape(told)):
                permit(store, action, user=role)


def test_engineer_and_quality_differ() -> None:
    assert may("engineer", "limits.freeze")
    assert not may("quality", "limits.freeze")
    assert may("quality", "import.evidence")
    assert not may("engineer", "import.evidence")
    assert all("admin" in roles and "viewer" not in roles for roles in ACTIONS.values())


def test_a_role_that_was_lowered_counts_at_once(plant: Store) -> None:
    who = session(plant, "engineer")
    assert permit(plant.acting_as(who), "limits.freeze", user="engineer")
    Accounts(plant).set_role("engineer", "viewer", user="root")
    with pytest.raises(AccessError, match="has the role viewer"):
        permit(plant.acting_as(who), "limits.freeze", user="engineer")


def test_the_single_user_of_this_machine_is_one_until_there_are_accounts(store: Store) -> None:
    alone = store.acting_as(loopback("ana"))
    assert permit(alone, "user.manage", user="ana") == "ana"
    with pytest.raises(AccessError, match="the name given is 'bo', the session is that of 'ana'"):
        permit(alone, "user.manage", user="bo")
    Accounts(store).add("bo", "viewer", password=PASSWORD, user="root")
    with pytest.raises(AccessError, match="there are accounts here"):
        permit(alone, "user.manage", user="ana")


def test_the_command_line_acts_under_the_name_that_it_is_given(plant: Store) -> None:
    assert permit(plant, "limits.freeze", user="shift lead") == "shift lead"


def test_tokens_stand_in_no_text(plant: Store) -> None:
    who = session(plant, "admin")
    assert who.session not in repr(who)
    with plant.database.reading() as connection:
        assert who.session not in repr(connection.execute(sa.select(sessions)).all())
    with pytest.raises(AccessError) as refusal:
        permit(plant.acting_as(who), "user.manage", user="x")
    assert who.session not in str(refusal.value)
    assert who.session not in repr(AuditLog(plant).entries())


def test_an_import_by_a_viewer_stores_nothing(plant: Store, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(
        "measured_at,lot_id,station,characteristic,value,unit\n"
        "2026-01-01T12:00:00+00:00,L1,roll,thickness_um,60.1,um\n"
    )
    with pytest.raises(AccessError, match=r"import\.measurements is refused"):
        import_file(plant.acting_as(session(plant, "viewer")), file, user="viewer")
    assert plant.counts()["measurements"] == 0
    done = import_file(plant.acting_as(session(plant, "operator")), file, user="operator")
    assert done.accepted == 1
