"""What may be done with an alert in its state; who does it comes from the session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import streamlit as st

from dashboards import state
from dashboards.access import current_user, refusal
from dashboards.components import guarded
from dashboards.formatting import plain, words
from twin.monitoring.alerts import Alert
from twin.monitoring.lifecycle import allowed_actions

__all__ = ["show_actions"]

_HOURS = {"1 hour": 1, "4 hours": 4, "12 hours": 12, "1 day": 24, "1 week": 168}


def show_actions(alert: Alert) -> None:
    """A row of the buttons that the alert's state allows; disabled where the role does not."""
    allowed = allowed_actions(alert.state)
    with st.container(horizontal=True, gap="small"):
        for action, show in _BUTTONS.items():
            if action in allowed:
                show(alert)
    if any(refusal(f"alert.{action}") is None for action in _BUTTONS if action in allowed):
        st.caption(f"Written down as done by {plain(current_user().name)}.")


def _refused(action: str) -> dict[str, Any]:
    """How a button of an action is drawn that this role may not take: disabled, with the reason."""
    why = refusal(f"alert.{action}")
    return {"disabled": why is not None, "help": why}


def _run(change: Callable[[str], object], message: str) -> None:
    with guarded():
        change(current_user().name)
        st.toast(message, icon=":material/check:")
        st.rerun()


def _acknowledge(alert: Alert) -> None:
    if st.button(
        "Acknowledge", type="primary", icon=":material/done:", key=f"ack-{alert.id}",
        **_refused("acknowledge"),
    ):  # fmt: skip
        _run(lambda user: state.desk().acknowledge(alert.id, user), "Acknowledged")


def _assign(alert: Alert) -> None:
    probable = [entry.cause for entry in alert.diagnosis]
    others = [cause for cause in state.plan().cause_names() if cause not in probable]
    with (
        st.popover(
            "Assign cause", icon=":material/help_center:", key=f"cause-{alert.id}",
            **_refused("assign_cause"),
        ),
        st.form(f"cause-form-{alert.id}", border=False),
    ):
        cause = st.selectbox("Cause", [*probable, *others], format_func=words)
        reason = st.text_input("Why", placeholder="may be left empty")
        if st.form_submit_button("Assign", type="primary"):
            _run(
                lambda user: state.desk().assign_cause(alert.id, str(cause), user, reason),
                "Cause assigned",
            )


def _act(alert: Alert) -> None:
    with (
        st.popover(
            "Action taken", icon=":material/build:", key=f"act-{alert.id}", **_refused("act")
        ),
        st.form(f"act-form-{alert.id}", border=False),
    ):
        text = st.text_area("What was done")
        if st.form_submit_button("Save", type="primary"):
            _run(lambda user: state.desk().act(alert.id, text, user), "Action written down")


def _with_reason(action: str, label: str, icon: str, done: str) -> Callable[[Alert], None]:
    def show(alert: Alert) -> None:
        change = getattr(state.desk(), action)
        with (
            st.popover(label, icon=icon, key=f"{action}-{alert.id}", **_refused(action)),
            st.form(f"{action}-form-{alert.id}", border=False),
        ):
            reason = st.text_input("Why")
            if st.form_submit_button(label, type="primary"):
                _run(lambda user: change(alert.id, user, reason), done)

    return show


def _shelve(alert: Alert) -> None:
    with (
        st.popover(
            "Shelve", icon=":material/snooze:", key=f"shelve-{alert.id}", **_refused("shelve")
        ),
        st.form(f"shelve-form-{alert.id}", border=False),
    ):
        hours = _HOURS[st.selectbox("For", list(_HOURS))]
        reason = st.text_input("Why")
        if st.form_submit_button("Shelve", type="primary"):
            until = state.now() + timedelta(hours=hours)
            _run(lambda user: state.desk().shelve(alert.id, until, user, reason), "Shelved")


_BUTTONS: Mapping[str, Callable[[Alert], None]] = MappingProxyType(
    {
        "acknowledge": _acknowledge,
        "assign_cause": _assign,
        "act": _act,
        "verify": _with_reason("verify", "Verify", ":material/fact_check:", "Verified"),
        "close": _with_reason("close", "Close", ":material/task_alt:", "Closed"),
        "reopen": _with_reason("reopen", "Open again", ":material/undo:", "Open again"),
        "shelve": _shelve,
        "unshelve": _with_reason("unshelve", "Take back", ":material/undo:", "Open again"),
    }
)
