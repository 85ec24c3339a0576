"""Frozen limits on the page: a new version with who and why, and the versions before it."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.access import current_user
from dashboards.components import guarded
from dashboards.formatting import clock, plain
from twin.monitoring.charting import freeze_limits
from twin.monitoring.limits import limits_versions
from twin.store.store import StoredSeries

__all__ = ["freeze", "limits_history"]


def freeze(series: StoredSeries, start: datetime | None) -> None:
    """Freeze limits from the period that is shown, as a new version."""
    with (
        st.popover("Freeze limits", icon=":material/lock:", key="freeze"),
        st.form("freeze-form", border=False),
    ):
        st.markdown(
            "Phase I is the period shown; points beyond its first limits are left out once. "
            "Every later point is judged against these limits."
        )
        reason = st.text_input("Why")
        st.caption(f"Written down as approved by {plain(current_user().name)}.")
        if st.form_submit_button("Freeze as a new version", type="primary"):
            with guarded():
                version = freeze_limits(
                    state.store(), state.plan(), series.characteristic, series.station,
                    user=current_user().name, reason=reason, since=start,
                )  # fmt: skip
                st.toast(f"Limits frozen, version {version}", icon=":material/lock:")
                st.rerun()


def limits_history(series: StoredSeries) -> None:
    """Versions of the limits, the newest first."""
    versions = limits_versions(state.store(), series.characteristic, series.station)
    if not versions:
        return
    zone = state.zone()
    table = pd.DataFrame(
        {
            "Version": [v.version for v in versions],
            "Chart": [v.chart for v in versions],
            "Frozen": [clock(v.at, zone) for v in versions],
            "By": [v.user for v in versions],
            "Why": [v.reason for v in versions],
            "Phase I from": [clock(v.phase1_from, zone) for v in versions],
            "to": [clock(v.phase1_to, zone) for v in versions],
            "Points": [v.phase1_points for v in versions],
        }
    ).sort_values("Version", ascending=False)
    with st.expander(f"Versions of the limits ({len(table)})", icon=":material/lock:"):
        st.dataframe(table, hide_index=True)
