"""Quality model: what do exposure, pressure and thickness do to CCD and life, how sure is that?"""

from __future__ import annotations

import streamlit as st

from dashboards import models
from dashboards.components import guarded, page
from dashboards.quality_controls import choose_recipe
from dashboards.quality_result import show_prediction

__all__ = ["main"]


def _offer_fit() -> None:
    with st.container(border=True):
        st.markdown("**No quality model is fitted yet.**")
        st.caption("Fitting it on the built-in evidence takes about half a minute, once.")
        if st.button("Fit the quality model", type="primary", icon=":material/model_training:"):
            with st.status("Fitting on the evidence", expanded=True) as status, guarded():
                models.fit_quality(status.write)
                st.rerun()


def main() -> None:
    """Move exposure, pressure and thickness; see CCD and life with intervals."""
    with page(
        "Quality model and what-if",
        "What do exposure, pressure and thickness do to CCD and life, and how much is known?",
    ):
        model = models.quality()
        if model is None:
            _offer_fit()
            return
        controls, results = st.columns([1, 3], gap="medium")
        with controls:
            chosen = choose_recipe()
        with results, guarded():
            show_prediction(model, chosen)


if __name__ == "__main__":
    main()
