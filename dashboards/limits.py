"""Frozen limits on the page: a new version with who and why, and the versions before it."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.access import current_user, drawn
from dashboards.components import guarded
from dashboards.formatting import clock, number, plain, words
from process_models.spc import FrozenLimits
from twin.monitoring.charting import freeze_limits
from twin.monitoring.limits import limits_versions
from twin.store.store import StoredSeries

__all__ = ["choose_version", "freeze", "limits_history", "values_of"]


def freeze(series: StoredSeries, start: datetime | None) -> None:
    """Freeze limits from the period that is shown, as a new version."""
    with (
        st.popover("Freeze limits", icon=":material/lock:", key="freeze", **drawn("limits.freeze")),
        st.form("freeze-form", border=False),
    ):
        st.markdown(
            "Phase I is the period shown; points that were left out by hand stay out, and those "
            "beyond the first limits are left out once. "
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


def choose_version(series: StoredSeries) -> int | None:
    """A version of the limits to judge against; None for the newest, also when there is one."""
    versions = limits_versions(state.store(), series.characteristic, series.station)
    if len(versions) < 2:
        return None
    numbers = [v.version for v in reversed(versions)]
    chosen = st.selectbox(
        "Limits", numbers, key="limits-version", width=190, bind="query-params",
        format_func=lambda n: f"Version {n}{', the newest' if n == numbers[0] else ''}",
    )  # fmt: skip
    return None if chosen == numbers[0] else int(chosen)


def values_of(limits: FrozenLimits) -> str:
    """What frozen limits rest on, in words."""
    known = {
        name: value
        for name, value in limits.parameters.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and name != "points"
    }
    return ", ".join(f"{words(name).lower()} {number(value, 4)}" for name, value in known.items())


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
            "Left out": [len(v.limits.excluded) for v in versions],
            "Left out because": [v.limits.reason for v in versions],
            "Values": [values_of(v.limits) for v in versions],
        }
    ).sort_values("Version", ascending=False)
    with st.expander(f"Versions of the limits ({len(table)})", icon=":material/lock:"):
        st.dataframe(table, hide_index=True)
