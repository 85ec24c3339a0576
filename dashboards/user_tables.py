"""Accounts, sessions and the table of roles, as tables to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from dashboards import state
from dashboards.formatting import clock
from twin.access import ACTIONS, ROLES
from twin.access.accounts import Account
from twin.access.sessions import OpenSession

__all__ = ["accounts_table", "roles_table", "sessions_table"]

_FROM = {"local": "password", "oidc": "identity provider"}


def accounts_table(
    accounts: Sequence[Account], sessions: Sequence[OpenSession] = ()
) -> pd.DataFrame:
    """A row an account."""
    opened = Counter(session.user for session in sessions)
    return pd.DataFrame(
        {
            "Name": [a.name for a in accounts],
            "Role": [a.role for a in accounts],
            "State": [_state(a) for a in accounts],
            "Signs in by": [_FROM[a.origin] for a in accounts],
            "Sessions": [opened[a.name] for a in accounts],
            "Last here": [_when(a.last_seen_at) for a in accounts],
            "Wrong passwords": [a.failed for a in accounts],
            "Added": [_when(a.created_at) for a in accounts],
            "By": [a.created_by for a in accounts],
        }
    )


def sessions_table(sessions: Sequence[OpenSession]) -> pd.DataFrame:
    """A row a session, the newest first."""
    return pd.DataFrame(
        {
            "Session": [s.number for s in sessions],
            "Name": [s.user for s in sessions],
            "Opened": [_when(s.opened_at) for s in sessions],
            "Ends at the latest": [_when(s.expires_at) for s in sessions],
            "Ends when idle": [_when(s.idle_at) for s in sessions],
        }
    )


def roles_table() -> pd.DataFrame:
    """A row an action; a mark where the role may."""
    return pd.DataFrame(
        {
            "Action": list(ACTIONS),
            **{role: ["yes" if role in may else "" for may in ACTIONS.values()] for role in ROLES},
        }
    )


def _state(account: Account) -> str:
    if account.locked_until is not None and account.locked_until > state.now():
        return f"locked until {_when(account.locked_until)}"
    return account.state


def _when(moment: datetime | None) -> str:
    return "" if moment is None else clock(moment, state.zone())
