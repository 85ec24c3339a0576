"""Who changed what, when and why; and whether that record is whole."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboards import state
from dashboards.access import refusal
from dashboards.audit_table import SHOWN, entries_table, filters
from dashboards.components import answer, empty, numbers, page
from dashboards.formatting import clock, plain
from twin.monitoring.audit import AuditEntry, AuditLog


def show() -> None:
    """Filter, read, verify, take along."""
    with page("Audit", "Who did what?"):
        why_not = refusal("audit.read")
        if why_not is not None:
            st.info(why_not, icon=":material/lock:")
            return
        log = AuditLog(state.store())
        top = st.container()
        where = filters()
        entries = log.entries(where=where, last=SHOWN)
        with top:
            _answer(entries)
            _verify(log)
        if not entries:
            empty(
                "No such entry.", "Every change by a person stands here.", ("line", "To the line")
            )
            return
        table = entries_table(entries)
        st.dataframe(table.drop(columns=["Was", "Is"]), hide_index=True, height=460)
        numbers(table, "audit", label="With what was and what is, to take along")


def _answer(entries: Sequence[AuditEntry]) -> None:
    if not entries:
        return
    newest = entries[-1]
    many = f"The newest {SHOWN:,}" if len(entries) == SHOWN else f"{len(entries):,}"
    answer(
        f"**{many} entries**, the newest by {plain(newest.user)}: {plain(newest.action)}, "
        f"{clock(newest.at, state.zone())}."
    )


def _verify(log: AuditLog) -> None:
    if not st.button("Verify the trail", icon=":material/verified_user:"):
        return
    with st.spinner("Recomputing every hash"):
        found = log.verify()
    if found.intact:
        text = f"Intact: {found.entries:,} entries, heads kept outside up to {found.anchored:,}."
        st.success(text, icon=":material/verified:")
    else:
        st.error(plain(f"Not intact: {found.problem}."), icon=":material/gpp_bad:")


show()
