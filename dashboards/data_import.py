"""An import from the page: checked first in a store that is thrown away, stored when told so."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.access import current_user, drawn
from dashboards.formatting import plain
from process_models.errors import InputError
from twin.settings import Settings
from twin.store import Store
from twin.store.importing import ImportReport, import_file
from twin.store.limited import read_limited

__all__ = ["check_file", "import_files", "store_file"]

_OFFSET = "times have an offset"


@contextmanager
def _on_disk(name: str, content: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name).name or "upload.csv")
        path.write_bytes(content)
        try:
            yield path
        except InputError as error:
            raise InputError(str(error).replace(f"{folder}/", "")) from error


@st.cache_data(show_spinner="Checking every row", max_entries=4)
def check_file(name: str, content: bytes, timezone: str | None) -> ImportReport:
    """What an import would do, tried in a store of its own that is thrown away.

    Raises
    ------
    InputError
        When the file cannot be imported at all.
    """
    with _on_disk(name, content) as path:
        home = path.parent / "trial"
        home.mkdir()
        with Store.open(Settings(home, f"sqlite:///{home / 'trial.db'}")) as trial:
            return import_file(trial, path, timezone=timezone, plan=state.plan(),
                               read=read_limited, trial=True)  # fmt: skip


def store_file(name: str, content: bytes, timezone: str | None, user: str) -> ImportReport:
    """Import a file into the store of this installation."""
    with _on_disk(name, content) as path:
        return import_file(state.store(), path, timezone=timezone, user=user, plan=state.plan(),
                           read=read_limited)  # fmt: skip


def import_files() -> None:
    """Upload, look at what would happen, store."""
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    upload = left.file_uploader(
        "Measurements or events: CSV, Parquet or Excel", type=["csv", "parquet", "xlsx"]
    )
    zones = [_OFFSET, "UTC", *sorted(available_timezones() - {"UTC"})]
    zone = right.selectbox("Time zone", zones, help="Of times that are written without an offset")
    if done := st.session_state.pop("imported", None):
        st.success(done, icon=":material/check:")
    if upload is None:
        return
    timezone = None if zone == _OFFSET else str(zone)
    content = upload.getvalue()
    report = check_file(upload.name, content, timezone)
    refused = report.quarantined
    st.markdown(
        f"**{plain(upload.name)}**: {report.accepted:,} rows can be stored, "
        f"{refused:,} would be set aside with their reason."
    )
    if report.quarantine:
        st.dataframe(pd.DataFrame(report.quarantine, columns=["Row", "Reason"]), hide_index=True)
    if st.button(
        f"Store {report.accepted:,} rows",
        type="primary",
        icon=":material/save:",
        **drawn("import.measurements"),
    ):
        done = store_file(upload.name, content, timezone, current_user().name)
        st.session_state["imported"] = _told(done)
        st.rerun()


def _told(done: ImportReport) -> str:
    parts = [f"{done.accepted:,} stored"]
    for count, what in (
        (done.duplicates, "were stored before"),
        (done.conflicts, "contradict what is stored and were kept aside"),
        (done.quarantined, "set aside"),
        (done.late, "came late"),
    ):
        if count:
            parts.append(f"{count:,} {what}")
    return ", ".join(parts) + "."
