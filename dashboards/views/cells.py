"""Cells: what did this cell test show?"""

from __future__ import annotations

import streamlit as st

from dashboards.cell_import import import_cells
from dashboards.cell_list import choose_cell, sentence
from dashboards.cell_result import show_cell
from dashboards.components import answer, guarded, page
from dashboards.state import cell_desk

__all__ = ["main"]


def main() -> None:
    """Choose a cell test, look at its trace, confirm or overrule the call; take in another."""
    with page("Cells", "What did this cell test show?"):
        tests = cell_desk().list()
        answer(sentence(tests), *(["imported"] if tests else []))
        chosen = choose_cell(tests)
        if chosen is not None:
            with guarded():
                show_cell(chosen)
        st.subheader("Take in a cell test", anchor=False)
        with guarded():
            import_cells()


if __name__ == "__main__":
    main()
