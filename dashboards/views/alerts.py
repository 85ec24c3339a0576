"""Alerts: what needs a person, in which order?"""

from __future__ import annotations

import streamlit as st

from dashboards import state
from dashboards.alert_data import dead_letters
from dashboards.alert_detail import show_alert
from dashboards.alert_letters import show_dead_letters
from dashboards.alert_queue import asked_alert, by_urgency, headline, show_queue
from dashboards.components import answer, empty, guarded, page
from twin.monitoring.lifecycle import ACTIVE_STATES

__all__ = ["main"]

_SHOWN = {
    "Need a person": ACTIVE_STATES,
    "Muted": ACTIVE_STATES,
    "Shelved": ("shelved",),
    "Closed": ("closed",),
}


_MOST = 500


@st.fragment(run_every=2)
def _work() -> None:
    with guarded():
        shown = st.segmented_control(
            "Show",
            list(_SHOWN),
            default="Need a person",
            key="show",
            required=True,
            bind="query-params",
            label_visibility="collapsed",
        )
        listed = state.desk().list(_SHOWN[str(shown)], limit=_MOST if shown == "Closed" else None)
        if shown in ("Need a person", "Muted"):
            listed = [alert for alert in listed if bool(alert.muted_by) == (shown == "Muted")]
        alerts = by_urgency(listed)
        answer(headline(alerts, str(shown), state.now()))
        show_dead_letters(dead_letters())
        asked = st.query_params.get("alert", "")
        chosen = asked_alert(asked, alerts, st.session_state.get("alert-shown"))
        st.session_state["alert-shown"] = chosen
        if chosen is None:
            _nothing(str(shown))
            return
        detail, queue = st.columns([5, 3], gap="medium")
        with queue:
            show_queue(alerts, chosen)
        with detail, guarded():
            show_alert(state.desk().get(chosen))


def _nothing(shown: str) -> None:
    if shown != "Need a person":
        empty(f"No alert is {shown.lower()}.", "Choose another list above.")
    elif state.store().counts()["measurements"]:
        empty(
            "Nothing needs a person now.",
            "A signal on a chart of the control plan, or silence where data should be, "
            "would appear here by itself.",
            ("control_charts", "Look at the charts"),
        )
    else:
        empty(
            "No measurement is stored, so nothing is watched.",
            "Import a file, or start the reference plant with `lacss run`.",
            ("data", "Import a file"),
        )


def main() -> None:
    """The queue by severity and age, and one alert to work on."""
    with page("Alerts", "What needs a person, in which order?"):
        _work()


if __name__ == "__main__":
    main()
