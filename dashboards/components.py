"""Parts of every page: its frame, its sentence, cards, figures, tables, empty states."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboards.access import current_user
from dashboards.formatting import csv_safe, plain
from dashboards.theme import PROVENANCE
from process_models.errors import LacssError

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

__all__ = [
    "Card",
    "answer",
    "cards",
    "draw",
    "empty",
    "guarded",
    "numbers",
    "page",
    "tag",
    "tags_of",
]

_LONG, _LONGER = 14, 20
_TOOLBAR = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "png", "filename": "lacss", "scale": 2},
}


@dataclass(frozen=True, slots=True)
class Card:
    """One figure of merit: its name, its value as text, where it comes from, what it means."""

    name: str
    value: str
    provenance: str = ""
    note: str = ""


@contextmanager
def guarded() -> Iterator[None]:
    """Show an error of ours as one line; the one place where the pages catch any."""
    try:
        yield
    except LacssError as error:
        st.error(plain(" ".join(str(error).split())), icon=":material/error:")


@contextmanager
def page(title: str, question: str) -> Iterator[None]:
    """Title of a page and the question that it answers, closed to whoever has not logged in."""
    with guarded():
        current_user()
        st.title(title, anchor=False, help=question)
        yield


def tag(provenance: str) -> str:
    """A small tag to stand beside a number, in Markdown."""
    colour = PROVENANCE.get(provenance, ("gray", ""))[0]
    return f":{colour}-badge[{plain(provenance)}]" if provenance else ""


def tags_of(provenance: str) -> list[str]:
    """The words of a joined provenance such as `measured+simulated`."""
    return [word for word in provenance.split("+") if word]


def answer(sentence: str, *provenance: str, stale: str = "") -> None:
    """The page's answer in one sentence, with its provenance, and a warning when data are old."""
    st.markdown(f"{sentence} {' '.join(tag(p) for p in provenance)}")
    if stale:
        st.warning(stale, icon=":material/schedule:")


def cards(rows: Sequence[Card]) -> None:
    """A row of small cards of one width that wraps on a narrow screen."""
    longest = max((len(card.value) for card in rows), default=0)
    size = "small" if longest <= _LONG else "wide" if longest <= _LONGER else "widest"
    with st.container(key=f"cards-{size}-{rows[0].name}"):
        for card in rows:
            st.metric(
                f"{card.name} {tag(card.provenance)}".rstrip(),
                card.value,
                border=True,
                help=card.note or None,
            )


def draw(figure: go.Figure, key: str) -> None:
    """Draw a figure as wide as there is room, its title as alternative text."""
    title = html.unescape(re.sub("<[^>]*>", " ", figure.layout.title.text or "Figure"))
    st.plotly_chart(figure, theme=None, key=key, config=_TOOLBAR, alt=title)


def numbers(
    table: pd.DataFrame | Callable[[], pd.DataFrame], name: str, *, label: str = "The numbers"
) -> None:
    """A table behind one click, to look at and to take along as CSV or Excel.

    Parameters
    ----------
    table : DataFrame or callable
        A long table is given as what makes it, and made only when somebody opens it.
    name : str
        Of the files; unique on the page.
    """
    if callable(table):
        expander = st.expander(
            label, icon=":material/table_rows:", on_change="rerun", key=f"{name}-open"
        )
        if expander.open:
            with expander:
                _table(table(), name)
        return
    with st.expander(f"{label} ({len(table):,} rows)", icon=":material/table_rows:"):
        _table(table, name)


def _table(table: pd.DataFrame, name: str) -> None:
    st.dataframe(table, hide_index=True)
    kinds = (("CSV", "csv", as_csv), ("Excel", "xlsx", as_excel))
    with st.container(horizontal=True):
        for label, suffix, written in kinds:
            st.download_button(
                label,
                partial(written, table),
                f"{name}.{suffix}",
                key=f"{name}-{suffix}",
                icon=":material/download:",
                on_click="ignore",
            )


def as_csv(table: pd.DataFrame) -> bytes:
    """The table as CSV whose cells no spreadsheet takes for formulas."""
    # With this end of line a lone CR inside a cell is quoted too, and begins no row of its own.
    return _harmless(table).to_csv(index=False, lineterminator="\r\n").encode()


def as_excel(table: pd.DataFrame) -> bytes:
    """The table as an Excel file; times without their zone, which Excel does not know."""
    import pandas as pd

    buffer = io.BytesIO()
    plain_times = _harmless(table)
    for name in plain_times.select_dtypes("datetimetz").columns:
        plain_times[name] = plain_times[name].dt.tz_convert("UTC").dt.tz_localize(None)
    options: Any = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs=options) as writer:
        plain_times.to_excel(writer, index=False, sheet_name="numbers")
    return buffer.getvalue()


def _harmless(table: pd.DataFrame) -> pd.DataFrame:
    from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

    copy = table.copy()
    for name in copy.columns:
        if not is_numeric_dtype(copy[name]) and not is_datetime64_any_dtype(copy[name]):
            copy[name] = copy[name].astype(object).map(csv_safe)
    return copy.rename(columns=csv_safe)


def empty(missing: str, hint: str, *links: tuple[str, str]) -> None:
    """What is missing, what to do about it, and the next step as a button."""
    with st.container(border=True):
        st.markdown(f"**{missing}**")
        st.caption(hint)
        with st.container(horizontal=True):
            for number, (view, label) in enumerate(links):
                if st.button(
                    label, type="primary" if number == 0 else "secondary", key=f"go-{view}"
                ):
                    st.switch_page(f"views/{view}.py")
