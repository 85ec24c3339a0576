"""The signals of a chart: which rule, since when the process had changed, and how sure that is."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.charts import ShownChart
from dashboards.figures import statistic_name
from dashboards.formatting import clock, number
from process_models.autocorrelation import Guard
from process_models.spc import ChangePoint
from twin.reporting.rule_words import rule_meaning, rule_name

__all__ = ["began", "guard_line", "show_signals", "signals_table"]


def signals_table(shown: ShownChart) -> pd.DataFrame:
    """Signals, the newest first, with rule, time, lot, value and since when."""
    labels, panels = shown.labels, {p.statistic: p for p in shown.result.panels}
    rules: dict[tuple[int, str], list[str]] = {}
    since: dict[tuple[int, str], ChangePoint | None] = {}
    dated = zip(shown.result.signals, shown.result.since(), strict=True)
    for signal, change in sorted(dated, key=lambda pair: -pair[0].point):
        rules.setdefault((signal.point, signal.panel), []).append(signal.rule)
        since.setdefault((signal.point, signal.panel), change)
    rows = [
        {
            "Point": point,
            "When": labels.times[point - 1] if len(labels.times) else None,
            "Lot": labels.lots[point - 1] if len(labels.lots) else "",
            "Panel": statistic_name(panel, shown.result.chart),
            "Value": float(panels[panel].points[point - 1]),
            "Rules": ", ".join(rule_name(rule) for rule in broken),
            "Since": _since(since[point, panel], shown),
            "Meaning": "; ".join(rule_meaning(rule) for rule in broken),
        }
        for (point, panel), broken in rules.items()
    ]
    return pd.DataFrame(rows)


def _since(change: ChangePoint | None, shown: ShownChart) -> str:
    if change is None:
        return "–"
    between = f" ({change.low} to {change.high})" if change.low < change.high else ""
    text = f"point {change.point}{between}"
    if not len(shown.labels.times):
        return text
    return f"{clock(shown.labels.times[change.point - 1], state.zone())}, {text}"


def show_signals(shown: ShownChart) -> None:
    """The signals as a table, when there are any."""
    table = signals_table(shown)
    if table.empty:
        return
    st.subheader("Signals", anchor=False)
    said = began(shown)
    if said:
        st.caption(said)
    st.dataframe(
        table, hide_index=True, height=min(320, 38 + 35 * len(table)),
        column_config={
            "When": st.column_config.DatetimeColumn(format="D MMM HH:mm:ss"),
            "Value": st.column_config.NumberColumn(format="%.5g"),
            "Since": st.column_config.TextColumn(
                help="When the change most likely began, and the points that it lies between"
            ),
        },
    )  # fmt: skip


def began(shown: ShownChart) -> str:
    """When the change began that the newest signal has found; empty where that cannot be said."""
    if shown.change is None or shown.began is None:
        return ""
    first, last = shown.change
    at = ""
    if len(shown.labels.times):
        at = f" at {clock(shown.labels.times[shown.began - 1], state.zone())}"
    between = f", between points {first} and {last}" if first < last else ""
    return (
        f"The change behind the newest signal most likely began{at} with point {shown.began}"
        f"{between}: the light band."
    )


def guard_line(found: Guard | None) -> str:
    """What related neighbours do to these limits; empty where they are not related."""
    if found is None or not found.significant:
        return ""
    related = f"Neighbouring points are related (autocorrelation {number(found.phi, 2)})"
    if found.true_arl is None or found.promised_arl is None:
        return f"{related}: these limits do not keep what they promise."
    return (
        f"{related}: this chart would signal falsely every {number(found.true_arl)} points, not "
        f"every {number(found.promised_arl)}. Chart the residuals (AR-RESIDUAL) instead."
    )
