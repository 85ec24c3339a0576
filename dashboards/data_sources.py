"""What is stored of each characteristic, and how fresh it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd

from dashboards import state
from dashboards.components import numbers
from dashboards.formatting import age, label, unit_name, words
from twin.store.store import StoredSeries

__all__ = ["sentence", "show_sources", "sources_table"]

_STALE_S = 3600.0
_AHEAD_S = 60.0


def sentence(
    stored: Sequence[StoredSeries], counts: Mapping[str, int], now: datetime
) -> tuple[str, str]:
    """Is data arriving? The answer, and a warning when it is not."""
    if not stored:
        missing = "No measurement" if counts.get("events") else "Nothing"
        return f"**{missing} is stored yet.** Import a file below, or run `lacss run`.", ""
    newest = max(series.last_measured_at for series in stored)
    old = (now - newest).total_seconds()
    text = f"The newest measurement is **{age(old)} old**"
    if old < -_AHEAD_S:
        text = f"The newest measurement is dated **{age(-old)} ahead** of this machine's clock"
    if counts["quarantine"]:
        text += f"; {counts['quarantine']:,} rows were refused"
    stale = ""
    if old < -_AHEAD_S:
        stale = "How old the data are cannot be told: set the clock of the source, or of this one."
    elif old > _STALE_S:
        stale = f"No measurement for {age(old)}: start the collector, or import the newest file."
    return f"{text}.", stale


def sources_table(stored: Sequence[StoredSeries], now: datetime) -> pd.DataFrame:
    """A row a characteristic and station, the freshest first."""
    watched = {(p.name, p.station) for p in state.plan().characteristics}
    rows = [
        {
            "Characteristic": label(s.characteristic),
            "Station": words(s.station),
            "Unit": unit_name(s.unit),
            "Measurements": s.n,
            "Newest (UTC)": s.last_measured_at,
            "Age": age((now - s.last_measured_at).total_seconds()),
            "Watched": "yes" if (s.characteristic, s.station) in watched else "no, not in the plan",
        }
        for s in sorted(stored, key=lambda s: s.last_measured_at, reverse=True)
    ]
    return pd.DataFrame(rows)


def show_sources(stored: Sequence[StoredSeries]) -> None:
    """The table behind one click."""
    if stored:
        numbers(sources_table(stored, state.now()), "sources", label="By characteristic")
