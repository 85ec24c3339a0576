"""Genealogy: where did this come from, where did it go?"""

from __future__ import annotations

import streamlit as st

from dashboards import genealogy_data, state
from dashboards.components import empty, guarded, page
from dashboards.formatting import plain
from dashboards.genealogy_result import show_descent

__all__ = ["main"]


def _choose(thing: str) -> None:
    st.session_state["thing"] = thing


def _asked() -> str:
    """The id in the box, or the buttons that fill it."""
    thing = st.text_input(
        "Id of a lot, foil roll, sheet, coupon or cell",
        key="thing",
        bind="query-params",
        placeholder="such as L00025-C1",
        width=420,
    )
    if thing and thing.strip():
        return thing.strip()
    _offer("The newest ones:", genealogy_data.examples())
    return ""


def _offer(caption: str, things: list[str]) -> None:
    st.caption(caption)
    with st.container(horizontal=True, gap="small"):
        for one in things:
            st.button(plain(one), key=f"example-{one}", on_click=_choose, args=(one,))


def main() -> None:
    """One id, the answer, its picture and tables."""
    with page("Genealogy", "Where did this come from, where did it go?"):
        if not state.store().counts()["events"]:
            empty(
                "No event of the line is stored yet.",
                "Splits and passages of lots come from the line's events: import a file of them, "
                "connect a collector, or start the reference plant with `lacss run`.",
                ("data", "Import a file"),
            )
            return
        thing = _asked()
        if not thing:
            return
        with guarded():
            if close := genealogy_data.similar(thing):
                _offer(f"No id is {plain(thing)}; these begin so:", close)
            else:
                show_descent(genealogy_data.found_of(thing))


if __name__ == "__main__":
    main()
