"""Who looks: the local account on this machine, whoever has a session elsewhere, nobody else."""

from __future__ import annotations

import getpass
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from dashboards import access, state
from process_models.errors import AccessError
from twin.access import passwords
from twin.access.accounts import Accounts
from twin.access.sessions import end_session
from twin.access.signing_in import sign_in
from twin.monitoring.alerts import AlertDesk
from twin.monitoring.audit import AuditLog

PASSWORD = "correct horse battery"
PROVIDER = """[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "0123456789012345678901234567890123456789"
client_id = "lacss"
client_secret = "not in any log"
server_metadata_url = "http://127.0.0.1:1/.well-known/openid-configuration"
"""
ADA = {"is_logged_in": True, "iss": "https://id", "sub": "1", "email": "Ada@example.org",
       "email_verified": True}  # fmt: skip
Login = Callable[..., None]


class Session:
    """A session with or without a login at an identity provider."""

    def __init__(self, **login: Any) -> None:
        self.login = login

    def to_dict(self) -> dict[str, Any]:
        return self.login


class Context:
    """What the browser sent."""

    def __init__(self, **cookies: str) -> None:
        self.cookies = cookies


@pytest.fixture(autouse=True)
def _here(empty: Path, cheap: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "user", Session())
    monkeypatch.setattr(st, "context", Context())
    monkeypatch.setattr(st, "session_state", {})


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that cost little."""
    from argon2 import PasswordHasher

    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", lambda: hasher)


@pytest.fixture
def cookie(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda token: monkeypatch.setattr(st, "context", Context(lacss_session=token))


@pytest.fixture
def vouched(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Login:
    """The identity provider says this of the one who looks."""
    empty.mkdir(exist_ok=True)
    (empty / "secrets.toml").write_text(PROVIDER)
    (empty / "secrets.toml").chmod(0o600)

    def say(**claims: Any) -> None:
        monkeypatch.setattr(st, "user", Session(**claims))
        monkeypatch.setattr(st, "session_state", {})

    return say


def add(name: str, role: str, password: str | None = PASSWORD) -> None:
    Accounts(access.opened_store()).add(name, role, password=password, user="root")


def test_on_this_machine_it_is_the_account() -> None:
    st.config.set_option("server.address", "127.0.0.1")
    user = access.current_user()
    assert user == access.User(getpass.getuser(), "account on this machine", "admin")


@pytest.mark.parametrize("address", ["0.0.0.0", "", "192.168.1.4", "example.org"])
def test_beyond_this_machine_nobody_looks_without_login(address: str) -> None:
    st.config.set_option("server.address", address)
    with pytest.raises(access.NotLoggedIn, match="need a login"):
        access.current_user()


def test_with_accounts_nobody_looks_without_login_even_here() -> None:
    add("ana", "admin")
    with pytest.raises(access.NotLoggedIn):
        access.current_user()


def test_a_session_counts_until_it_is_ended(cookie: Callable[[str], None]) -> None:
    add("ana", "quality")
    token = sign_in(access.opened_store(), "ana", PASSWORD)
    cookie(token)
    assert access.current_user() == access.User("ana", "account here", "quality")
    assert state.store().identity.name == "ana"
    end_session(access.opened_store(), token)
    assert access.current_identity() is None
    cookie("made up")
    assert access.current_identity() is None


def test_a_store_of_nobody_writes_nothing() -> None:
    add("ana", "admin")
    with pytest.raises(AccessError, match=r"alert\.acknowledge is refused"):
        AlertDesk(state.store()).acknowledge(1, "ana")


def test_buttons_say_why_they_are_disabled(cookie: Callable[[str], None]) -> None:
    add("bo", "operator")
    cookie(sign_in(access.opened_store(), "bo", PASSWORD))
    assert access.refusal("alert.acknowledge") is None
    assert access.refusal("limits.freeze") == (
        "Your role is operator; this needs engineer or admin."
    )


def test_whom_the_provider_vouches_for_has_the_role_that_was_given(vouched: Login) -> None:
    add("ada@example.org", "engineer", None)
    vouched(**ADA, iat=time.time())
    assert access.current_user() == access.User("ada@example.org", "identity provider", "engineer")
    assert access.current_identity() == access.current_identity()
    Accounts(access.opened_store()).set_role("ada@example.org", "viewer", user="root")
    assert access.current_user().role == "viewer"


def test_strangers_of_the_provider_are_refused_once_and_not_asked_again(vouched: Login) -> None:
    vouched(**ADA, iat=time.time())
    for _ in range(3):
        with pytest.raises(AccessError, match="no administrator has given this person a role"):
            access.current_user()
    assert [e.action for e in AuditLog(access.opened_store()).entries()] == [
        "access.sign_in_failed"
    ]


def test_a_login_of_before_the_sessions_were_ended_does_not_count(vouched: Login) -> None:
    add("ada@example.org", "engineer", None)
    login = {**ADA, "iat": time.time() - 5}
    vouched(**login)
    assert access.current_user().role == "engineer"
    Accounts(access.opened_store()).end_sessions("ada@example.org", user="root")
    vouched(**login)
    with pytest.raises(AccessError, match="too old"):
        access.current_user()
    vouched(**{**login, "iat": time.time() + 1})
    assert access.current_user().role == "engineer"


def test_without_a_provider_its_word_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    add("ada@example.org", "engineer", None)
    monkeypatch.setattr(st, "user", Session(**ADA, iat=time.time()))
    assert access.current_identity() is None


def test_an_account_without_a_name_is_local(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert access.current_user().name == "local"


@pytest.mark.parametrize(
    ("address", "near"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True),
     ("10.0.0.1", False), ("::", False), ("nonsense", False), (None, False)],
)  # fmt: skip
def test_loopback_is_told_from_the_rest(address: str | None, near: bool) -> None:
    assert access.is_loopback(address) is near
