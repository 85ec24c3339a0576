"""The empty state of every page that needs the quality model: the offer to fit it."""

from __future__ import annotations

import streamlit as st

from dashboards import models
from dashboards.components import guarded

__all__ = ["offer_fit"]


def offer_fit() -> None:
    """Say that no model is fitted, and fit it when told so."""
    with st.container(border=True):
        st.markdown("**No quality model is fitted yet.**")
        st.caption("Fitting it on the built-in evidence takes about half a minute, once.")
        if st.button("Fit the quality model", type="primary", icon=":material/model_training:"):
            with st.status("Fitting on the evidence", expanded=True) as status, guarded():
                models.fit_quality(status.write)
                st.rerun()
