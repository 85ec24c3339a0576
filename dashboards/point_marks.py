"""Marking points of a stored chart: notes and exclusions, written down with who, when and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.access import current_user, drawn, refusal
from dashboards.charts import ShownChart
from dashboards.components import guarded
from dashboards.formatting import clock, plain
from twin.monitoring.point_notes import ACTIONS, PointNote, mark_point
from twin.store.store import StoredSeries

__all__ = ["candidates", "mark_a_point", "note_texts", "notes_table", "show_notes"]

_NEWEST = 400
_WORDS = {
    "note": "Write a note",
    "exclude": "Leave out of limits frozen from now on",
    "restore": "Take in again",
}
_DONE = {"note": "Note", "exclude": "Left out", "restore": "Taken in again"}

PointKey = tuple[datetime, str]


def mark_a_point(series: StoredSeries, shown: ShownChart) -> None:
    """Write a note beside a point of the chart, or leave it out of the limits, with a reason."""
    numbers = candidates(shown)
    with (
        st.popover("Mark a point", icon=":material/edit_note:", key="mark", **drawn("point.note")),
        st.form("mark-form", border=False),
    ):
        chosen = st.selectbox(
            "Point", list(numbers), key="marked-point",
            format_func=lambda key: f"{numbers[key]}: {key[1]}, {clock(key[0], state.zone())}",
        )  # fmt: skip
        allowed = [one for one in ACTIONS if refusal(f"point.{one}") is None]
        action = st.radio("What to do", allowed, format_func=_WORDS.__getitem__, key="mark-action")
        reason = st.text_input("What there is to say, or why", key="mark-reason")
        st.caption(f"Written down as by {plain(current_user().name)}.")
        if st.form_submit_button("Write down", type="primary"):
            with guarded():
                mark_point(
                    state.store(), series.characteristic, series.station, measured_at=chosen[0],
                    lot_id=chosen[1], action=action, reason=reason, user=current_user().name,
                )  # fmt: skip
                st.toast("Written down", icon=":material/edit_note:")
                st.rerun()


def candidates(shown: ShownChart) -> dict[PointKey, int]:
    """Points that can be marked, known by time and lot: signals first, then the newest."""
    result, labels = shown.result, shown.labels
    signalled = sorted({signal.point for signal in result.signals}, reverse=True)
    noted = sorted(shown.stored.notes, reverse=True) if shown.stored else []
    newest = range(result.n, max(0, result.n - _NEWEST), -1)
    order = dict.fromkeys([*signalled, *noted, *newest])
    return {
        (pd.Timestamp(labels.times[point - 1]).to_pydatetime(), labels.lots[point - 1]): point
        for point in order
    }


def note_texts(shown: ShownChart) -> dict[int, str]:
    """What was written beside each point, the newest last."""
    notes = shown.stored.notes if shown.stored else {}
    return {point: "; ".join(_told(note) for note in of) for point, of in notes.items()}


def _told(note: PointNote) -> str:
    mark = "" if note.action == "note" else f"{_DONE[note.action].lower()}: "
    return f"{mark}{note.reason} ({note.user}, {clock(note.at, state.zone())})"


def notes_table(shown: ShownChart) -> pd.DataFrame:
    """Every entry about points of the chart, the newest first."""
    notes = shown.stored.notes if shown.stored else {}
    rows: list[dict[str, Any]] = [
        {
            "Point": point,
            "Lot": note.lot_id,
            "When measured": note.measured_at,
            "What": _DONE[note.action],
            "Why": note.reason,
            "By": note.user,
            "Written": note.at,
        }
        for point, of in notes.items()
        for note in of
    ]
    rows.sort(key=lambda row: row["Written"], reverse=True)
    return pd.DataFrame(rows)


def show_notes(shown: ShownChart) -> None:
    """The entries as a table, when there are any."""
    table = notes_table(shown)
    if table.empty:
        return
    with st.expander(f"Marked points ({len(table)})", icon=":material/edit_note:"):
        times = st.column_config.DatetimeColumn(format="D MMM HH:mm:ss")
        st.dataframe(
            table, hide_index=True, column_config={"When measured": times, "Written": times}
        )
