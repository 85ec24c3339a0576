"""Data and sources: is data arriving, what was refused and why?"""

from __future__ import annotations

import streamlit as st

from dashboards import state
from dashboards.components import Card, answer, cards, guarded, page
from dashboards.data_import import import_files
from dashboards.data_live import show_live
from dashboards.data_refused import show_refused
from dashboards.data_sources import sentence, show_sources

__all__ = ["main"]


@st.fragment(run_every=10)
def _arriving() -> None:
    with guarded():
        store = state.store()
        counts, stored = store.counts(), store.characteristics()
        text, stale = sentence(stored, counts, state.now())
        answer(text, stale=stale)
        cards(
            [
                Card("Measurements", f"{counts['measurements']:,}"),
                Card("Events", f"{counts['events']:,}"),
                Card("Characteristics", f"{len(stored):,}"),
                Card("Rows refused", f"{counts['quarantine']:,}", "", "Open or mended, ever"),
                Card("Conflicts", f"{counts['conflicts']:,}", "",
                     "The same reading with another value: kept aside, not stored"),
            ]
        )  # fmt: skip
        show_sources(stored)


@st.fragment(run_every=5)
def _live() -> None:
    with guarded():
        show_live()


def main() -> None:
    """What has arrived, from where, an import, and the rows that were refused."""
    with page("Data and sources", "Is data arriving, what was refused and why?"):
        _arriving()
        st.subheader("Live sources", anchor=False)
        _live()
        st.subheader("Import", anchor=False)
        with guarded():
            import_files()
        st.subheader("Refused rows", anchor=False)
        with guarded():
            show_refused()


if __name__ == "__main__":
    main()
