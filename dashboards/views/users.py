"""Who may do what: accounts, roles, sessions."""

from __future__ import annotations

import streamlit as st

from dashboards import state
from dashboards.access import current_user, refusal
from dashboards.components import answer, empty, guarded, numbers, page
from dashboards.user_forms import add_account, change_account
from dashboards.user_tables import accounts_table, roles_table, sessions_table
from twin.access.accounts import Accounts
from twin.access.sessions import open_sessions


def show() -> None:
    """The accounts, and what an administrator does with them."""
    with page("Users", "Who may do what?"):
        why_not = refusal("user.manage")
        if why_not is None:
            _accounts()
        else:
            st.info(f"You are {current_user().role}. {why_not}", icon=":material/lock:")
        with st.expander("What each role may do", icon=":material/admin_panel_settings:"):
            st.dataframe(roles_table(), hide_index=True)


def _accounts() -> None:
    accounts = Accounts(state.store())
    known, sessions = accounts.list(), open_sessions(state.store())
    if not known:
        empty(
            "There are no accounts.",
            "On this machine its one user may do all. With the first account everybody signs in, "
            "here too; the first one must be an administrator.",
        )
    else:
        active = sum(account.state == "active" for account in known)
        opened = "1 session is" if len(sessions) == 1 else f"{len(sessions)} sessions are"
        answer(f"**{active} people may sign in**, {opened} open.")
        st.dataframe(accounts_table(known, sessions), hide_index=True)
    with st.container(horizontal=True, gap="small"), guarded():
        add_account(accounts, first=not known)
        if known:
            change_account(accounts, known)
    if sessions:
        numbers(sessions_table(sessions), "sessions", label="Open sessions")


show()
