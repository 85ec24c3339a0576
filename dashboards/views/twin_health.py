"""Twin health: may I trust the twin today?"""

from __future__ import annotations

import streamlit as st

from dashboards import state
from dashboards.access import refusal
from dashboards.components import empty, guarded, page
from dashboards.health_job import looked_at, proposed
from dashboards.health_result import show_health, show_proposal
from twin.calibration.proposals import proposals

__all__ = ["main"]


@st.fragment(run_every=2)
def _health() -> None:
    with guarded():
        job = looked_at()
        if job.running:
            st.caption("Comparing what the twin predicted with what happened.")
            return
        if job.error is not None:
            raise job.error
        if job.result is not None:
            show_health(job.result)


def _calibrations() -> None:
    st.subheader("Calibration", anchor=False)
    why = refusal("model.change")
    if st.button(
        "Propose a re-calibration", icon=":material/tune:", disabled=why is not None, help=why
    ):
        job = proposed()
        with st.spinner("Fitting service, failure and repair times to the line's events"):
            job.wait()
        if job.error is not None:
            raise job.error
    waiting = [one for one in proposals(state.store()) if one.state == "proposed"]
    for one in reversed(waiting):
        show_proposal(one)
    if not waiting:
        st.caption("No calibration waits for approval.")


def main() -> None:
    """The verdict with its charts, and the calibrations to be approved."""
    with page("Twin health", "May I trust the twin today?"):
        if not state.store().counts()["events"]:
            empty(
                "No event of the line is stored, so there is nothing to hold the twin against.",
                "Import a file of events, or start the reference plant with `lacss run`.",
                ("data", "Import a file"),
            )
            return
        _health()
        _calibrations()


if __name__ == "__main__":
    main()
