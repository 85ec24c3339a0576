"""Which cause lies behind an alert: ranking, evidence, onset and lots to hold, inside the alert."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.components import guarded, numbers
from dashboards.formatting import clock, label, number, percent, plain, words
from dashboards.jobs import Job, jobs
from twin.diagnosis.diagnosing import Diagnostician
from twin.diagnosis.keeping import diagnose_and_keep, kept
from twin.diagnosis.result import Diagnosis, Evidence, Onset
from twin.monitoring.alerts import Alert, CauseProbability
from twin.settings import Settings
from twin.site import site_line, site_recipe

__all__ = ["diagnosis_sentence", "show_diagnosis"]

_SHOWN = 4
_LEAST = 0.005


def show_diagnosis(alert: Alert) -> None:
    """Likely causes of an alert; worked out from the readings once, and again when asked."""
    if alert.cause:
        st.markdown(f"Assigned: **{plain(words(alert.cause))}**")
    if alert.category != "process":
        return
    with guarded():
        _result(alert)


@st.fragment(run_every=2)
def _result(alert: Alert) -> None:
    job = cast("Job[Diagnosis] | None", jobs().get(_name(alert)))
    if job is not None and job.running:
        st.progress(0.5, "Playing every cause through the twin")
        return
    found = kept(state.store(), alert.id)
    if found is None:
        _bars(alert.diagnosis)
        st.caption("Ranked by the control plan alone; the readings have not been compared yet.")
    else:
        _bars([CauseProbability(one.cause, one.probability) for one in found.ranking])
        _told(found)
    if job is not None and job.error is not None:
        st.caption(f"Not worked out: {plain(str(job.error))}")
    again = "Compare the readings" if found is None else "Compare again"
    if st.button(again, icon=":material/troubleshoot:", key=f"diagnose-{alert.id}"):
        _start(alert)
        st.rerun(scope="fragment")


def diagnosis_sentence(found: Diagnosis, began: str) -> str:
    """What it probably is, since when, and what to do with which lots.

    Parameters
    ----------
    began : str
        When, for people; empty where nothing has changed.
    """
    first = found.ranking[0]
    since = f", since **{began}**" if began else ""
    held = len(found.lots)
    what = {"hold": "to hold", "measure again": "to measure again"}.get(found.action, "")
    lots = f"; **{held}** lot{'s' if held != 1 else ''} {what}" if held and what else ""
    return f"**{plain(words(first.cause))}** with {percent(first.probability)}{since}{lots}."


def _told(found: Diagnosis) -> None:
    zone = state.zone()
    began = _began(found.onset, lambda moment: clock(moment, zone))
    st.markdown(diagnosis_sentence(found, began))
    st.caption(
        f"From {found.lots_judged} lots, read up to {clock(found.known_to, zone)}. Every cause was "
        "played through the physics with sizes and onsets that nobody knows."
    )
    for one in found.evidence[:_SHOWN]:
        st.markdown(f"- {_spoken(one)}")
    if found.lots:
        numbers(_lots(found), f"lots-of-alert-{found.alert_id}", label=f"Lots to {found.action}")


def _began(onset: Onset | None, told: Callable[[Any], str]) -> str:
    return "" if onset is None else f"{told(onset.at)} ({told(onset.low)} to {told(onset.high)})"


def _spoken(one: Evidence) -> str:
    away = f"{number(abs(one.shift_sd), 2)} sd {'above' if one.shift_sd > 0 else 'below'}"
    moved = f", {away} Phase I" if abs(one.shift_sd) >= 1 else ", as in Phase I"
    said = "says little of it" if one.words == "says little" else f"speaks {one.words} it"
    return f"{plain(label(one.characteristic))} at {one.station} {said}{moved}"


def _bars(ranking: Sequence[CauseProbability]) -> None:
    for entry in [one for one in ranking if one.probability >= _LEAST][:_SHOWN]:
        text = f"{plain(words(entry.cause))}, {percent(entry.probability)}"
        st.progress(min(1.0, entry.probability), text=text)


def _lots(found: Diagnosis) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Lot": [one.lot_id for one in found.lots],
            "Touched with probability": [one.probability for one in found.lots],
            "Foil roll": [one.foil_roll for one in found.lots],
            "Coupons": [", ".join(one.coupons) for one in found.lots],
        }
    )


def _name(alert: Alert) -> str:
    return f"diagnosis {Settings.from_environment().database_url} {alert.id}"


def _start(alert: Alert) -> None:
    store, plan, settings = state.store(), state.plan(), Settings.from_environment()

    def work(_: Callable[[float], None]) -> Diagnosis:
        path = [station.name for station in site_line(settings).path]
        expert = Diagnostician(store, plan, site_recipe(settings).settings, path=path)
        return diagnose_and_keep(store, expert, alert.id)

    jobs().start(_name(alert), work)
