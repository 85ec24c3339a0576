"""Quality model: what do exposure, pressure and thickness do to CCD and life, how sure is that?"""

from __future__ import annotations

import streamlit as st

from dashboards import models
from dashboards.components import guarded, page
from dashboards.model_offer import offer_fit
from dashboards.quality_controls import choose_recipe
from dashboards.quality_result import show_prediction

__all__ = ["main"]


def main() -> None:
    """Move exposure, pressure and thickness; see CCD and life with intervals."""
    with page(
        "Quality model and what-if",
        "What do exposure, pressure and thickness do to CCD and life, and how much is known?",
    ):
        model = models.quality()
        if model is None:
            offer_fit()
            return
        controls, results = st.columns([1, 3], gap="medium")
        with controls:
            chosen = choose_recipe()
        with results, guarded():
            show_prediction(model, chosen)


if __name__ == "__main__":
    main()
