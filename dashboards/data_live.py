"""The live sources: who is there, how fast, how far behind, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.components import numbers
from dashboards.formatting import age, clock, number, plain
from twin.store.gaps import Gap, gaps
from twin.store.sources import Heartbeat, SourceState, heartbeats, sources

__all__ = ["facts", "gaps_table", "live_sentence", "live_table", "show_live", "stale_since"]

_COLLECTOR = "collector"
_BADGES = {
    "connected": ("green", "check_circle"), "connecting": ("blue", "sync"),
    "disconnected": ("orange", "link_off"), "failed": ("red", "error"),
    "stopped": ("gray", "stop_circle"),
}  # fmt: skip
_URGENCY = ("failed", "disconnected", "connecting", "connected", "stopped")
_SKEW_S = 5.0
_SHOWN_GAPS = 500


def stale_since(source: SourceState) -> datetime | None:
    """When the last word of a source came that should speak and does not; None while it does."""
    if source.state == "connected":
        return None
    return source.last_received_at or source.updated_at


def live_sentence(
    found: Sequence[SourceState], collector: Heartbeat | None, now: datetime
) -> tuple[str, str]:
    """Are the sources there? The answer, and a warning when one is not."""
    if not found:
        return "No source was ever read here.", ""
    there = [one for one in found if one.state == "connected"]
    gone = [one for one in found if one.state in ("disconnected", "failed")]
    text = f"**{len(there)} of {len(found)} sources connected**"
    rate = sum(one.rate_per_s or 0.0 for one in there)
    if rate:
        text += f", {number(rate)} records a second"
    if collector is None or collector.overdue(now):
        heard = "" if collector is None else f" since {clock(collector.at, state.zone())}"
        return f"{text}.", f"The collector is not running{heard}: start it with lacss collect."
    if not gone:
        return f"{text}.", ""
    names = ", ".join(
        f"{plain(one.source)} (stale since {clock(stale_since(one), state.zone())})"
        for one in gone[:5]
    )
    return f"{text}.", f"Not reached: {names}."


def facts(source: SourceState, open_gaps: int, now: datetime) -> list[str]:
    """What is to be said of one source, in the order in which it matters."""
    told = [f"{number(source.rate_per_s)}/s"] if source.rate_per_s else []
    if (since := stale_since(source)) is not None:
        told.append(f"stale since {clock(since, state.zone())}")
    elif source.last_received_at is not None:
        told.append(f"heard {age((now - source.last_received_at).total_seconds())} ago")
    if source.last_received_at is not None and source.last_record_at is not None:
        lag_s = (source.last_received_at - source.last_record_at).total_seconds()
        told.append(f"lag {_seconds(max(lag_s, 0.0))}")
    if source.clock_skew_s is not None and source.clock_skew_s > _SKEW_S:
        told.append(f"clock {_seconds(source.clock_skew_s)} ahead")
    told.append(f"{source.records:,} records")
    counted = ((open_gaps, "open gap"), (source.refused, "refused"), (source.reconnects, "outage"))
    for count, what in counted:
        plural = "s" if count > 1 and what != "refused" else ""
        told += [f"{count:,} {what}{plural}"] if count else []
    return told


def _seconds(seconds: float) -> str:
    return f"{number(seconds, 2)} s" if seconds < 120 else age(seconds)


def live_table(found: Sequence[SourceState], missing: Mapping[str, int]) -> pd.DataFrame:
    """A row a source, with everything that is known of it."""
    return pd.DataFrame(
        {
            "Source": [one.source for one in found],
            "Kind": [one.kind for one in found],
            "State": [one.state for one in found],
            "Records": [one.records for one in found],
            "Records/s": [one.rate_per_s for one in found],
            "Refused": [one.refused for one in found],
            "Open gaps": [missing.get(one.source, 0) for one in found],
            "Reconnections": [one.reconnects for one in found],
            "Clock ahead, s": [one.clock_skew_s for one in found],
            "Last record (UTC)": [one.last_record_at for one in found],
            "Last received (UTC)": [one.last_received_at for one in found],
            "Stale since (UTC)": [stale_since(one) for one in found],
            "Address": [one.address for one in found],
            "Last word": [one.detail for one in found],
        }
    )


def gaps_table(found: Sequence[Gap]) -> pd.DataFrame:
    """A row a gap, the newest first."""
    newest = list(reversed(found))[:_SHOWN_GAPS]
    return pd.DataFrame(
        {
            "Source": [gap.source for gap in newest],
            "Channel": [gap.channel for gap in newest],
            "Reason": [gap.reason for gap in newest],
            "Missing": [gap.missing or None for gap in newest],
            "First": [gap.first_missing or None for gap in newest],
            "Last": [gap.last_missing or None for gap in newest],
            "From (UTC)": [gap.from_at for gap in newest],
            "To (UTC)": [gap.to_at for gap in newest],
            "Noticed (UTC)": [gap.detected_at for gap in newest],
            "Filled (UTC)": [gap.filled_at for gap in newest],
        }
    )


def show_live() -> None:
    """The answer, a box a source, and the gaps behind one click."""
    store, now = state.store(), state.now()
    found = sources(store)
    if not found:
        st.caption(
            "No source of a file `sources.toml` was ever read here. Describe them in one, look at "
            "it with `lacss collect --check`, and start `lacss collect`."
        )
        return
    collector = {one.part: one for one in heartbeats(store)}.get(_COLLECTOR)
    text, stale = live_sentence(found, collector, now)
    st.markdown(text)
    if stale:
        st.warning(stale, icon=":material/schedule:")
    known = gaps(store)
    missing: dict[str, int] = {}
    for gap in known:
        if gap.filled_at is None:
            missing[gap.source] = missing.get(gap.source, 0) + 1
    for one in sorted(found, key=lambda one: _URGENCY.index(one.state)):
        _box(one, missing.get(one.source, 0), now)
    numbers(live_table(found, missing), "live-sources", label="By source")
    if known:
        numbers(gaps_table(known), "gaps", label="Gaps")


def _box(one: SourceState, open_gaps: int, now: datetime) -> None:
    colour, icon = _BADGES[one.state]
    with st.container(border=True):
        st.markdown(
            f"**{plain(one.source)}** :{colour}-badge[:material/{icon}: {one.state}] "
            f":gray-badge[{one.kind}]  \n{plain(' · '.join(facts(one, open_gaps, now)))}"
        )
        if one.detail:
            st.caption(plain(one.detail))
