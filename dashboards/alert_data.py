"""What the alert pages ask the twin for, kept until the data change."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from dashboards import state
from twin.monitoring.alarm_quality import AlarmQuality, alarm_quality
from twin.monitoring.alert import Alert
from twin.monitoring.outbox import Letter, letters

__all__ = ["dead_letters", "parents_of", "quality_between", "raised_between"]


@st.cache_data(show_spinner=False, max_entries=2)
def _parents(mark: str) -> dict[str, list[str]]:  # noqa: ARG001 - key of the cache
    found: dict[str, list[str]] = {}
    frame = state.store().genealogy()
    for parent, lot in zip(frame["parent_lot_id"], frame["lot_id"], strict=True):
        found.setdefault(lot, []).append(parent)
    return found


def parents_of(lot_id: str) -> list[str]:
    """The lots, or the foil roll, that a lot was made of."""
    mark = f"{state.store().counts()['events']} {state.store().home}"
    return _parents(mark).get(lot_id, [])


def dead_letters() -> list[Letter]:
    """Letters that no endpoint took; the newest first."""
    return letters(state.store(), "dead")


def raised_between(since: datetime, until: datetime) -> list[Alert]:
    """Alerts raised in a period, the muted ones left out."""
    return [a for a in state.desk().list() if since <= a.raised_at < until and not a.muted_by]


def quality_between(since: datetime, until: datetime) -> AlarmQuality:
    """The figures of alarm quality of a period."""
    desk = state.desk()
    return alarm_quality(desk.list(), desk.histories(), since, until)
