"""The dashboards: `lacss serve` runs this file. Groups and pages, and who is looking."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboards.access import current_user
from dashboards.components import guarded
from dashboards.formatting import plain

__all__ = ["main"]

_ICON = Path(__file__).with_name("icon.svg")
_STYLE = """<style>
.stMainBlockContainer{padding:3rem clamp(1rem,3vw,3rem);max-width:1560px}
[class*="st-key-cards"]{display:grid;gap:0.8rem}
[class*="st-key-cards-small"]{grid-template-columns:repeat(auto-fit,minmax(9.4rem,1fr))}
[class*="st-key-cards-wide"]{grid-template-columns:repeat(auto-fit,minmax(14.2rem,1fr))}
[class*="st-key-cards"] [data-testid="stMetricLabel"] *{white-space:normal}
</style>"""
PAGES = {
    "Now": [
        ("line", "Line", ":material/conveyor_belt:"),
        ("alerts", "Alerts", ":material/notifications:"),
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
        ("experiments", "Experiments", ":material/lab_research:"),
        ("genealogy", "Genealogy", ":material/family_history:"),
        ("cells", "Cells", ":material/battery_charging_full:"),
    ],
    "System": [
        ("data", "Data and sources", ":material/database:"),
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
        user = current_user()
        st.caption(f":material/person: {plain(user.name)}", help=f"Known by {user.known_by}")
    chosen.run()


if __name__ == "__main__":
    main()
