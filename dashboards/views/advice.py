"""Advice: what to set for the next lot, and should it be followed?"""

from __future__ import annotations

import streamlit as st

from dashboards import state
from dashboards.advice_job import newest, start
from dashboards.advice_result import show_advice, show_proposals
from dashboards.components import empty, guarded, page

__all__ = ["main"]


@st.fragment(run_every=1)
def _running() -> None:
    job = newest()
    if job is None or not job.running:
        st.rerun()
    st.progress(job.share, "Following the levels of the last lots and trying moves")


def _result() -> None:
    job = newest() or start()
    if job.running:
        _running()
    elif job.error is not None:
        raise job.error
    elif job.result is not None and job.ended_at is not None:
        show_advice(job.result, (state.now() - job.ended_at).total_seconds())


def main() -> None:
    """Work out the advice when there is none, show it, and what engineers decided."""
    with page("Advice", "What to set for the next lot, and should it be followed?"):
        if not state.store().counts()["measurements"]:
            empty(
                "No measurement is stored, so there is no level to hold.",
                "Import a file of measurements, or start the reference plant with `lacss run`.",
                ("data", "Import a file"),
            )
            return
        if st.button("Advise again", icon=":material/refresh:"):
            start()
        with guarded():
            _result()
        with guarded():
            show_proposals()


if __name__ == "__main__":
    main()
