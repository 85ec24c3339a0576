"""The false-alarm budget of the control plan on the page: the answer, each chart, a better plan."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.components import answer, draw, numbers
from dashboards.design_controls import AskedPlan
from dashboards.design_result import hours
from dashboards.figures.run_length import CostOfChart, delay_changes, false_alarm_bars
from dashboards.formatting import label, number, plain, rule_name, words
from process_models.run_length import AssessedChart, limit_name
from twin.alarm_budget import PlanBudget

__all__ = ["budget_table", "costs_of", "proposal_sentence", "sentence", "show_budget"]

_LIMITS = {"nsigma": "{} sigma", "width": "L {}", "h": "h {}"}
_FORMATS = {"Points a week": "%.4g", "ARL in control": "%.4g"}


def show_budget(now: PlanBudget, better: PlanBudget | None, asked: AskedPlan) -> None:
    """Everything about the plan's budget; `better` once rules and limits were proposed."""
    sources = {rate.source for rate in now.rates.values()}
    answer(sentence(now, asked.allowed), *(("prior",) if "assumed" in sources else ()))
    st.caption(_about(now))
    if better is not None:
        answer(proposal_sentence(now, better))
    costs = costs_of(now, better)
    alarms, delays = st.columns(2, gap="medium")
    with alarms:
        draw(false_alarm_bars(costs, state.palette()), "false-alarms")
    with delays:
        draw(delay_changes(costs, state.palette(), shift=asked.shifts[0]), "delays")
    table = budget_table(now, better)
    st.dataframe(table, hide_index=True, column_config=_columns(table))
    numbers(table, "false-alarm-budget", label="Take the table along")


def sentence(now: PlanBudget, allowed: float) -> str:
    """How many false alarms, and can the team answer them?"""
    week = now.now.false_alarms_per_week
    text = (
        f"**The plan is expected to raise {number(week)} false alarms a week; the team can answer "
        f"{allowed:g}.**"
    )
    costly = max(
        zip(now.keys, now.now.charts, strict=True), key=lambda pair: pair[1].false_alarms_per_week
    )
    name = plain(label(costly[0][0])).lower()
    return f"{text} The most, {number(costly[1].false_alarms_per_week)}, come from {name}."


def proposal_sentence(now: PlanBudget, better: PlanBudget) -> str:
    """What the proposed rules and limits change."""
    made = better.proposal
    if made is None:
        return ""
    before, after = (budget.mean_delay_h for budget in (now.now, made))
    changed = sum(
        a.chart.scheme != b.chart.scheme for a, b in zip(now.now.charts, made.charts, strict=True)
    )
    return (
        f"**Proposed: {number(made.false_alarms_per_week)} false alarms a week** with other rules "
        f"or limits on {changed} of {len(made.charts)} charts. The shifts that matter are then "
        f"seen after {hours(after)} on average over the charts, now {hours(before)}."
    )


def _about(now: PlanBudget) -> str:
    assumed = sum(now.rates[key].source == "assumed" for key in now.keys)
    text = f"{len(now.keys)} charts of {plain(now.plan)}, all their panels counted."
    if assumed:
        text += (
            f" How often {assumed} of them get a point is assumed, since too little is stored; "
            "the others as stored."
        )
    for name, _, reason in now.skipped:
        text += f" {plain(label(name))} is not counted: {plain(reason)}."
    return text


def costs_of(now: PlanBudget, better: PlanBudget | None) -> list[CostOfChart]:
    """False alarms and the delay at the first shift, of each chart."""
    made = better.proposal if better is not None else None
    proposed = made.charts if made is not None else (None,) * len(now.keys)
    return [
        CostOfChart(
            name=_name(key, now),
            alarms=chart.false_alarms_per_week,
            delay_h=chart.delay_h[0],
            proposed_alarms=None if other is None else other.false_alarms_per_week,
            proposed_delay_h=None if other is None else other.delay_h[0],
        )
        for key, chart, other in zip(now.keys, now.now.charts, proposed, strict=True)
    ]


def _name(key: tuple[str, str], now: PlanBudget) -> str:
    several = sum(name == key[0] for name, _ in now.keys) > 1
    return f"{label(key[0])}, {words(key[1]).lower()}" if several else label(key[0])


def budget_table(now: PlanBudget, better: PlanBudget | None = None) -> pd.DataFrame:
    """Each chart with its rules, limit, false alarms and delays, now and as proposed."""
    made = better.proposal if better is not None else None
    proposed = made.charts if made is not None else (None,) * len(now.keys)
    rows = []
    for key, chart, other in zip(now.keys, now.now.charts, proposed, strict=True):
        rate = now.rates[key]
        row = {
            "Characteristic": label(key[0]),
            "Station": words(key[1]),
            "Chart": chart.chart.name.replace("_", "-").upper(),
            "Points a week": chart.chart.points_per_week,
            "Rate": rate.source,
            **_part(chart, now, ""),
        }
        rows.append(row if other is None else {**row, **_part(other, now, ", proposed")})
    return pd.DataFrame(rows)


def _part(chart: AssessedChart, now: PlanBudget, mark: str) -> dict[str, object]:
    scheme = chart.chart.scheme
    delays = zip(now.now.shifts, chart.delay_h, strict=True)
    return {
        f"Rules{mark}": ", ".join(rule_name(rule) for rule in scheme.rules),
        f"Limit{mark}": _LIMITS[limit_name(scheme)].format(number(chart.chart.limit)),
        f"ARL in control{mark}": chart.profile.arl0,
        f"False alarms a week{mark}": chart.false_alarms_per_week,
        **{f"Delay at {s.size:g} sigma, h{mark}": delay for s, delay in delays},
    }


def _columns(table: pd.DataFrame) -> dict[str, Any]:
    numeric = table.select_dtypes("number").columns
    return {
        name: st.column_config.NumberColumn(format=_FORMATS.get(name, "%.3g")) for name in numeric
    }
