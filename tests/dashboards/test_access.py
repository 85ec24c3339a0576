"""Who looks: the local account on this machine, a login elsewhere, nobody else."""

from __future__ import annotations

import getpass
from typing import Any

import pytest
import streamlit as st

from dashboards import access


class Session:
    """A session with or without a login."""

    def __init__(self, **login: Any) -> None:
        self.login = login

    def to_dict(self) -> dict[str, Any]:
        return self.login


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Any:
    def set_login(**login: Any) -> None:
        monkeypatch.setattr(st, "user", Session(**login))

    set_login()
    return set_login


def test_on_this_machine_it_is_the_account(session: Any) -> None:
    st.config.set_option("server.address", "127.0.0.1")
    user = access.current_user()
    assert user.name == getpass.getuser()
    assert user.known_by == "account on this machine"


@pytest.mark.parametrize("address", ["0.0.0.0", "", "192.168.1.4", "example.org"])
def test_beyond_this_machine_nobody_looks_without_login(session: Any, address: str) -> None:
    st.config.set_option("server.address", address)
    with pytest.raises(access.NotLoggedIn, match="need a login"):
        access.current_user()


def test_a_login_counts_wherever_the_server_listens(session: Any) -> None:
    session(is_logged_in=True, email="ada@example.org", sub="1")
    st.config.set_option("server.address", "0.0.0.0")
    assert access.current_user() == access.User("ada@example.org", "login")


def test_an_account_without_a_name_is_local(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
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
