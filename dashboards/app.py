"""The dashboards: `lacss serve` runs this file. Groups and pages, and who is looking."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboards.access import KNOWN_HERE, current_identity, current_user, sign_out
from dashboards.components import guarded
from dashboards.formatting import plain

__all__ = ["main"]

_ICON = Path(__file__).with_name("icon.svg")
_STYLE = """<style>
.stMainBlockContainer{padding:3rem clamp(1rem,3vw,3rem);max-width:1560px}
[class*="st-key-cards"]{display:grid;gap:0.8rem}
[class*="st-key-cards-small"]{grid-template-columns:repeat(auto-fit,minmax(9.4rem,1fr))}
[class*="st-key-cards-wide-"]{grid-template-columns:repeat(auto-fit,minmax(14.2rem,1fr))}
[class*="st-key-cards-widest"]{grid-template-columns:repeat(auto-fit,minmax(min(18rem,100%),1fr))}
[class*="st-key-cards"] [data-testid="stMetricLabel"] *{white-space:normal}
[data-testid="stElementToolbar"] [aria-label="Download as CSV"]{display:none}
</style>"""
# The toolbar's own CSV would hand cells that are formulas to a spreadsheet: ours does not.
PAGES = {
    "Now": [
        ("line", "Line", ":material/conveyor_belt:"),
        ("alerts", "Alerts", ":material/notifications:"),
        ("alarm_quality", "Alarm quality", ":material/notification_important:"),
        ("forecast", "Forecast", ":material/query_stats:"),
    ],
    "Quality": [
        ("control_charts", "Control charts", ":material/show_chart:"),
        ("capability", "Capability", ":material/straighten:"),
        ("gauge", "Gauge studies", ":material/square_foot:"),
        ("chart_design", "Chart design", ":material/tune:"),
    ],
    "Process": [
        ("quality_model", "Quality model", ":material/science:"),
        ("window", "Window", ":material/crop_free:"),
        ("what_if", "What-if", ":material/alt_route:"),
        ("advice", "Advice", ":material/assistant_direction:"),
        ("experiments", "Experiments", ":material/lab_research:"),
        ("genealogy", "Genealogy", ":material/family_history:"),
        ("cells", "Cells", ":material/battery_charging_full:"),
    ],
    "System": [
        ("data", "Data and sources", ":material/database:"),
        ("twin_health", "Twin health", ":material/ecg_heart:"),
        ("audit", "Audit", ":material/policy:"),
        ("users", "Users", ":material/group:"),
        ("about", "About", ":material/info:"),
    ],
}


def main() -> None:
    """Show the chosen page and, at the side, who is looking."""
    st.set_page_config(
        page_title="LACSS Twin", page_icon=str(_ICON), layout="wide", initial_sidebar_state=220
    )
    st.html(_STYLE)
    st.logo(str(_ICON), size="large")
    if not _let_in():
        return
    chosen = st.navigation(
        {
            group: [
                st.Page(
                    f"views/{view}.py",
                    title=title,
                    icon=icon,
                    url_path=view.replace("_", "-"),
                    default=view == "line",
                )
                for view, title, icon in pages
            ]
            for group, pages in PAGES.items()
        },
        expanded=True,
    )
    with st.sidebar, guarded():
        _signed_in()
    chosen.run()


def _signed_in() -> None:
    """Who looks, as what, and the way out where there is one."""
    user = current_user()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f":material/person: {plain(user.name)}, {user.role}", help=f"Known by {user.known_by}"
        )
        if user.known_by != KNOWN_HERE and st.button(
            "Sign out", icon=":material/logout:", type="tertiary"
        ):
            sign_out()


def _let_in() -> bool:
    """Whether somebody is logged in where that is needed; else only the way to the login."""
    with guarded():
        if current_identity() is not None:
            return True
        st.navigation([st.Page(_way_in, title="Sign in", default=True)], position="hidden").run()
    return False


def _way_in() -> None:
    st.title("You are signed out", anchor=False)
    st.html('<a href="/login" target="_self">Sign in</a>')


if __name__ == "__main__":
    main()
