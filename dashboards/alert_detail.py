"""One alert: what happened, its chart, reaction plan, likely causes and history."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import alert_data, charts, state
from dashboards.alert_actions import show_actions
from dashboards.alert_queue import marks_of, title_of
from dashboards.chart_controls import series_name
from dashboards.components import draw, guarded, tag
from dashboards.diagnosis_panel import show_diagnosis
from dashboards.figures import control_chart
from dashboards.formatting import (
    clock,
    label,
    number,
    plain,
    rule_meaning,
    unit_name,
    words,
)
from twin.monitoring.alerts import Alert

__all__ = ["show_alert"]

_SHOWN = 120


def show_alert(alert: Alert) -> None:
    """Everything about one alert, in the order in which a person needs it."""
    st.subheader(f"{plain(title_of(alert))}", anchor=False)
    st.markdown(f"{marks_of(alert)} {tag(alert.provenance)} alert {alert.id}")
    st.markdown(_what_happened(alert))
    _notes(alert)
    show_actions(alert)
    _chart(alert)
    what, why = st.columns(2, gap="medium")
    with what:
        st.markdown("**Reaction plan**")
        st.markdown(plain(alert.reaction_plan or "The control plan gives none."))
        if alert.lot_id:
            _lot(alert)
    with why:
        st.markdown("**Likely causes**")
        show_diagnosis(alert)
    _history(alert)


def _what_happened(alert: Alert) -> str:
    zone = state.zone()
    text = plain(alert.message)
    if alert.value is not None:
        value = f"{number(alert.value, 4)} {unit_name(alert.unit)}".strip()
        text = f"{rule_meaning(alert.rule)}, seen at {plain(value)}"
    lot = f" in lot **{plain(alert.lot_id)}**" if alert.lot_id else ""
    points = "1 point" if alert.count == 1 else f"{alert.count} points"
    last = clock(alert.last_point_at, zone)
    return (
        f"{text[:1].upper()}{text[1:]}{lot}, since **{clock(alert.since, zone)}** "
        f"(opened {clock(alert.opened_at, zone)}, {points}, the last {last})."
    )


def _notes(alert: Alert) -> None:
    if alert.muted_by:
        st.info(f"Nobody is told: {plain(alert.muted_by)}.", icon=":material/volume_off:")
    if alert.withdrawn:
        st.info(f"Taken back: {plain(alert.withdrawn)}.", icon=":material/history:")


def _lot(alert: Alert) -> None:
    """Where the lot came from, in a line, and the way to its genealogy."""
    parents = sorted(set(alert_data.parents_of(alert.lot_id)))
    come = f", made of {', '.join(parents)}" if parents else ""
    st.markdown(f"**Lot** {plain(alert.lot_id)}{plain(come)}")
    st.page_link(
        "views/genealogy.py",
        label="Its genealogy",
        icon=":material/family_history:",
        query_params={"thing": alert.lot_id},
    )


def _chart(alert: Alert) -> None:
    with guarded():
        stored = charts.around(alert)
        if stored is None:
            st.caption("There is no chart for this alert: it is not about a reading.")
            return
        last = stored.result.n
        figure = control_chart(
            stored.result,
            stored.labels,
            state.palette(),
            change=stored.change,
            compact=True,
            window=(max(1, last - _SHOWN + 1), last),
        )
        draw(figure, f"alert-chart-{alert.id}")
        st.page_link(
            "views/control_charts.py",
            label=f"All of {label(alert.characteristic)}",
            icon=":material/show_chart:",
            query_params={"characteristic": series_name(alert.characteristic, alert.station)},
        )


def _history(alert: Alert) -> None:
    entries = state.desk().history(alert.id)
    with st.expander(f"History ({len(entries)})", icon=":material/history:"):
        st.dataframe(
            pd.DataFrame(
                {
                    "When": [clock(e.at, state.zone()) for e in entries],
                    "Who": [e.user for e in entries],
                    "What": [words(e.action) for e in entries],
                    "From": [words(e.old_state) for e in entries],
                    "To": [words(e.new_state) for e in entries],
                    "Why": [e.reason for e in entries],
                    "Detail": [e.detail for e in entries],
                }
            ),
            hide_index=True,
        )
