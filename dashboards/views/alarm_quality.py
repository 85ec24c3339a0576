"""Alarm quality: do our alarms help, or do they drown each other?"""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from dashboards import alert_data, state
from dashboards.alarm_quality_result import headline_of, show_quality
from dashboards.components import answer, draw, empty, guarded, page
from dashboards.figures.alarms import alarms_over_time
from dashboards.state import PERIODS

__all__ = ["main"]


def main() -> None:
    """The period, the answer, cards, alarms over time and the kinds that come most."""
    with page("Alarm quality", "Do our alarms help, or do they drown each other?"):
        period = st.segmented_control(
            "Period", list(PERIODS), default="week", key="period", required=True,
            bind="query-params", label_visibility="collapsed", format_func=str.capitalize,
        )  # fmt: skip
        until = state.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        since = until - timedelta(days=PERIODS[str(period)])
        with guarded():
            raised = alert_data.raised_between(since, until)
            found = alert_data.quality_between(since, until)
            if not raised and not found.standing:
                empty(
                    "No alarm was raised in this period, and none stands.",
                    "Choose a longer period, or look whether data arrive.",
                    ("data", "Data and sources"),
                )
                return
            answer(headline_of(found))
            times = [(alert.raised_at, alert.severity) for alert in raised]
            figure = alarms_over_time(times, since, until, state.zone(), state.palette())
            draw(figure, "alarms-over-time")
            show_quality(found)


if __name__ == "__main__":
    main()
