"""Who looks: on this machine its one local user, elsewhere whoever has logged in.

Identity comes from the session and never from a form. What a person may do is checked again where
it is done.
"""

from __future__ import annotations

import getpass
import ipaddress
from dataclasses import dataclass

import streamlit as st

from process_models.errors import LacssError

__all__ = ["NotLoggedIn", "User", "current_user", "is_loopback"]


class NotLoggedIn(LacssError):  # noqa: N818 - it is what the user reads
    """The server is reachable from other machines and nobody has logged in."""


@dataclass(frozen=True, slots=True)
class User:
    """A person of this session: the name that is written into records, and how it is known."""

    name: str
    known_by: str


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


def current_user() -> User:
    """The user of this session.

    Raises
    ------
    NotLoggedIn
        When the server listens beyond this machine and the session has no login.
    """
    login = st.user.to_dict()
    if login.get("is_logged_in"):
        return User(str(login.get("email") or login.get("sub")), "login")
    if is_loopback(st.get_option("server.address")):
        return User(_account(), "account on this machine")
    raise NotLoggedIn(
        "these pages are open to other machines, so they need a login: start them "
        "with `lacss serve --address 127.0.0.1`, or set up login"
    )


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return "local"
