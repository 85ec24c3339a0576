"""The line as it is now: its overview, kept until the data change, and the words for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.components import Card
from dashboards.formatting import age, clock, interval, number, percent, share, words
from twin.line import LineModel
from twin.monitoring.lifecycle import ACTIVE_STATES
from twin.monitoring.lots import Lot, lots_table
from twin.overview import LineOverview, line_overview
from twin.settings import Settings
from twin.site import site_line
from twin.state import StationState

__all__ = [
    "STALE_S",
    "alerts_link",
    "day_cards",
    "finished_lots",
    "last_known",
    "lots_in_process",
    "model",
    "overview",
    "sentence",
    "shares",
    "silence_s",
    "simulated",
]

STALE_S = 3600.0
_DRAWN_LOTS = 300
_LABORATORY = "cell_test"


@st.cache_resource(show_spinner=False)
def model() -> LineModel:
    """The line of this site."""
    return site_line(Settings.from_environment())


@st.cache_resource(show_spinner="Looking at the line", max_entries=2, ttl=60)
def _overview(mark: str) -> LineOverview:  # noqa: ARG001 - key of the cache
    store, line, plan = state.store(), model(), state.plan()
    now = line_overview(store, line, plan)
    if silence_s(now, state.now()) <= STALE_S:
        return now
    return line_overview(store, line, plan, as_of=now.newest_at)


def overview() -> LineOverview:
    """The overview as it is now, or as it was when the line was last heard of."""
    return _overview(state.watermark())


def silence_s(line: LineOverview, now: datetime) -> float:
    """How long nothing was heard from the line."""
    return max(0.0, (now - line.newest_at).total_seconds())


@st.cache_resource(show_spinner=False, ttl=120, max_entries=2)
def _finished(url: str) -> Sequence[Lot]:  # noqa: ARG001 - key of the cache
    known = [
        lot
        for lot in lots_table(state.store(), state.plan())
        if lot.finished_at is not None and lot.yield_share is not None
    ]
    return sorted(known, key=lambda lot: lot.finished_at or lot.entered_at)[-_DRAWN_LOTS:]


def last_known(now: datetime) -> datetime:
    """`now`, or when the line was last heard of: long ago, or ahead of the clock when simulated."""
    line = overview()
    ahead = line.newest_at > now and simulated()
    return line.newest_at if ahead or silence_s(line, now) > STALE_S else now


def finished_lots() -> Sequence[Lot]:
    """The newest finished lots whose yield is known, in order; at most two minutes old."""
    return _finished(str(state.store().home))


def simulated() -> bool:
    """Whether the line's events were made by a simulation."""
    return "simulated" in overview().provenance


def sentence(line: LineOverview, now: datetime, zone: tzinfo) -> tuple[str, str]:
    """Is it running and what holds it back? And a warning when nothing was heard for long."""
    silent, newest = silence_s(line, now), clock(line.newest_at, zone)
    today = _day_text(line, zone)
    if silent > STALE_S:
        stale = f"Stale since {newest}: nothing was heard from the line for {age(silent)}."
        return f"**Nothing is known of the line now.** When last heard: {today}.", stale
    verdict = _verdict([one.state for one in line.stations if one.state.station != _LABORATORY])
    if line.bottleneck:
        verdict += f"; **{words(line.bottleneck).lower()}** holds it back most today"
    return f"{verdict}. {today}. Newest record {newest}, {age(silent)} ago.", ""


def _verdict(path: Sequence[StationState]) -> str:
    running = sum(one.condition == "running" for one in path)
    down = [words(one.station).lower() for one in path if one.condition == "down"]
    if path and all(one.condition == "planned_stop" for one in path):
        return "**The line has a planned stop**"
    text = "**The line stands still**"
    if running:
        text = f"**The line is running**: {running} of {len(path)} stations work"
    if down:
        text += f", {' and '.join(down)} {'is' if len(down) == 1 else 'are'} down"
    return text


def _day_text(line: LineOverview, zone: tzinfo) -> str:
    good, finished = line.good_lots.value or 0, line.finished_lots.value or 0
    text = f"since {clock(line.day_start, zone)}, {good:.0f} good of {finished:.0f} finished lots"
    made, share_of = line.throughput_per_h, line.lot_yield
    if made.low is not None:
        text += f", {interval(made.value, made.low, made.high, digits=2)} lots/h"
    if share_of.value is not None:
        spread = (share_of.low, share_of.high) if share_of.low != share_of.high else (None, None)
        text += f", mean yield {share(share_of.value, *spread)}"
    return text[:1].upper() + text[1:]


def day_cards(line: LineOverview) -> list[Card]:
    """Figures of the production day."""
    tag = line.provenance
    flow = line.flow_time_s.value
    of = f"Of {words(line.bottleneck or 'the slowest station').lower()}"
    return [
        Card("Good lots", f"{line.good_lots.value or 0:.0f}", tag),
        Card("Lot yield", percent(line.lot_yield.value), tag),
        Card("Throughput", f"{number(line.throughput_per_h.value)} lots/h", tag),
        Card("In process", f"{len(line.lots)} lots", tag),
        Card("Flow time", f"{number(None if flow is None else flow / 60)} min", tag),
        Card("OEE", percent(line.oee.value), tag, f"{of}, ISO 22400-2"),
    ]


def shares(line: LineOverview) -> dict[str, dict[str, float]]:
    """Share of today that each station spent in each state."""
    return {
        one.state.station: {
            "running": one.utilisation.value or 0.0,
            "starved": one.starved.value or 0.0,
            "blocked": one.blocked.value or 0.0,
            "down": one.down.value or 0.0,
        }
        for one in line.stations
    }


def lots_in_process(line: LineOverview) -> pd.DataFrame:
    """A row a lot: where it is and for how long."""
    return pd.DataFrame(
        {
            "Lot": [lot.lot_id for lot in line.lots],
            "Station": [words(lot.station) for lot in line.lots],
            "Phase": [words(lot.phase) for lot in line.lots],
            "For": [age((line.as_of - lot.since).total_seconds()) for lot in line.lots],
            "In the line for": [
                age((line.as_of - lot.entered_at).total_seconds()) for lot in line.lots
            ],
            "Since (UTC)": [lot.since.astimezone(UTC) for lot in line.lots],
        }
    )


def alerts_link() -> None:
    """How many alerts need a person, as a way to them."""
    active = [alert for alert in state.desk().list(ACTIVE_STATES) if not alert.muted_by]
    waiting = sum(alert.state == "open" for alert in active)
    if active:
        verb = "alert needs" if len(active) == 1 else "alerts need"
        st.page_link(
            "views/alerts.py",
            label=f"{len(active)} {verb} a person, {waiting} not acknowledged",
            icon=":material/notifications:",
        )
