"""Controls that choose a chart; the URL holds what is chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboards import state
from dashboards.formatting import label, words
from process_models.capability import DISTRIBUTIONS
from process_models.errors import InputError
from process_models.spc import CHARTS, RULE_SETS, ChartOptions
from twin.store.store import StoredSeries

__all__ = [
    "AS_PLANNED",
    "choose_distribution",
    "choose_kind",
    "choose_options",
    "choose_period",
    "choose_series",
    "series_name",
]

AS_PLANNED = "as planned"
_PERIODS = {"All": None, "Quarter": "quarter", "Month": "month", "Week": "week", "Day": "day"}
_MANY = 20_000
_MULTIVARIATE = {"t2", "t2_individuals", "generalized_variance", "mewma", "mcusum", "pca"}


def series_name(characteristic: str, station: str) -> str:
    """A characteristic at its station in words; the address of a page holds these.

    Examples
    --------
    >>> series_name("thickness_um", "roll")
    'Thickness, roll'
    """
    return f"{label(characteristic)}, {words(station).lower()}"


def choose_series(stored: Sequence[StoredSeries]) -> StoredSeries:
    """A stored characteristic, those of the control plan first, in the order of the plan."""
    planned = [(p.name, p.station) for p in state.plan().characteristics]
    by_key = {f"{s.characteristic}@{s.station}": s for s in stored}

    def rank(key: str) -> tuple[int, str]:
        pair = (by_key[key].characteristic, by_key[key].station)
        return (planned.index(pair) if pair in planned else len(planned), key)

    keys = sorted(by_key, key=rank)
    names = {key: series_name(s.characteristic, s.station) for key, s in by_key.items()}
    shared = {name for name, count in Counter(names.values()).items() if count > 1}

    def name(key: str) -> str:
        return f"{names[key]} ({key})" if names[key] in shared else names[key]

    usual = next((i for i, key in enumerate(keys) if key == "thickness_um@roll"), 0)
    chosen = st.selectbox(
        "Characteristic", keys, index=usual, format_func=name, key="characteristic",
        bind="query-params", width=260,
    )  # fmt: skip
    return by_key[chosen]


def choose_period(series: StoredSeries) -> datetime | None:
    """Start of the chosen period, which ends with the newest reading; None for all."""
    usual = "All" if series.n <= _MANY else "Month"
    chosen = st.selectbox(
        "Period", list(_PERIODS), index=list(_PERIODS).index(usual), key="period",
        bind="query-params", width=130,
    )  # fmt: skip
    return state.since(_PERIODS[chosen], series.last_measured_at)


def choose_distribution() -> str:
    """The distribution that a capability study is judged by; `auto` takes the best one."""
    names = {"auto": "The best one", "johnson": "Johnson", "boxcox": "Box-Cox"}
    return str(
        st.selectbox(
            "Distribution", DISTRIBUTIONS, key="distribution", width=170, bind="query-params",
            format_func=lambda name: names.get(name, name.capitalize()),
        )
    )  # fmt: skip


def choose_kind(*, planned: bool) -> str | None:
    """Kind of chart; None for the one of the control plan."""
    kinds = [kind for kind in CHARTS if kind not in _MULTIVARIATE]
    chosen = st.selectbox(
        "Chart", [AS_PLANNED, *kinds] if planned else kinds, key="chart", width=170,
        bind="query-params",
        format_func=lambda kind: kind.replace("_", "-").upper() if kind in CHARTS else "As planned",
    )  # fmt: skip
    return None if chosen == AS_PLANNED else str(chosen)


def choose_options() -> ChartOptions:
    """Rules, Phase I and parameters of a chart that is not the plan's.

    Raises
    ------
    InputError
        When the points to leave out are not numbers.
    """
    with st.popover("Chart settings", icon=":material/tune:", key="settings"):
        rules = st.multiselect(
            "Rules", ["beyond_limits", *RULE_SETS], default=["beyond_limits"], format_func=words,
            key="rules", bind="query-params",
        )  # fmt: skip
        first = st.number_input(
            "Phase I: first points (0 for all)", 0, None, 0, key="phase1", bind="query-params"
        )
        left_out = st.text_input(
            "Left out of the limits", placeholder="15, 23", key="exclude", bind="query-params"
        )
        nsigma = st.number_input(
            "Width of the limits, sigma", 0.5, 6.0, 3.0, 0.1, key="nsigma", bind="query-params"
        )
        lam = st.number_input(
            "Weight of an EWMA", 0.01, 1.0, 0.2, 0.05, key="lambda", bind="query-params"
        )
        h = st.number_input(
            "Decision interval of a CUSUM, sigma", 0.5, 20.0, 5.0, 0.5, key="h",
            bind="query-params",
        )  # fmt: skip
    return ChartOptions(
        rules=tuple(rules) or ("beyond_limits",),
        phase1=int(first) or None,
        exclude=_points(left_out),
        nsigma=nsigma,
        lam=lam,
        h=h,
    )


def _points(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in parts:
        if not part.isdecimal():
            raise InputError(f"points to leave out must be numbers as in 15, 23, got {part!r}")
    return tuple(int(part) for part in parts)
