"""Controls of a gauge study: where the data come from, and how it is worked out."""

from __future__ import annotations

from typing import Literal, cast

import streamlit as st

from dashboards.chart_file import header_of
from dashboards.gauge_data import DESIGNS, GaugeData, example, of_file
from process_models.gauge import GaugeOptions

__all__ = ["choose_data", "choose_design", "choose_options"]

_SOURCES = ("Example", "A file")


def choose_data(design: str) -> GaugeData | None:
    """The example, or a table brought along; None until there is one."""
    source = st.segmented_control(
        "Data", _SOURCES, default="Example", key="source", required=True, bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    if source == "Example":
        st.caption("A simulated study of the thickness gauge: 10 sheets, 3 operators, 3 times.")
        return example()
    upload = st.file_uploader("CSV or Parquet table, 64 MB at most", type=["csv", "parquet"])
    if upload is None:
        st.caption("One measurement a row, with its part and its operator. Nothing is stored.")
        return None
    content = upload.getvalue()
    columns = header_of(upload.name, content)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        part = _column("Part", columns, ("part", "sheet"), 0)
        operator = _column("Operator", columns, ("operator", "appraiser"), 1)
        value = _column("Measurement", columns, ("value", "y"), len(columns) - 1)
        others = [name for name in columns if name not in (part, operator, value)]
        factors = st.multiselect("Further factors", others) if design == "expanded" else []
    return of_file(upload.name, content, value, part, operator, tuple(factors))


def _column(label: str, columns: list[str], usual: tuple[str, ...], otherwise: int) -> str:
    known = next((i for i, name in enumerate(columns) if name.lower() in usual), None)
    index = min(otherwise, max(len(columns) - 1, 0)) if known is None else known
    return str(st.selectbox(label, columns, index=index, width=180))


def choose_design() -> str:
    """Crossed, nested or expanded."""
    return str(
        st.selectbox(
            "Design", DESIGNS, key="design", format_func=str.capitalize, width=150,
            bind="query-params",
            help="Crossed: every operator measures every part. Nested: operators measure parts of "
            "their own. Expanded: further factors, or unequal numbers.",
        )
    )  # fmt: skip


def choose_options() -> GaugeOptions:
    """Tolerance, interaction and confidence.

    Raises
    ------
    InputError
        When one is outside its range.
    """
    tolerance = st.number_input(
        "Tolerance (0 for none)", 0.0, None, 0.0, key="tolerance", width=170, bind="query-params"
    )
    interaction = st.selectbox(
        "Interaction", ("auto", "keep", "drop"), key="interaction", width=130,
        format_func={"auto": "By its p value", "keep": "Kept", "drop": "Dropped"}.__getitem__,
        bind="query-params",
    )  # fmt: skip
    confidence = st.selectbox(
        "Confidence", [0.9, 0.95, 0.99], index=1, key="confidence", width=130,
        format_func=lambda share: f"{share:.0%}", bind="query-params",
    )  # fmt: skip
    return GaugeOptions(
        tolerance=tolerance or None,
        interaction=cast('Literal["auto", "keep", "drop"]', interaction),
        confidence=confidence,
    )
