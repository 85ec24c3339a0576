"""Accounts, passwords, lock-out and sessions; every rule by hand."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from process_models.errors import AccessError, InputError
from twin.access import passwords, signing_in
from twin.access.accounts import Accounts, checked_name
from twin.access.login import login_needed, provider_file, require_login_set_up
from twin.access.passwords import check_password, hash_password, matches, needs_rehash
from twin.access.sessions import end_session, identity_of, open_sessions
from twin.access.settings import AccessSettings, read_access
from twin.access.signing_in import WRONG, sign_in, sign_in_vouched
from twin.monitoring.audit import AuditFilter, AuditLog
from twin.store import Store, schema
from twin.store.times import now_us

PASSWORD = "correct horse battery"
ADA = {"iss": "https://id", "sub": "1", "email": "ada@example.org", "email_verified": True}


@pytest.fixture
def accounts(store: Store) -> Accounts:
    made = Accounts(store)
    made.add("root", "admin", password=PASSWORD, user="setup")
    made.add("ana", "operator", password=PASSWORD, user="root", reason="joined")
    return made


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """The clock of signing in and sessions is this much further."""
    from twin.access import sessions

    for module in (signing_in, sessions):
        monkeypatch.setattr(module, "now_us", lambda: now_us() + int(seconds * 1e6))


def trail(store: Store, action: str) -> list[tuple[str, str]]:
    found = AuditLog(store).entries(where=AuditFilter(action=action))
    return [(entry.user, entry.subject) for entry in found]


def test_an_account_is_made_changed_and_audited(accounts: Accounts, store: Store) -> None:
    ana = accounts.get("ANA")
    assert (ana.role, ana.state, ana.origin, ana.created_by) == (
        "operator",
        "active",
        "local",
        "root",
    )
    assert (
        accounts.set_role("ana", "engineer", user="root", reason="course passed").role == "engineer"
    )
    assert accounts.disable("ana", user="root").state == "disabled"
    assert accounts.enable("ana", user="root").state == "active"
    assert [account.name for account in accounts.list()] == ["ana", "root"]
    entries = AuditLog(store).entries("user ana")
    assert [entry.action for entry in entries] == [
        "user.add", "user.role", "user.disable", "user.enable",
    ]  # fmt: skip
    assert (entries[1].old, entries[1].new) == ('{"role": "operator"}', '{"role": "engineer"}')
    assert entries[1].reason == "course passed"
    assert AuditLog(store).verify().intact


def test_no_hash_and_no_password_is_in_the_trail(accounts: Accounts, store: Store) -> None:
    accounts.set_password("ana", "another horse battery", user="root")
    text = repr(AuditLog(store).entries())
    assert "argon2" not in text
    assert "battery" not in text


@pytest.mark.parametrize(
    ("name", "role", "password", "problem"),
    [("ana", "viewer", PASSWORD, "name 'ana' is taken"), ("", "viewer", PASSWORD, "name must"),
     ("a b", "viewer", PASSWORD, "name must"), ("x" * 65, "viewer", PASSWORD, "name must"),
     ("a\nb", "viewer", PASSWORD, "name must"), ("lacss", "viewer", PASSWORD, "name must"),
     ("bo", "chief", PASSWORD, "role must be one of"), ("bo", "viewer", "short", "12 to 256"),
     ("bo", "viewer", "x" * 257, "12 to 256"), ("bobo", "viewer", "mynameisBOBOyes", "the name"),
     ("bo", "viewer", "aaaaaaaaaaaab", "different characters")],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused_in_one_line(
    accounts: Accounts, name: str, role: str, password: str, problem: str
) -> None:
    with pytest.raises(InputError, match=problem) as refusal:
        accounts.add(name, role, password=password, user="root")
    assert "\n" not in str(refusal.value)
    assert password not in str(refusal.value)
    assert len(accounts.list()) == 2


def test_the_last_administrator_stays(accounts: Accounts) -> None:
    for change in (
        lambda: accounts.disable("root", user="root"),
        lambda: accounts.set_role("root", "viewer", user="root"),
    ):
        with pytest.raises(InputError, match="one active administrator must be left"):
            change()
    accounts.add("second", "admin", password=PASSWORD, user="root")
    assert accounts.disable("root", user="second").state == "disabled"


def test_names_are_kept_alike_whatever_the_keyboard() -> None:
    assert checked_name("JÜRGEN") == checked_name("ju\u0308rgen") == "jürgen"


def test_signing_in_opens_a_session_that_says_who_it_is(accounts: Accounts, store: Store) -> None:
    token = sign_in(store, " Ana", PASSWORD)
    who = identity_of(store, token)
    assert who is not None
    assert (who.name, who.role, who.origin) == ("ana", "operator", "local")
    [shown] = open_sessions(store)
    assert shown.user == "ana"
    assert shown.number not in token
    end_session(store, token)
    end_session(store, token)
    assert identity_of(store, token) is None
    assert trail(store, "access") == [("ana", "user ana")] * 2


@pytest.mark.parametrize(
    ("name", "password"),
    [("ana", "wrong"), ("ana", ""), ("nobody", PASSWORD), ("", ""), ("ana", "x" * 10_000),
     ("ana\0", PASSWORD), ("' OR 1=1 --", PASSWORD), ("ana", PASSWORD + " ")],
)  # fmt: skip
def test_whatever_is_wrong_is_said_alike(
    accounts: Accounts, store: Store, name: str, password: str
) -> None:
    with pytest.raises(AccessError) as refusal:
        sign_in(store, name, password)
    assert str(refusal.value) == WRONG
    assert open_sessions(store) == []
    assert len(trail(store, "access.sign_in_failed")) == 1


def test_a_password_typed_as_name_is_written_nowhere(accounts: Accounts, store: Store) -> None:
    with pytest.raises(AccessError):
        sign_in(store, "hunter2-my-password", "ana")
    assert trail(store, "access.sign_in_failed") == [("unknown", "user unknown")]
    assert "hunter2" not in repr(AuditLog(store).entries())


def test_the_same_work_is_done_for_unknown_names(
    accounts: Accounts, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deterministic twin of a timed test: one comparison, whoever is asked for."""
    compared: list[str] = []
    real = passwords.hasher()

    class Counting:
        def verify(self, kept: str, password: str) -> bool:
            compared.append(kept)
            return real.verify(kept, password)

        def hash(self, password: str) -> str:
            return real.hash(password)

    monkeypatch.setattr(passwords, "hasher", Counting)
    for name in ("ana", "nobody", ""):
        with pytest.raises(AccessError):
            sign_in(store, name, "wrong password")
    assert len(compared) == 3
    assert all(kept.startswith("$argon2id$") for kept in compared)


