"""A chart on its page: the answer in a sentence, the panels, the signals, the numbers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.chart_signals import guard_line, show_signals
from dashboards.charts import ShownChart
from dashboards.components import answer, draw, numbers
from dashboards.figures import control_chart, statistic_name
from dashboards.figures.marks import unit_of
from dashboards.figures.notes import add_notes
from dashboards.figures.stages import add_stages
from dashboards.formatting import age, clock, plain
from dashboards.point_marks import note_texts, show_notes

__all__ = ["points_table", "sentence", "show_chart"]

_STALE_S = 24 * 3600.0
_QUIET_POINTS = 25  # as many without a signal before a chart is called in control again


def show_chart(shown: ShownChart, key: str) -> None:
    """Everything about one chart."""
    stored = shown.stored
    tags = stored.provenance.split("+") if stored else ["imported"]
    stale = ""
    if stored is not None and stored.age_s > _STALE_S:
        newest = clock(stored.times[-1], state.zone())
        stale = (
            f"Stale since {newest}: no reading for {age(stored.age_s)}, so it says nothing of now."
        )
    answer(sentence(shown), *tags, stale=stale)
    related = guard_line(shown.guard)
    if related:
        st.warning(related, icon=":material/timeline:")
    notes = note_texts(shown)
    planned = stored.planned if stored else None
    limits = (planned.lsl, planned.usl) if planned else (None, None)
    for panel in range(len(shown.result.panels)):
        figure = control_chart(
            shown.result, shown.labels, state.palette(), panel=panel, change=shown.change,
            specification=limits,
        )  # fmt: skip
        add_stages(figure, shown.result, state.palette())
        add_notes(figure, shown.result.panels[panel], notes, state.palette())
        draw(figure, f"{key}-{panel}")
    show_signals(shown)
    show_notes(shown)
    numbers(lambda: points_table(shown), f"{key}-points", label="The points")


def sentence(shown: ShownChart) -> str:
    """Is it in control, and if not, since when?"""
    result, times = shown.result, shown.labels.times
    n = f"{result.n:,} {'point' if result.n == 1 else 'points'}"
    limits = _limits_text(shown)
    if not result.signals:
        return f"**{plain(shown.labels.name)} is in control**: no signal on {n}; {limits}."
    points = sorted({signal.point for signal in result.signals})
    when = f" ({clock(times[points[-1] - 1], state.zone())})" if len(times) else ""
    name, quiet = plain(shown.labels.name), result.n - points[-1]
    last = f"the last signal was at point {points[-1]}{when}"
    if quiet == 0:
        start = _run_start(points)
        since = f"point {start}"
        if len(times):
            since = f"{clock(times[start - 1], state.zone())} (point {start})"
        state_text = f"**{name} is out of control since {since}**"
    elif quiet < _QUIET_POINTS:
        so_far = "1 point" if quiet == 1 else f"{quiet} points"
        state_text = f"**{name} signalled lately** and is quiet for {so_far}, {last}"
    else:
        state_text = f"**{name} is in control now**, {last}"
    return f"{state_text}; {len(points)} of {n} signal; {limits}."


def _limits_text(shown: ShownChart) -> str:
    version = shown.stored.limits_version if shown.stored else None
    if version is not None:
        return f"limits frozen, version {version}"
    stages = shown.result.extras.get("stages")
    if stages:
        return f"limits of their own for each of {len(stages)} stages"
    phase1 = shown.result.phase1 or shown.result.n
    return f"limits from the first {phase1:,} points, not frozen"


def _run_start(points: list[int]) -> int:
    start = points[-1]
    for point in reversed(points[:-1]):
        if point != start - 1:
            break
        start = point
    return start


def points_table(shown: ShownChart) -> pd.DataFrame:
    """Every point of every panel with its limits."""
    result, labels = shown.result, shown.labels
    table = pd.DataFrame({"Point": range(1, result.n + 1)})
    if len(labels.times):
        table["When (UTC)"] = pd.Series(list(labels.times))
        table["Lot"] = list(labels.lots)
    for panel in result.panels:
        unit = unit_of(panel, labels)
        named = statistic_name(panel.statistic, result.chart)
        table[f"{named}, {unit}" if unit else named] = panel.points
        for name, level in (("LCL", panel.lcl), ("CL", panel.centre_line), ("UCL", panel.ucl)):
            if level is not None:
                table[f"{named} {name}"] = level
    return table
