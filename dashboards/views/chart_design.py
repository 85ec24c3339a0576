"""Chart design: how many false alarms do our rules buy, and how fast are they?"""

from __future__ import annotations

import streamlit as st

from dashboards.budget_result import show_budget
from dashboards.components import guarded, page
from dashboards.design_controls import AskedPlan, choose_budget, choose_chart
from dashboards.design_result import show_curve
from dashboards.run_lengths import budget_now, curve_of, proposal

__all__ = ["main"]

_PARTS = ("The control plan", "One chart")


@st.fragment(run_every=2)
def _wait(asked: AskedPlan) -> None:
    job = proposal(asked, start=False)
    if job is not None and not job.running:
        st.rerun()
    st.info(
        "Looking for the rules and limits with the shortest delay. You may leave this page: the "
        "search goes on and is here when you return.", icon=":material/hourglass_top:",
    )  # fmt: skip


def _plan() -> None:
    asked, propose = choose_budget()
    with guarded():
        now = budget_now(asked.shifts)
        job = proposal(asked, start=propose)
        done = job is not None and not job.running
        show_budget(now, job.result if job is not None and done else None, asked)
        if job is not None and job.error is not None:
            raise job.error
    if job is not None and not done:
        _wait(asked)


def main() -> None:
    """The false-alarm budget of the plan, or the run lengths of one chart."""
    with page("Chart design", "How many false alarms do our rules buy, and how fast are they?"):
        part = st.segmented_control(
            "About", _PARTS, default=_PARTS[0], key="part", required=True, bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        if part == _PARTS[0]:
            _plan()
        else:
            show_curve(curve_of(choose_chart()))


if __name__ == "__main__":
    main()
