"""Forecast: which lots will be good, when, how sure?"""

from __future__ import annotations

import streamlit as st

from dashboards import state
from dashboards.components import empty, guarded, page
from dashboards.forecast_job import judged, newest, start
from dashboards.forecast_judged import show_judged
from dashboards.forecast_result import show_forecast
from dashboards.formatting import age

__all__ = ["main"]

_HORIZONS = {"Shift (8 h)": 8, "Day": 24, "Week": 168}


def _controls() -> tuple[float, float]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        horizon = st.selectbox(
            "Ahead", list(_HORIZONS), index=2, key="ahead", width=150, bind="query-params"
        )
        level = st.selectbox(
            "Interval", [0.5, 0.8, 0.9, 0.95], index=2, key="level", width=110,
            format_func=lambda share: f"{share:.0%}", bind="query-params",
        )  # fmt: skip
        again = st.button("Forecast again", icon=":material/refresh:")
    if again:
        start(_HORIZONS[horizon], level)
    return _HORIZONS[horizon], level


@st.fragment(run_every=2)
def _result(horizon_h: float, level: float) -> None:
    with guarded():
        job = newest(horizon_h, level) or start(horizon_h, level)
        if job.running:
            st.progress(job.share, "Playing the line's futures from its present state")
            st.caption("You may leave this page: the forecast goes on and is here when you return.")
            return
        if job.error is not None:
            raise job.error
        if job.result is not None and job.ended_at is not None:
            since = age((state.now() - job.ended_at).total_seconds())
            show_forecast(job.result, since)
            verdict = judged(job.result)
            if verdict.result is not None:
                show_judged(verdict.result)
            elif verdict.running:
                st.caption("Comparing earlier forecasts with what happened.")


def main() -> None:
    """Start a forecast when there is none, show the newest one and how old it is."""
    with page("Forecast", "Which lots will be good, when, how sure?"):
        if not state.store().counts()["events"]:
            empty(
                "No event of the line is stored, so there is no state to forecast from.",
                "Import a file of events, or start the reference plant with `lacss run`.",
                ("data", "Import a file"),
            )
            return
        _result(*_controls())


if __name__ == "__main__":
    main()
