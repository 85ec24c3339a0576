"""The parts of the Line page that look back: shifts, what stations did, bottleneck, losses."""

from __future__ import annotations

import streamlit as st

from dashboards import line_past, state
from dashboards.components import draw, numbers
from dashboards.figures.gantt import gantt_figure
from dashboards.figures.line_bottleneck import bottleneck_spans
from dashboards.figures.line_losses import loss_steps
from dashboards.figures.shifts import SHIFT_FIGURES, oee_by_shift, shift_values
from dashboards.formatting import words
from dashboards.line_past import PERIODS, LinePast

__all__ = ["show_past"]

_ALL = "OEE and its factors"
_TARGETED = {"throughput_per_h", "oee"}


def show_past() -> None:
    """Everything that looks back over the chosen period."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="line-period"):
        period = st.segmented_control(
            "Period", list(PERIODS), default="Day", key="back", required=True, bind="query-params"
        )
        target = st.number_input(
            "Target of OEE, %", 1.0, 100.0, 85.0, 1.0, key="target", width=150, bind="query-params"
        )
    found = line_past.past(period or "Day")
    if found is None:
        return
    _gantt(found)
    _bottleneck(found)
    _losses(found)
    _shifts(found, target / 100)


def _gantt(found: LinePast) -> None:
    draw(
        gantt_figure(found.bars, state.palette(), simulated=found.simulated, zone=state.zone()),
        "line-gantt",
    )


def _bottleneck(found: LinePast) -> None:
    st.subheader("What holds it back", anchor=False)
    st.markdown(line_past.bottleneck_sentence(found.bottleneck))
    figure = bottleneck_spans(
        found.bottleneck, state.palette(), simulated=found.simulated, zone=state.zone()
    )
    draw(figure, "line-bottleneck")
    numbers(line_past.shares_table(found.bottleneck), "bottleneck-shares")


def _losses(found: LinePast) -> None:
    st.subheader("Losses", anchor=False)
    names = list(found.losses)
    first = found.bottleneck.machine or line_past.slowest()
    name = st.selectbox(
        "Station", names, index=names.index(first), format_func=words, key="station", width=220,
        bind="query-params",
    )  # fmt: skip
    st.markdown(line_past.loss_sentence(found.losses[name]))
    draw(loss_steps(found.losses[name], state.palette(), simulated=found.simulated), "line-losses")
    numbers(line_past.losses_table(found.losses), "losses")


def _shifts(found: LinePast, target: float) -> None:
    if not found.shifts:
        return
    st.subheader("The last shifts", anchor=False)
    name = st.selectbox(
        "Figure", [_ALL, *SHIFT_FIGURES],
        format_func=lambda one: one if one == _ALL else SHIFT_FIGURES[one].label,
        key="shift-figure", width=220, bind="query-params",
    )  # fmt: skip
    simulated, zone = found.simulated, state.zone()
    if name == _ALL:
        figure = oee_by_shift(
            found.shifts, state.palette(), target=target, simulated=simulated, zone=zone
        )
    else:
        aim = target * (line_past.rated() if name == "throughput_per_h" else 1.0)
        figure = shift_values(
            found.shifts, name, state.palette(), target=aim if name in _TARGETED else None,
            simulated=simulated, zone=zone,
        )  # fmt: skip
    draw(figure, "line-shifts")
    st.caption(
        f"OEE and its factors (ISO 22400-2) are of {words(found.shifts[-1].station).lower()}, the"
        f" slowest station, good for {line_past.rated():.1f} lots/h when nothing is lost. Waiting"
        " counts planned stops too."
    )
    numbers(
        line_past.shifts_table(found.shifts, state.zone()), "shifts", label="All figures by shift"
    )
