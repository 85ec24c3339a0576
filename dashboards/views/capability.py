"""Capability: does it meet its specification, with what margin?"""

from __future__ import annotations

import streamlit as st

from dashboards import state
from dashboards.capability_result import capability_of, show_capability
from dashboards.chart_controls import choose_distribution, choose_period, choose_series
from dashboards.components import empty, page
from dashboards.export_buttons import export_capability

__all__ = ["main"]


def main() -> None:
    """Choose a stored characteristic with a specification, see its indices and its histogram."""
    with page("Capability", "Does it meet its specification, with what margin?"):
        plan = state.plan()
        stored = state.store().characteristics()
        specified = [
            s
            for s in stored
            if (p := plan.find(s.characteristic, s.station)) is not None
            and (p.lsl is not None or p.usl is not None)
        ]
        if not specified:
            empty(
                "No measurement with a specification is stored yet.",
                "Import a file, start the reference plant with `lacss run`, or give the "
                "characteristic a specification in the control plan.",
                ("data", "Import a file"),
            )
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = choose_series(specified)
            start = choose_period(chosen)
            confidence = st.selectbox(
                "Confidence", [0.9, 0.95, 0.99], index=1, key="confidence", width=130,
                format_func=lambda share: f"{share:.0%}", bind="query-params",
            )  # fmt: skip
            distribution = choose_distribution()
        shown = capability_of(chosen, start, confidence, distribution)
        show_capability(shown, chosen)
        export_capability(shown, chosen)


if __name__ == "__main__":
    main()