def test_wrong_passwords_lock_for_a_time_that_grows(
    accounts: Accounts, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(n: int) -> None:
        for _ in range(n):
            with pytest.raises(AccessError, match=WRONG):
                sign_in(store, "ana", "wrong")

    fail(4)
    assert accounts.get("ana").locked_until is None
    fail(1)
    assert accounts.get("ana").locked_until is not None
    with pytest.raises(AccessError, match=WRONG):
        sign_in(store, "ana", PASSWORD)
    assert accounts.get("ana").failed == 5, "attempts while it is locked do not lengthen it"
    later(monkeypatch, 31)
    fail(1)
    later(monkeypatch, 31 + 31)
    with pytest.raises(AccessError, match=WRONG):
        sign_in(store, "ana", PASSWORD)
    later(monkeypatch, 31 + 61)
    assert sign_in(store, "ana", PASSWORD)
    assert (accounts.get("ana").failed, accounts.get("ana").locked_until) == (0, None)


def test_an_administrator_unlocks(accounts: Accounts, store: Store) -> None:
    for _ in range(5):
        with pytest.raises(AccessError):
            sign_in(store, "ana", "wrong")
    accounts.unlock("ana", user="root")
    assert sign_in(store, "ana", PASSWORD)


def test_sessions_end_by_time_by_idleness_and_with_the_account(
    accounts: Accounts, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (store.home / "access.toml").write_text("lifetime_h = 2\nidle_min = 30\n")
    token = sign_in(store, "ana", PASSWORD)
    for minutes in (29, 58, 87, 116):
        later(monkeypatch, minutes * 60)
        assert identity_of(store, token) is not None, minutes
    later(monkeypatch, 121 * 60)
    assert identity_of(store, token) is None
    later(monkeypatch, 0)
    idle = sign_in(store, "ana", PASSWORD)
    later(monkeypatch, 31 * 60)
    assert identity_of(store, idle) is None
    later(monkeypatch, 0)
    third = sign_in(store, "ana", PASSWORD)
    accounts.set_password("ana", "another horse battery", user="root")
    assert identity_of(store, third) is None
    with pytest.raises(AccessError):
        sign_in(store, "ana", PASSWORD)
    fourth = sign_in(store, "ana", "another horse battery")
    accounts.disable("ana", user="root")
    accounts.enable("ana", user="root")
    assert identity_of(store, fourth) is None


def test_a_hash_of_other_costs_is_made_anew(
    accounts: Accounts, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from argon2 import PasswordHasher

    dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", lambda: dearer)
    sign_in(store, "ana", PASSWORD)
    with store.database.reading() as connection:
        query = sa.select(schema.users.c.password_hash).where(schema.users.c.name == "ana")
        kept = connection.execute(query).scalar_one()
    assert not needs_rehash(kept)
    assert "m=16,t=2" in kept
    assert sign_in(store, "ana", PASSWORD)


def test_hashes_are_salted_and_compared() -> None:
    one, other = hash_password(PASSWORD), hash_password(PASSWORD)
    assert one != other
    assert matches(one, PASSWORD)
    assert not matches(one, PASSWORD.upper())
    assert not matches("", PASSWORD)
    assert not matches("no hash", PASSWORD)
    assert check_password(PASSWORD, "ana") == PASSWORD


# An identity provider --------------------------------------------------------------------------


def vouch(store: Store, **more: Any) -> str:
    return sign_in_vouched(store, {**ADA, "iat": time.time(), **more})


def test_the_subject_counts_once_it_is_known_and_not_the_address(
    accounts: Accounts, store: Store
) -> None:
    accounts.add("ada@example.org", "quality", password=None, user="root")
    assert identity_of(store, vouch(store)).role == "quality"  # type: ignore[union-attr]
    assert vouch(store, email="ada.new@example.org")
    with pytest.raises(AccessError, match="no administrator"):
        vouch(store, sub="2")
    with pytest.raises(AccessError, match="no administrator"):
        vouch(store, iss="https://other")


@pytest.mark.parametrize(
    "claims",
    [{"email_verified": False}, {"email_verified": "true"}, {"email": None}, {"email": ["a"]},
     {"sub": ""}, {"iss": ""}, {"iat": None}, {"iat": "now"}, {"iat": 1.0}],
)  # fmt: skip
def test_claims_that_do_not_suffice_open_nothing(
    accounts: Accounts, store: Store, claims: dict[str, Any]
) -> None:
    accounts.add("ada@example.org", "quality", password=None, user="root")
    with pytest.raises(AccessError, match="may not sign in"):
        vouch(store, **claims)
    assert open_sessions(store) == []


def test_strangers_become_viewers_only_where_that_is_set(accounts: Accounts, store: Store) -> None:
    with pytest.raises(AccessError):
        vouch(store)
    (store.home / "access.toml").write_text('unknown = "viewer"\n')
    assert identity_of(store, vouch(store)).role == "viewer"  # type: ignore[union-attr]
    with pytest.raises(AccessError):
        vouch(store, sub="2", email="ANA")


def test_a_local_account_is_not_taken_over_by_an_address(accounts: Accounts, store: Store) -> None:
    accounts.add("ada@example.org", "admin", password=PASSWORD, user="root")
    with pytest.raises(AccessError):
        vouch(store)
    accounts.add("eve@example.org", "viewer", password=None, user="root")
    with pytest.raises(InputError, match="without password"):
        accounts.set_password("eve@example.org", PASSWORD, user="root")


# Settings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [("lifetime_h = 0", "lifetime_h must be"), ("idle_min = 'x'", "idle_min must be"),
     ("unknown = 'admin'", "unknown must be one of"), ("roles = 1", "'roles' is unknown"),
     ("failures = true", "failures must be"), ("= 1", "cannot be read")],
)  # fmt: skip
def test_wrong_settings_are_refused_by_name(store: Store, text: str, problem: str) -> None:
    (store.home / "access.toml").write_text(text)
    with pytest.raises(InputError, match=problem):
        read_access(store.home)


def test_settings_have_defaults(store: Store) -> None:
    assert read_access(store.home) == AccessSettings()


PROVIDER = {
    "redirect_uri": "http://x/oauth2callback", "cookie_secret": "c" * 40, "client_id": "i",
    "client_secret": "very secret", "server_metadata_url": "http://x",
}  # fmt: skip


def write_provider(home: Path, mode: int = 0o600, **change: str) -> None:
    lines = [f'{name} = "{value}"' for name, value in {**PROVIDER, **change}.items()]
    (home / "secrets.toml").write_text("[auth]\n" + "\n".join(lines))
    (home / "secrets.toml").chmod(mode)


@pytest.mark.parametrize(
    ("mode", "change", "problem"),
    [(0o644, {}, "others may read it"), (0o600, {"client_id": ""}, "needs client_id"),
     (0o600, {"cookie_secret": "very secret"}, "cookie_secret must have 32")],
)  # fmt: skip
def test_a_provider_that_is_not_set_up_well_is_refused_without_its_secrets(
    store: Store, mode: int, change: dict[str, str], problem: str
) -> None:
    write_provider(store.home, mode, **change)
    with pytest.raises(InputError, match=problem) as refusal:
        provider_file(store.home)
    assert "very secret" not in str(refusal.value)


def test_a_login_is_needed_as_soon_as_there_is_one(store: Store) -> None:
    assert login_needed(store, near=False)
    assert not login_needed(store, near=True)
    write_provider(store.home)
    assert login_needed(store, near=True)
    (store.home / "secrets.toml").unlink()
    Accounts(store).add("ana", "viewer", password=PASSWORD, user="root")
    assert login_needed(store, near=True)
    with pytest.raises(InputError, match="add an administrator"):
        require_login_set_up(store, "0.0.0.0")
    Accounts(store).set_role("ana", "admin", user="root")
    require_login_set_up(store, "0.0.0.0")
