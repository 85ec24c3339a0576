"""The twin's own charts, and the calibrations that wait for an engineer."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import line_now, state
from dashboards.access import current_user, refusal
from dashboards.components import Card, answer, cards, draw, guarded, numbers
from dashboards.figures import ChartLabels, control_chart
from dashboards.formatting import clock, label, number, plain, words
from twin.calibration.proposals import Proposal, decide
from twin.in_step.checks import Check
from twin.in_step.health import Health

__all__ = ["health_sentence", "show_health", "show_proposal"]

_STATUS = ("in step", "doubtful", "not to be trusted")
_ICONS = (":material/check_circle:", ":material/help:", ":material/error:")
_CHARTS = 4


def show_health(found: Health) -> None:
    """The verdict in a sentence, the checks behind it, and the charts of the worst of them."""
    answer(health_sentence(found))
    for reason in found.reasons:
        st.warning(plain(reason), icon=":material/help:")
    kept = "approved by an engineer" if found.approved else "of a week ago, not yet approved"
    st.caption(
        f"Line as it was {clock(found.as_of, state.zone())}; judged by the calibration of "
        f"{clock(found.reference_at, state.zone())}, {kept}."
    )
    cards(
        [
            Card(f"{words(kind).capitalize()}", _worst(found, kind), note=_NOTES[kind])
            for kind in dict.fromkeys(one.kind for one in found.checks)
        ]
    )
    charted = sorted(
        (one for one in found.checks if one.chart is not None), key=lambda one: -one.severity
    )
    for number_of, one in enumerate(charted[:_CHARTS]):
        _chart(one, f"check-{number_of}")
    if len(charted) > _CHARTS:
        st.caption(f"The {_CHARTS} least in step of {len(charted)} charts; all are in the table.")
    numbers(_table(found), "checks", label="Every check")


_NOTES = {
    "data": "How old what is known of the line is",
    "departures": "Services seen against those that the calibration expects",
    "measurements": "Each day's median against the days before",
    "forecasts": "Share of what happened that the 90 % intervals held",
}


def health_sentence(found: Health) -> str:
    """May I trust the twin today?"""
    checked = len(found.checks)
    if found.status == "trusted":
        return f"**The twin may be trusted**: all {checked} checks are in step with the line."
    off = sum(one.severity > 0 for one in found.checks)
    verb = "is" if off == 1 else "are"
    return f"**The twin is {found.status}**: {off} of {checked} checks {verb} out of step."


def _worst(found: Health, kind: str) -> str:
    return _STATUS[max(one.severity for one in found.checks if one.kind == kind)]


def _chart(one: Check, key: str) -> None:
    if one.chart is None:
        return
    of = label(one.characteristic) if one.characteristic else words(one.station)
    labels = ChartLabels(
        name=f"{of}: observed against predicted", unit="", times=one.times, zone=state.zone(),
        simulated=line_now.simulated(),
    )
    st.markdown(f"{_ICONS[one.severity]} {plain(one.text[:1].upper() + one.text[1:])}")
    draw(control_chart(one.chart, labels, state.palette()), key)


def _table(found: Health) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Check": one.kind, "Station": one.station, "Of": one.characteristic,
                "Status": _STATUS[one.severity], "Says": one.text, "Points": len(one.scores),
                "Signals": 0 if one.chart is None else len(one.chart.signals),
            }
            for one in found.checks
        ]
    )  # fmt: skip


def show_proposal(one: Proposal) -> None:
    """Old and new parameters side by side, with the buttons that decide."""
    told = one.to_dict()
    with st.container(border=True):
        st.markdown(
            f"**Calibration {one.number}**, proposed {clock(one.at, state.zone())}: "
            f"{plain(one.reason)}"
        )
        changed = [
            {
                "Station": change["station"], "Parameter": words(change["parameter"]),
                "Old": number(change["old"]), "New": number(change["new"]),
            }
            for change in told["changes"]
        ]  # fmt: skip
        st.dataframe(pd.DataFrame(changed), hide_index=True)
        _decision(one)


def _decision(one: Proposal) -> None:
    why = refusal("model.change")
    with st.form(f"decide-{one.number}", border=False):
        reason = st.text_input("Why", key=f"why-{one.number}")
        with st.container(horizontal=True):
            yes = st.form_submit_button("Approve", type="primary", disabled=bool(why), help=why)
            no = st.form_submit_button("Reject", disabled=bool(why), help=why)
    if yes or no:
        with guarded():
            decide(
                state.store(), one.number, approve=yes, user=current_user().name, reason=reason
            )
            st.toast("Approved" if yes else "Rejected", icon=":material/check:")
            st.rerun()
