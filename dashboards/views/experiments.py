"""Experiments: which line, buffer, shift plan is better?"""

from __future__ import annotations

import streamlit as st

from dashboards.components import guarded, page
from dashboards.experiment_controls import choose
from dashboards.experiment_job import Asked, newest, source, start
from dashboards.experiment_result import show_comparison, show_sweep
from twin.experiments.sweep import Sweep

__all__ = ["main"]


def _nothing_yet(asked: Asked) -> None:
    with st.container(border=True):
        st.markdown("**This experiment has not been run yet.**")
        st.caption(
            "It runs the line as it is and with every change, with the same random numbers, "
            "and says what the changes do. Nothing is changed on the line."
        )
        if st.button("Run", type="primary", icon=":material/play_arrow:", key="run"):
            with guarded():
                start(asked)
                st.rerun()


@st.fragment(run_every=1)
def _running(asked: Asked) -> None:
    job = newest(asked)
    if job is None or not job.running:
        st.rerun()
    st.progress(job.share, "Running the line as it is and with every change")
    st.caption("You may leave this page: the experiment goes on and is here when you return.")


def _result(asked: Asked) -> None:
    job = newest(asked)
    if job is None:
        _nothing_yet(asked)
    elif job.running:
        _running(asked)
    elif job.error is not None:
        raise job.error
    elif isinstance(job.result, Sweep):
        show_sweep(job.result)
    elif job.result is not None:
        show_comparison(job.result, asked.figure)


def main() -> None:
    """Choose changes to the line, run them, see what they do."""
    with page("Experiments", "Which line, buffer, shift plan is better?"):
        controls, results = st.columns([1, 2.4], gap="medium")
        with controls:
            asked = choose(source())
        with results, guarded():
            _result(asked)


if __name__ == "__main__":
    main()
