"""The answer of the page Genealogy: sentence, picture, measurements along the way, export."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboards import genealogy_data, state
from dashboards.components import answer, draw, numbers, tags_of
from dashboards.figures.genealogy import family_tree
from dashboards.formatting import plain
from twin.genealogy.descent import Descent
from twin.genealogy.layout import layout
from twin.genealogy.words import sentence

__all__ = ["show_descent"]


def show_descent(found: Descent) -> None:
    """The answer in a sentence, the picture, what was measured, every step."""
    answer(
        sentence(found, state.zone(), lambda one: f"**{plain(one)}**"), *tags_of(found.provenance)
    )
    simulated = "simulated" in found.provenance
    draw(family_tree(layout(found), found.thing, state.palette(), simulated=simulated), "family")
    along = genealogy_data.along_table(found)
    outside = int(along["Specification"].str.contains("outside").sum())
    st.markdown(
        f"**Measured along the way**: {len(along)} values, "
        f"{outside or 'none'} outside {'its' if outside == 1 else 'their'} specification."
    )
    numbers(along, "measured-along-the-way", label="Values along the way")
    numbers(genealogy_data.stops_table(found), "stations-passed", label="Stations passed")
    numbers(genealogy_data.edges_table(found), "genealogy", label="Every step")
    st.download_button(
        "OCEL 2.0",
        partial(genealogy_data.ocel_bytes, found.thing),
        f"genealogy-{found.thing}.json",
        "application/json",
        icon=":material/download:",
        help="Objects and events of these relatives, for process mining tools",
        on_click="ignore",
    )
