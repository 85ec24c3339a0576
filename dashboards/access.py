"""Who looks: on this machine its one local user, elsewhere whoever has logged in.

Identity comes from the session and never from a form: from the session cookie that the login page
set, from what an identity provider vouched for (`st.user`), or, on loopback without accounts, from
the account on this machine. What a person may do is checked again where it is done.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboards.opened import opened_store
from process_models.errors import AccessError, LacssError
from twin.access import Identity, loopback, may, roles_for
from twin.access.login import login_needed, provider_file
from twin.access.machine import account_here
from twin.access.sessions import end_session, identity_of
from twin.access.signing_in import sign_in_vouched

__all__ = [
    "COOKIE",
    "KNOWN_HERE",
    "NotLoggedIn",
    "User",
    "current_identity",
    "current_user",
    "drawn",
    "is_loopback",
    "refusal",
    "sign_out",
]

COOKIE = "lacss_session"
_TOKEN, _REFUSED = "lacss-session", "lacss-refused"
KNOWN_HERE = "account on this machine"
_KNOWN_BY = {
    "loopback": KNOWN_HERE,
    "local": "account here",
    "oidc": "identity provider",
}


class NotLoggedIn(LacssError):  # noqa: N818 - it is what the user reads
    """A login is needed and this session has none, or none any more."""


@dataclass(frozen=True, slots=True)
class User:
    """A person of this session: the name that is written into records, and how it is known."""

    name: str
    known_by: str
    role: str


def is_loopback(address: str | None) -> bool:
    """Whether a server on `address` can be reached from its own machine only.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback(None)
    (True, True, False, False)
    """
    if not address:
        return False
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def current_identity() -> Identity | None:
    """Who acts in this session, read from the store again each time; None for nobody.

    Raises
    ------
    AccessError
        When the identity provider vouches for somebody who may not come in.
    """
    store = opened_store()
    for token in _tokens():
        who = identity_of(store, token)
        if who is not None:
            return who
    if provider_file(store.home) is not None and st.user.to_dict().get("is_logged_in"):
        return _vouched()
    near = is_loopback(st.get_option("server.address"))
    return None if login_needed(store, near=near) else loopback(account_here())


def _tokens() -> list[str]:
    """Of the browser's cookie, and of this tab after a login at the identity provider."""
    sent, kept = st.context.cookies.get(COOKIE, ""), st.session_state.get(_TOKEN, "")
    return [token for token in (sent, kept) if isinstance(token, str) and token]


def _vouched() -> Identity | None:
    """A session for what the provider said; what was refused once is not asked again."""
    claims = st.user.to_dict()
    this = f"{claims.get('sub')} {claims.get('iat')}"
    if st.session_state.get(_REFUSED, ("", ""))[0] == this:
        raise AccessError(st.session_state[_REFUSED][1])
    try:
        token = sign_in_vouched(opened_store(), claims)
    except AccessError as error:
        st.session_state[_REFUSED] = (this, str(error))
        raise
    st.session_state[_TOKEN] = token
    return identity_of(opened_store(), token)


def current_user() -> User:
    """The user of this session; the guard that every page passes.

    Raises
    ------
    NotLoggedIn
        When nobody is logged in and a login is needed.
    """
    who = current_identity()
    if who is None:
        raise NotLoggedIn("these pages need a login, or the session has ended: sign in again")
    return User(who.name, _KNOWN_BY[who.origin], who.role)


def refusal(action: str) -> str | None:
    """Why this session may not do `action`, to stand beside a disabled button; None when it may.

    It draws the button only: the service that writes checks for itself.
    """
    role = current_user().role
    if may(role, action):
        return None
    return f"Your role is {role}; this needs {' or '.join(roles_for(action))}."


def drawn(action: str) -> dict[str, Any]:
    """How a button of `action` is drawn: disabled, with the reason, where the role may not."""
    why = refusal(action)
    return {} if why is None else {"disabled": True, "help": why}


def sign_out() -> None:
    """End this session; the cookie that is left behind opens nothing."""
    store = opened_store()
    for token in _tokens():
        end_session(store, token)
    st.session_state.pop(_TOKEN, None)
    if provider_file(store.home) is not None and st.user.to_dict().get("is_logged_in"):
        st.logout()
    st.rerun()
