"""Run lengths and budgets for the page: worked out once, kept, the long ones in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import streamlit as st

from dashboards import state
from dashboards.design_controls import AskedChart, AskedPlan
from dashboards.jobs import Job, jobs
from process_models.run_length.operating import OperatingCurve, operating_curve
from twin.alarm_budget import PlanBudget, SampleRate, plan_budget, sample_rates
from twin.settings import Settings
from twin.site import site_line

__all__ = ["QUANTILES", "budget_now", "curve_of", "proposal"]

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
_CURVE_SHIFTS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0)
_RATES_AGE_S = 600


@st.cache_resource(show_spinner="Working out run lengths", max_entries=64)
def curve_of(asked: AskedChart) -> OperatingCurve:
    """Run lengths of one chart over a range of shifts.

    Raises
    ------
    InputError
        When no limit gives the run length asked for.
    """
    return operating_curve(
        asked.scheme,
        _CURVE_SHIFTS,
        interval_h=asked.interval_h,
        subgroup=asked.subgroup,
        arl0=asked.arl0,
        quantiles=QUANTILES,
        conditions=asked.conditions,
    )


@st.cache_data(show_spinner="Reading how often each chart gets a point", ttl=_RATES_AGE_S)
def _rates(_home: str, _plan: str) -> dict[tuple[str, str], SampleRate]:
    line = site_line(Settings.from_environment())
    return sample_rates(state.plan(), store=state.store(), line=line)


def _known_rates() -> dict[tuple[str, str], SampleRate]:
    return _rates(Settings.from_environment().database_url, repr(state.plan()))


@st.cache_resource(show_spinner="Adding up the false alarms of the plan", max_entries=16)
def _budget(plan_key: str, rates_key: str, shifts: tuple[float, ...]) -> PlanBudget:  # noqa: ARG001
    return plan_budget(state.plan(), shifts, rates=_known_rates())


def budget_now(shifts: tuple[float, ...]) -> PlanBudget:
    """False alarms a week of the control plan as it is, and the delays that they buy.

    Raises
    ------
    InputError
        When no chart of the plan has run lengths.
    """
    return _budget(repr(state.plan()), repr(_known_rates()), shifts)


def proposal(asked: AskedPlan, *, start: bool) -> Job[PlanBudget] | None:
    """The newest job that looks for rules and limits within the budget; None before the first.

    Parameters
    ----------
    start : bool
        Begin one when there is none of this budget and of these shifts.
    """
    plan, rates = state.plan(), _known_rates()
    name = f"budget {asked.allowed:g} {asked.shifts} {hash((repr(plan), repr(rates)))}"
    found = jobs().get(name)
    if found is None and start:

        def work(_tell: Callable[[float], None]) -> Any:
            return plan_budget(plan, asked.shifts, rates=rates, allowed=asked.allowed)

        found = jobs().start(name, work)
    return cast("Job[PlanBudget] | None", found)
