"""A control chart of a table that a person brings along; nothing of it is stored."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import streamlit as st

from dashboards import charts
from dashboards.chart_controls import choose_kind, choose_options
from dashboards.chart_result import show_chart
from dashboards.components import guarded
from dashboards.export_buttons import export_chart
from process_models.errors import InputError
from twin.store.limited import read_limited

__all__ = ["chart_a_file", "header_of"]

_NONE = "(none)"


def header_of(name: str, content: bytes) -> list[str]:
    """Names of the columns of a CSV or Parquet table.

    Raises
    ------
    InputError
        When the file has no columns, or is no Parquet table though it is called one.
    """
    parquet = name.lower().endswith(".parquet")
    columns = _of_parquet(name, content) if parquet else _of_csv(content)
    if not columns:
        raise InputError(f"{name}: a header with the names of the columns is missing")
    return columns


def _of_csv(content: bytes) -> list[str]:
    first = content[:100_000].decode("utf-8-sig", errors="replace").splitlines()[:1]
    return next(csv.reader(line.replace("\0", "") for line in first), [])


@st.cache_data(show_spinner="Reading the file", max_entries=4)
def _of_parquet(name: str, content: bytes) -> list[str]:
    if content[:4] != b"PAR1":
        raise InputError(f"{name}: cannot be read as a Parquet table")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload.parquet"
        path.write_bytes(content)
        try:
            return list(read_limited(path).columns)
        except InputError as error:
            raise InputError(f"{name}: cannot be read as a Parquet table") from error


def chart_a_file() -> None:
    """Upload a table, name its columns, see its chart."""
    upload = st.file_uploader("CSV or Parquet table, 64 MB at most", type=["csv", "parquet"])
    if upload is None:
        st.caption("One value a row, in the order in which they were made. Nothing is stored.")
        return
    with guarded():
        content = upload.getvalue()
        columns = header_of(upload.name, content)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            value = st.selectbox("Value", columns, index=len(columns) - 1, width=180)
            subgroup = st.selectbox("Subgroup", [_NONE, *columns], width=180)
            size = st.selectbox("Sample size", [_NONE, *columns], width=180)
            stage = st.selectbox(
                "Stage", [_NONE, *columns], width=180, key="stage",
                help="Limits begin anew wherever this column changes",
            )  # fmt: skip
            kind = choose_kind(planned=False)
            options = choose_options()
        named = {"value": value, "subgroup": subgroup, "size": size, "stage": stage}
        chosen = {role: name for role, name in named.items() if name != _NONE}
        shown = charts.of_file(upload.name, content, str(kind), chosen, options, repr(options))
        show_chart(shown, "file")
        export_chart(shown, "file", options)
