"""Rows that were refused: with their reason, to be mended and stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.access import current_user, drawn
from dashboards.components import guarded, numbers
from dashboards.formatting import clock, plain
from twin.store.quarantine import QuarantinedRow, mend, quarantined
from twin.store.rows import Edge

__all__ = ["refused_table", "show_refused"]

_SHOWN = 500


def refused_table(rows: Sequence[QuarantinedRow]) -> pd.DataFrame:
    """A row for each refused row: file, row, column, rule and value."""
    return pd.DataFrame(
        {
            "Id": [r.id for r in rows],
            "File": [Path(r.file).name for r in rows],
            "Row": [r.row for r in rows],
            "Column": [r.column for r in rows],
            "Rule": [r.rule for r in rows],
            "Value": [r.value for r in rows],
            "When": [clock(r.at, state.zone()) for r in rows],
            "By": [r.user for r in rows],
        }
    )


def show_refused() -> None:
    """The open ones, and a form to mend one of them."""
    rows = quarantined(state.store(), last=_SHOWN)
    if not rows:
        st.caption("No row waits to be mended.")
        return
    numbers(refused_table(rows), "refused", label="Waiting to be mended")
    by_id = {row.id: row for row in rows}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = by_id[
            st.selectbox(
                "Mend", list(by_id), width=320,
                format_func=lambda i: f"{Path(by_id[i].file).name} row {by_id[i].row}",
            )
        ]  # fmt: skip
        columns = list(chosen.record)
        column = st.selectbox(
            "Column", columns, width=180, key=f"column-{chosen.id}",
            index=columns.index(chosen.column) if chosen.column in columns else 0,
        )  # fmt: skip
        value = st.text_input(
            "Value", chosen.record.get(column, ""), width=200, key=f"value-{chosen.id}-{column}"
        )
        pressed = st.button(
            "Mend and store", type="primary", icon=":material/healing:", **drawn("quarantine.mend")
        )
    st.caption(plain(f"Refused because {chosen.rule}, got {chosen.value!r}."))
    if pressed:
        with guarded():
            edge = Edge(state.plan().find)
            mend(state.store(), chosen.id, {column: value}, current_user().name, edge)
            st.toast("Mended and stored", icon=":material/check:")
            st.rerun()
