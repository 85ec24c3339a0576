"""About: which installation is this, and what do the tags mean?"""

from __future__ import annotations

from importlib import metadata

import streamlit as st

from dashboards import models, state
from dashboards.access import current_user
from dashboards.components import answer, page, tag
from dashboards.formatting import plain
from dashboards.theme import PROVENANCE, STATES
from twin.settings import Settings
from twin.store import sqlite_warning

__all__ = ["main"]


def main() -> None:
    """Versions, where data are kept, and the legend of tags and states."""
    with page("About", "Which installation is this, and what do the tags mean?"):
        settings, model = Settings.from_environment(), models.quality()
        version = metadata.version("lacss-twin")
        answer(f"LACSS Twin **{version}**, control plan **{plain(state.plan().name)}**.")
        for warning in filter(None, [sqlite_warning()]):
            st.warning(plain(warning), icon=":material/warning:")
        fitted = "not fitted" if model is None else (
            f"fitted on {model.record.evidence_rows} rows of evidence, "
            f"largest R-hat {model.record.r_hat_max:.3f}"
        )  # fmt: skip
        st.table(
            {
                "Home": plain(str(settings.home)),
                "Database": plain(settings.database_url.split("@")[-1]),
                "Quality model": fitted,
                "You are": plain(f"{current_user().name}, known by {current_user().known_by}"),
            }
        )
        numbers_mean, states_mean = st.columns(2)
        with numbers_mean:
            st.subheader("What a number is", anchor=False)
            for word, (_, meaning) in PROVENANCE.items():
                st.markdown(f"{tag(word)} {meaning}")
        with states_mean:
            st.subheader("What a station does", anchor=False)
            for style in STATES.values():
                st.badge(f"{style.letter} · {style.label}", color=style.badge)


if __name__ == "__main__":
    main()
