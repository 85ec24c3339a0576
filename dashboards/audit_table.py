"""The audit trail as a table, and what it can be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.formatting import clock
from twin.monitoring.audit import AuditEntry, AuditFilter

__all__ = ["SHOWN", "entries_table", "filters"]

SHOWN = 2000
_GROUPS = (
    "alert", "limits", "point", "import", "quarantine", "cell", "recipe", "plan", "user", "access",
    "archive",
)  # fmt: skip


def entries_table(entries: Sequence[AuditEntry]) -> pd.DataFrame:
    """A row an entry, the newest first."""
    zone = state.zone()
    rows = [
        (e.audit_id, clock(e.at, zone), e.user, e.action, e.subject, e.reason, e.old, e.new)
        for e in reversed(entries)
    ]
    columns = ["Number", "When", "Who", "What", "Subject", "Why", "Was", "Is"]
    return pd.DataFrame(rows, columns=columns)


def filters() -> AuditFilter:
    """Controls for who, what, when and subject; the address holds them."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        user = st.text_input("Who", key="who", bind="query-params", width=150)
        action = st.selectbox(
            "What", _GROUPS, index=None, key="what", bind="query-params", width=170,
            accept_new_options=True, placeholder="any",
        )  # fmt: skip
        subject = st.text_input(
            "Subject",
            key="subject",
            bind="query-params",
            width=200,
            placeholder="alert 12, or user*",
        )
        text = st.text_input("Contains", key="text", bind="query-params", width=170)
        first = st.date_input("From", value=None, key="from", width=130)
        last = st.date_input("To", value=None, key="to", width=130)
    zone = state.zone()
    since = datetime.combine(first, time(), zone) if first else None
    until = datetime.combine(last, time(), zone) + timedelta(days=1) if last else None
    return AuditFilter(
        user=(user or "").strip().casefold(), action=(action or "").strip(),
        subject=(subject or "").strip(), since=since, until=until, text=(text or "").strip(),
    )  # fmt: skip
