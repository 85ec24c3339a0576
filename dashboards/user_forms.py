"""Adding an account and changing one; who does it comes from the session."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dashboards.access import current_user
from dashboards.components import guarded
from process_models.errors import InputError
from twin.access import ROLES
from twin.access.accounts import Account, Accounts

__all__ = ["add_account", "change_account"]

_LOCAL = "A password here"
_PROVIDER = "The identity provider"
_CHANGES = {
    "role": "Give another role",
    "password": "Give a new password",
    "unlock": "Unlock",
    "end": "End all sessions",
    "disable": "Disable",
    "enable": "Enable",
}


def add_account(accounts: Accounts, *, first: bool) -> None:
    """A form; the first account is an administrator's."""
    with (
        st.popover("Add an account", icon=":material/person_add:", key="add-user"),
        st.form("add-user-form", border=False),
    ):
        name = st.text_input("Name, or e-mail for the identity provider", key="new-name")
        role = st.selectbox("Role", ["admin"] if first else list(ROLES), key="new-role")
        by = st.radio("Signs in by", [_LOCAL, _PROVIDER], key="new-by")
        password = st.text_input("Password", type="password", key="new-password")
        reason = st.text_input("Why", key="new-reason")
        if st.form_submit_button("Add", type="primary"):
            given = password if by == _LOCAL else None
            _run(
                lambda user: accounts.add(
                    name, str(role), password=given, user=user, reason=reason
                ),
                "Added",
            )


def change_account(accounts: Accounts, known: Sequence[Account]) -> None:
    """Choose an account and what becomes of it."""
    with (
        st.popover("Change an account", icon=":material/manage_accounts:", key="change-user"),
        st.form("change-user-form", border=False),
    ):
        name = str(st.selectbox("Account", [account.name for account in known], key="which"))
        what = st.radio("What", list(_CHANGES), format_func=_CHANGES.__getitem__, key="change")
        role = str(st.selectbox("New role", ROLES, key="changed-role", help="For another role"))
        password = st.text_input(
            "New password", type="password", key="changed-password", help="For a new password"
        )
        reason = st.text_input("Why", key="changed-reason")
        if st.form_submit_button("Change", type="primary"):
            _run(lambda user: _changed(accounts, str(what), name, role, password, user, reason),
                 "Changed")  # fmt: skip


def _changed(
    accounts: Accounts, what: str, name: str, role: str, password: str, user: str, reason: str
) -> Account:
    if what == "role":
        return accounts.set_role(name, role, user=user, reason=reason)
    if what == "password":
        return accounts.set_password(name, password, user=user, reason=reason)
    plain = {
        "unlock": accounts.unlock, "end": accounts.end_sessions, "disable": accounts.disable,
        "enable": accounts.enable,
    }  # fmt: skip
    if what not in plain:
        raise InputError(f"change must be one of {', '.join(_CHANGES)}, got {what!r}")
    return plain[what](name, user=user, reason=reason)


def _run(change: Callable[[str], object], message: str) -> None:
    with guarded():
        change(current_user().name)
        st.toast(message, icon=":material/check:")
        st.rerun()
