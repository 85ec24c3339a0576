"""Quality model: what do exposure, pressure and thickness do to CCD and life, how sure is that?"""

from __future__ import annotations

import streamlit as st

from dashboards.components import guarded, page
from dashboards.quality_chain import show_chain
from dashboards.quality_controls import choose_hours, choose_recipe
from dashboards.quality_fit import fitted_model, show_diagnostics, show_state
from dashboards.quality_known import show_known
from dashboards.quality_report import show_report
from dashboards.quality_response import show_response, show_surface
from dashboards.quality_result import show_life, show_prediction
from dashboards.quality_whatif import show_whatif

__all__ = ["main"]


def main() -> None:
    """Move exposure, pressure and thickness; see CCD and life, and what is known of that."""
    with page(
        "Quality model and what-if",
        "What do exposure, pressure and thickness do to CCD and life, and how much is known?",
    ):
        model = fitted_model()
        if model is None:
            return
        controls, results = st.columns([1, 4], gap="medium")
        with controls:
            chosen, hours = choose_recipe(), choose_hours()
            st.page_link("views/window.py", label="Where may we run?", icon=":material/crop_free:")
            st.page_link(
                "views/cells.py", label="Cell tests", icon=":material/battery_charging_full:"
            )
        with results, guarded():
            show_state(model)
            predicted = show_prediction(model, chosen)
            st.subheader("What each input does", anchor=False)
            outcome = show_response(model, chosen, hours)
            show_surface(model, chosen, outcome, hours)
            if predicted is not None:
                show_life(model, chosen, predicted)
            st.subheader("Known or believed", anchor=False)
            show_known(model)
            st.subheader("What if: recipe A, as set, against recipe B", anchor=False)
            show_whatif(model, chosen, hours)
            if predicted is not None:
                st.subheader("From foil to cell", anchor=False)
                show_chain(model, chosen)
            st.subheader("May the fit be trusted?", anchor=False)
            show_diagnostics(model.record)
            show_report(model)


if __name__ == "__main__":
    main()
