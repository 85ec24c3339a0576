"""A picture of the line: its stations in order, each with state, queue and work in process."""

from __future__ import annotations

import streamlit as st

from dashboards import state
from dashboards.formatting import plain, words
from dashboards.line_now import STALE_S, silence_s
from dashboards.theme import STATES
from twin.overview import LineOverview, StationOverview

__all__ = ["picture_style", "show_stations"]

_QUEUE = 6


def picture_style() -> str:
    """Static style of the boxes: they share the width, and bear the colour of their state."""
    colours = state.palette().states
    edges = "".join(
        f'[class*="st-key-station-{name}-"]{{border-top:4px solid {colour}}}'
        for name, colour in colours.items()
    )
    return (
        "<style>.st-key-stations>*{flex:1 1 7.4rem;min-width:7.4rem;max-width:18rem}"
        f"{edges}</style>"
    )


def show_stations(line: LineOverview) -> None:
    """Boxes in the order of the line; they wrap on a narrow screen."""
    st.html(picture_style())
    stale = silence_s(line, state.now()) > STALE_S
    with st.container(horizontal=True, gap="small", key="stations"):
        for one in line.stations:
            _box(one, line, stale)


def _box(one: StationOverview, line: LineOverview, stale: bool) -> None:
    now = one.state
    shown = "unknown" if stale or now.condition not in STATES else now.condition
    style = STATES[shown]
    with st.container(border=True, gap="xxsmall", key=f"station-{shown}-{now.station}"):
        slow = " :material/hourglass_top:" if now.station == line.bottleneck else ""
        st.markdown(f"**{plain(words(now.station))}**{slow}")
        st.badge(f"{style.letter} · {style.label}", color=style.badge)
        last = f"last {STATES[now.condition].label.lower()}  \n" if stale else ""
        st.caption(f"{last}{_box_text(one)}")


def _box_text(one: StationOverview) -> str:
    now = one.state
    waiting = "▮" * min(now.queued, _QUEUE) + ("+" if now.queued > _QUEUE else "")
    queue = f"{now.queued} waiting {waiting}".rstrip()
    busy = f"{now.in_service + now.blocked} of {one.servers} busy"
    used = one.utilisation.value
    return f"{queue}  \n{busy}  \nused {'–' if used is None else f'{used:.0%}'}"
