"""A picture of the line: its stations in order, each with state, servers, queue and buffer."""

from __future__ import annotations

import streamlit as st

from dashboards import state
from dashboards.formatting import plain, words
from dashboards.line_now import STALE_S, silence_s
from dashboards.theme import STATES
from twin.overview import LineOverview, StationOverview

__all__ = ["picture_style", "places_html", "servers_html", "show_stations", "way_in"]

_DRAWN = 8
_MARKS = (("running", "in_service"), ("blocked", "blocked"))


def picture_style() -> str:
    """Static style of the boxes: they share the width, and bear the colour of their state."""
    shown = state.palette()
    edges = "".join(
        f'[class*="st-key-station-{name}-"]{{border-top:4px solid {colour}}}'
        f".lx-{name}{{background:{colour};color:#1D2530}}"
        for name, colour in shown.states.items()
    )
    return (
        "<style>.st-key-stations>*{flex:1 1 7.4rem;min-width:7.4rem;max-width:18rem}"
        ".lx{display:flex;flex-wrap:wrap;gap:3px;align-items:center;font-size:.8rem}"
        ".lx b{min-width:1.05rem;height:1.05rem;border-radius:3px;font-size:.7rem;"
        "line-height:1.05rem;text-align:center;font-weight:600}"
        f".lx i{{width:.5rem;height:1.05rem;border:1px solid {shown.quiet};border-radius:2px}}"
        f".lx i.full{{background:{shown.ink};border-color:{shown.ink}}}"
        f"{edges}</style>"
    )


def show_stations(line: LineOverview) -> None:
    """Boxes in the order of the line; they wrap on a narrow screen."""
    st.html(picture_style())
    stale = silence_s(line, state.now()) > STALE_S
    before: StationOverview | None = None
    with st.container(horizontal=True, gap="small", key="stations"):
        for one in line.stations:
            _box(one, before, line, stale)
            before = one


def _box(
    one: StationOverview, before: StationOverview | None, line: LineOverview, stale: bool
) -> None:
    now = one.state
    shown = "unknown" if stale or now.condition not in STATES else now.condition
    style = STATES[shown]
    with st.container(border=True, gap="xxsmall", key=f"station-{shown}-{now.station}"):
        slow = " :material/hourglass_top:" if now.station == line.bottleneck else ""
        st.markdown(f"**{plain(words(now.station))}**{slow}")
        st.markdown(f"{way_in(one, before)}:{style.badge}-badge[{style.letter} · {style.label}]")
        if stale:
            st.caption(f"last {STATES[now.condition].label.lower()}")
        st.html(servers_html(one) + places_html(one))
        used = one.utilisation.value
        st.caption(f"used {'–' if used is None else f'{used:.0%}'}")


def way_in(one: StationOverview, before: StationOverview | None) -> str:
    """An arrow from the station before, and whether lots are held up there or missing here."""
    if before is None:
        return ""
    if before.state.condition == "blocked":
        return ":orange[:material/block:] "
    if one.state.condition == "starved":
        return ":blue[:material/arrow_right_alt:] "
    return ":gray[:material/arrow_forward:] "


def servers_html(one: StationOverview) -> str:
    """A square a server with the letter of what it does; a count where there are many."""
    now = one.state
    busy = f"{now.in_service + now.blocked} of {one.servers} busy"
    if one.servers > _DRAWN:
        return f'<div class="lx">{busy}</div>'
    names = [name for name, count in _MARKS for _ in range(getattr(now, count))]
    if now.condition == "down" and "running" in names:
        names[names.index("running")] = "down"  # the lot whose server broke down under it
    names += ["down"] * (now.servers_down - names.count("down"))
    idle = "planned_stop" if now.condition == "planned_stop" else "starved"
    names = [*names, *[idle] * one.servers][: one.servers]
    squares = "".join(f'<b class="lx-{name}">{STATES[name].letter}</b>' for name in names)
    return f'<div class="lx" role="img" aria-label="{busy}">{squares}</div>'


def places_html(one: StationOverview) -> str:
    """Lots that wait, beside the places there are for them."""
    waiting, buffer = one.state.queued, one.buffer
    if buffer is None:
        return f'<div class="lx">{waiting} waiting</div>'
    if buffer == 0:
        return '<div class="lx">no buffer</div>'
    text = f"{waiting} of {buffer} waiting"
    if buffer > _DRAWN:
        return f'<div class="lx">{text}</div>'
    cells = "".join(f'<i class="{"full" if n < waiting else ""}"></i>' for n in range(buffer))
    return f'<div class="lx" role="img" aria-label="{text}">{cells}&nbsp;{waiting}/{buffer}</div>'
