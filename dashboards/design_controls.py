"""Controls of the page that designs charts; the address holds what is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboards.formatting import rule_meaning, rule_name
from process_models.run_length import Conditions, Scheme

__all__ = ["AskedChart", "AskedPlan", "choose_budget", "choose_chart"]

_CHARTS = {
    "rules": "Shewhart with rules",
    "cusum": "CUSUM",
    "ewma": "EWMA",
    "t2": "T²",
    "mewma": "MEWMA",
}
_RULES = (
    "beyond_limits", "nelson_2", "nelson_3", "nelson_4", "nelson_5", "nelson_6", "nelson_7",
    "nelson_8", "we_2", "we_3", "we_4",
)  # fmt: skip
_LIMITS = {
    "rules": ("Width of the limits, sigma", "nsigma", 0.5, 6.0, 3.0),
    "cusum": ("Decision interval h, sigma", "h", 0.5, 20.0, 5.0),
    "ewma": ("Width of the limits L", "width", 0.5, 6.0, 3.0),
    "t2": ("Limit of T²", "h", 1.0, 60.0, 11.83),
    "mewma": ("Limit h", "h", 1.0, 60.0, 10.0),
}
_SHIFTS = (0.5, 1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True)
class AskedChart:
    """One chart as it is asked about; with `arl0` its limit is to be found."""

    scheme: Scheme
    interval_h: float
    subgroup: int
    arl0: float | None
    conditions: Conditions


@dataclass(frozen=True)
class AskedPlan:
    """What the team can answer, and the shifts that matter, in sigma of single readings."""

    allowed: float
    shifts: tuple[float, ...]


def choose_budget() -> tuple[AskedPlan, bool]:
    """The budget of false alarms, the shifts whose delay counts, and whether to propose."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        allowed = st.number_input(
            "The team can answer, false alarms a week", 0.1, 1000.0, 5.0, 0.5, key="budget",
            width=300, bind="query-params",
        )  # fmt: skip
        shifts = st.multiselect(
            "Shifts that matter, sigma", _SHIFTS, default=[1.0, 2.0], key="shifts", width=320,
            format_func="{:g}".format,
        )  # fmt: skip
        propose = st.button(
            "Propose rules and limits", icon=":material/auto_awesome:", key="propose",
            help="The rules and limits with the shortest delay that keep within the budget",
        )  # fmt: skip
    return AskedPlan(allowed, tuple(sorted(shifts)) or (1.0,)), propose


def choose_chart() -> AskedChart:
    """Kind, rules, limit or the run length asked for, and how often there is a point.

    Raises
    ------
    InputError
        When a value is outside its range.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox(
            "Chart", list(_CHARTS), format_func=_CHARTS.__getitem__, key="kind", width=200,
            bind="query-params",
        )  # fmt: skip
        given = {**_parameters(kind), **_limit(kind)}
        arl0 = given.pop("arl0", None)
        minutes = st.number_input(
            "A point every, minutes", 0.1, 100_000.0, 12.0, 1.0, key="interval", width=180,
            bind="query-params",
        )  # fmt: skip
        subgroup, more, conditions = _further(kind)
    scheme = Scheme(chart=kind, **given, **more)
    return AskedChart(scheme, minutes / 60.0, subgroup, arl0, conditions)


def _parameters(kind: str) -> dict[str, Any]:
    """What a chart has besides its limit."""
    given: dict[str, Any] = {}
    if kind == "rules":
        chosen = st.multiselect(
            "Rules", _RULES, default=["beyond_limits"], format_func=_rule, key="rules", width=330
        )
        given["rules"] = tuple(chosen) or ("beyond_limits",)
    if kind == "cusum":
        given["k"] = st.number_input("Reference value k, sigma", 0.0, 3.0, 0.5, 0.05, key="k",
                                     width=190)  # fmt: skip
    if kind in ("ewma", "mewma"):
        given["lam"] = st.number_input("Weight lambda", 0.01, 1.0, 0.2, 0.05, key="lambda",
                                       width=150)  # fmt: skip
    if kind in ("t2", "mewma"):
        variables = st.number_input("Variables", 1, 50, 2, key="variables", width=130)
        given["variables"] = int(variables)
    return given


def _limit(kind: str) -> dict[str, float]:
    """The limit, or the run length that it is to give."""
    wanted = st.selectbox(
        "Given", ("The limit", "The ARL in control"), key="given", width=190, bind="query-params"
    )
    if wanted == "The limit":
        label, name, low, high, usual = _LIMITS[kind]
        return {name: st.number_input(label, low, high, usual, 0.1, key=f"limit-{kind}", width=220)}
    arl0 = st.number_input(
        "ARL in control, points", 5.0, 1e6, 370.0, 10.0, key="arl0", width=200, bind="query-params"
    )
    return {"arl0": arl0}


def _further(kind: str) -> tuple[int, dict[str, Any], Conditions]:
    with st.popover("Further", icon=":material/tune:", key="further"):
        size = st.number_input("Readings in a point", 1, 100, 1, key="subgroup")
        behind = st.number_input(
            "Limits estimated from so many points (0: known)", 0, 100_000, 0, key="estimated"
        )
        phi = st.number_input(
            "Autocorrelation of neighbouring points", -0.9, 0.9, 0.0, 0.05, key="phi"
        )
        more: dict[str, Any] = {}
        if kind == "rules":
            more["moving_range"] = st.checkbox("The moving range signals too", key="moving-range")
        if kind in ("rules", "cusum", "ewma"):
            more["one_sided"] = st.checkbox("High values only", key="one-sided")
    return int(size), more, Conditions(phi=phi, estimated_from=int(behind) or None)


def _rule(rule: str) -> str:
    return f"{rule_name(rule)}: {rule_meaning(rule)}"
