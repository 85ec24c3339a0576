"""Window: where may we run, and what should be tested next?"""

from __future__ import annotations

import streamlit as st

from dashboards import models
from dashboards.components import guarded, page
from dashboards.quality_fit import offer_fit
from dashboards.window_controls import choose_goal
from dashboards.window_result import show_next, show_window

__all__ = ["main"]


def main() -> None:
    """Say what a cell has to do; see where it does, how surely, and what to test next."""
    with page("Window", "Where may we run?"):
        model = models.quality()
        if model is None:
            offer_fit()
            return
        controls, results = st.columns([1, 3], gap="medium")
        with controls:
            asked = choose_goal()
        with results, guarded():
            show_window(model, asked)
            show_next(model, asked)


if __name__ == "__main__":
    main()
