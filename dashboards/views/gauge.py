"""Gauge studies: can I believe the measurement?"""

from __future__ import annotations

import streamlit as st

from dashboards.components import page
from dashboards.export_buttons import export_gauge
from dashboards.gauge_controls import choose_data, choose_design, choose_options
from dashboards.gauge_data import studied
from dashboards.gauge_result import show_study

__all__ = ["main"]


def main() -> None:
    """Bring a study along or look at an example; see what the gauge takes of the variation."""
    with page("Gauge studies", "Can I believe the measurement?"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            design = choose_design()
            options = choose_options()
        data = choose_data(design)
        if data is not None:
            study, drawn = studied(data, design, options)
            show_study(study, drawn, data)
            export_gauge(study, drawn, data)


if __name__ == "__main__":
    main()
