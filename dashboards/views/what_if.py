"""What-if: what changes if we change this, from now?"""

from __future__ import annotations

import streamlit as st

from dashboards import line_now, state
from dashboards.components import empty, guarded, page
from dashboards.what_if_controls import choose
from dashboards.what_if_job import Question, newest, start
from dashboards.what_if_result import show_what_if
from twin.settings import Settings
from twin.site import site_line

__all__ = ["main"]


def _nothing_yet(question: Question) -> None:
    with st.container(border=True):
        st.markdown("**This has not been played yet.**")
        st.caption(
            "The line is run on from its state now, as it is and with the change, with the same "
            "chances. Nothing is changed on the line."
        )
        if st.button("Compare", type="primary", icon=":material/play_arrow:", key="compare"):
            with guarded():
                start(question)
                st.rerun()


@st.fragment(run_every=1)
def _running(question: Question) -> None:
    job = newest(question)
    if job is None or not job.running:
        st.rerun()
    st.progress(job.share, "Playing the line's futures twice, as it is and with the change")
    st.caption("You may leave this page: the comparison is here when you return.")


def _result(question: Question) -> None:
    job = newest(question)
    if job is None:
        _nothing_yet(question)
    elif job.running:
        _running(question)
    elif job.error is not None:
        raise job.error
    elif job.result is not None and job.ended_at is not None:
        show_what_if(job.result, (state.now() - job.ended_at).total_seconds())
        if st.button("Compare again, from now", icon=":material/refresh:", key="again"):
            start(question)
            st.rerun()


def main() -> None:
    """Choose a change, play it from the line's state, see what it does."""
    with page("What-if", "What changes if we change this, from now?"):
        if not state.store().counts()["events"]:
            empty(
                "No event of the line is stored, so there is no state to go on from.",
                "Import a file of events, or start the reference plant with `lacss run`.",
                ("data", "Import a file"),
            )
            return
        controls, results = st.columns([1, 2.4], gap="medium")
        with controls:
            as_of = line_now.last_known(state.now())
            question = choose(site_line(Settings.from_environment()), as_of)
        with results, guarded():
            _result(question)


if __name__ == "__main__":
    main()
