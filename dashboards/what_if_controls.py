"""What to change, on the page What-if."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

import streamlit as st

from dashboards import state
from dashboards.what_if_job import Question
from twin.line import LineModel
from twin.recipe import reference_recipes

__all__ = ["choose"]

_KINDS = ("A station is out", "Maintenance", "Fewer or more people", "Another recipe")
_HORIZONS = {"Shift (8 h)": 8.0, "Day": 24.0, "Three days": 72.0, "Week": 168.0}
_BOTTLENECK = "roll"


def choose(line: LineModel, as_of: datetime) -> Question:
    """One change of the line from now, and how far ahead it is followed."""
    kind = st.radio("What changes", _KINDS, key="kind", bind="query-params")
    names = [station.name for station in line.path]
    usual = names.index(_BOTTLENECK) if _BOTTLENECK in names else 0
    if kind == _KINDS[0]:
        station = st.selectbox("Station", names, index=usual, key="station", bind="query-params")
        hours = st.number_input("For, h", 0.5, 72.0, 4.0, 0.5, key="hours", bind="query-params")
        change = f"out {station}={hours:g}h"
    elif kind == _KINDS[1]:
        change = _maintenance(names, usual, as_of)
    elif kind == _KINDS[2]:
        pools = [pool.name for pool in line.people]
        pool = st.selectbox("Pool or crew", pools, key="pool", bind="query-params")
        by = st.number_input("More (or fewer)", -5, 5, -1, key="by", bind="query-params")
        change = f"operators {pool}={by:+d}"
    else:
        recipes = sorted(reference_recipes())
        change = f"recipe {st.selectbox('Recipe', recipes, key='recipe', bind='query-params')}"
        st.caption("For lots that have not been deposited yet, and for all that follow.")
    ahead = st.selectbox("Ahead", list(_HORIZONS), index=1, key="ahead", bind="query-params")
    return Question((change,), _HORIZONS[ahead])


def _maintenance(names: list[str], usual: int, as_of: datetime) -> str:
    zone = state.zone()
    station = st.selectbox("Station", names, index=usual, key="pm-station", bind="query-params")
    when = st.segmented_control(
        "When", ["Tonight", "Sunday"], default="Tonight", key="when", bind="query-params"
    )
    hours = st.number_input("For, h", 0.5, 24.0, 2.0, 0.5, key="pm-hours", bind="query-params")
    start = _start(when or "Tonight", as_of, zone)
    st.caption(f"From {start:%a %d %b %H:%M}.")
    return f"maintenance {station}@{start.isoformat()},{hours:g}h"


def _start(when: str, as_of: datetime, zone: tzinfo) -> datetime:
    """Tonight at ten, or Sunday at six in the morning, the next one after `as_of`."""
    local = as_of.astimezone(zone)
    if when == "Sunday":
        day = local.date() + timedelta(days=(6 - local.weekday()) % 7)
        start = datetime.combine(day, time(6), zone)
        return start if start > local else start + timedelta(days=7)
    start = datetime.combine(local.date(), time(22), zone)
    return start if start > local else start + timedelta(days=1)
