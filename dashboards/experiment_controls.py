"""Controls of the page of experiments; the address holds the question."""

from __future__ import annotations

from typing import cast

import streamlit as st

from dashboards.experiment_job import Asked
from dashboards.experiment_words import FIGURES, figure_label
from twin.experiments.scenario import LineSource, Scenario
from twin.experiments.sweep import DESIGNS
from twin.line import LineModel
from twin.recipe import reference_recipes

__all__ = ["choose"]

_LOOK = ("Scenarios", "Sweep")
_DESIGNS = {"One at a time": DESIGNS[0], "All together": DESIGNS[1]}
_KINDS = ("Servers", "Buffer", "Speed", "Maintenance", "Recipe")
_SCENARIOS, _FACTORS = "scenarios", "factors"


def choose(source: LineSource) -> Asked:
    """What is asked: scenarios or factors, how long, how often, by which figure."""
    line = source.line(Scenario("as it is"))
    look = st.segmented_control(
        "Look at", _LOOK, default=_LOOK[0], key="look", required=True, bind="query-params"
    )
    sweeping = look == _LOOK[1]
    if sweeping:
        design = _DESIGNS[
            st.selectbox("Factors change", list(_DESIGNS), key="design", bind="query-params")
        ]
        text = st.text_area(
            "Factors, one a line", _first_factors(line), key=_FACTORS, bind="query-params",
            help="KEY=VALUE,VALUE as in roll.servers=1,2; `none` takes the key out.",
        )  # fmt: skip
    else:
        design = ""
        _offer_change(line)
        text = st.text_area(
            "Scenarios, one a line", _first_scenarios(line), key=_SCENARIOS, bind="query-params",
            help="NAME: KEY=VALUE, KEY=VALUE with the keys of the line file; `none` takes one out.",
        )  # fmt: skip
    figure = st.selectbox(
        "Figure", list(FIGURES), key="figure", format_func=figure_label, bind="query-params"
    )
    left, right = st.columns(2)
    days = left.number_input("Days", 0.5, 366.0, 7.0, 0.5, key="days", bind="query-params")
    often = right.number_input(
        "Replications", 2, 10_000, 40, 10, key="replications", bind="query-params",
        help="Runs of every line, paired by their random numbers",
    )  # fmt: skip
    return Asked(text or "", design, figure, 24 * float(days), int(often), 0)


def _offer_change(line: LineModel) -> None:
    """A form that adds a scenario in a click."""
    with st.popover("Add a change", icon=":material/add:"):
        kind = st.selectbox("What changes", _KINDS, key="kind")
        stations = [station.name for station in line.path]
        if kind == "Recipe":
            recipe = st.selectbox("Recipe", list(reference_recipes()), key="other-recipe")
            text = f'{recipe} instead: recipe="{recipe}"'
        else:
            station = st.selectbox("Station", stations, key="station")
            text = _change(line, kind, station)
        st.code(text, language=None, wrap_lines=True)
        st.button("Add", type="primary", on_click=_add, args=(text,), key="add-change")


def _change(line: LineModel, kind: str, station: str) -> str:
    now = line.stations[line.index(station)]
    if kind == "Servers":
        servers = st.number_input("Servers", 1, 1000, now.servers + 1, key="servers")
        return f"{servers} at {station}: {station}.servers={servers}"
    if kind == "Buffer":
        places = st.number_input("Waiting places", 0, 10_000, (now.buffer or 0) + 4, key="places")
        return f"{places} places before {station}: {station}.buffer={places}"
    if kind == "Speed":
        factor = st.number_input("Service time times", 0.05, 20.0, 0.9, 0.05, key="factor")
        return f"{station} at {factor:g} of its time: {station}.service_factor={factor:g}"
    lots = st.number_input("Maintenance every so many lots", 1, 100_000, 100, key="every")
    minutes = st.number_input("It takes, minutes", 0.0, 10_000.0, 20.0, key="minutes")
    job = f"{{every_lots={lots}, duration_s={minutes * 60:g}}}"
    return f"Maintenance of {station} every {lots}: {station}.maintenance.extra={job}"


def _add(text: str) -> None:
    now = cast("str", st.session_state.get(_SCENARIOS) or "")
    st.session_state[_SCENARIOS] = f"{now.rstrip()}\n{text}".strip()


def _slowest(line: LineModel) -> str:
    return max(line.path, key=lambda one: one.service_s.mean_s / one.servers / one.batch).name


def _first_scenarios(line: LineModel) -> str:
    name = _slowest(line)
    now = line.stations[line.index(name)]
    places = (now.buffer or 0) + 4
    return (
        f"One more at {name}: {name}.servers={now.servers + 1}\n"
        f"{places} places before {name}: {name}.buffer={places}"
    )


def _first_factors(line: LineModel) -> str:
    name = _slowest(line)
    now = line.stations[line.index(name)]
    places = now.buffer or 0
    return (
        f"{name}.servers={now.servers},{now.servers + 1}\n"
        f"{name}.buffer={places},{places + 4}\n{name}.service_factor=0.9,1.1"
    )
