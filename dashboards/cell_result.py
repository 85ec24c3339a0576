"""One cell test: its answer, trace, calls, and what an engineer may do with the call."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.access import current_user, drawn
from dashboards.cell_list import STATES
from dashboards.cell_outlook import show_outlook
from dashboards.components import Card, answer, cards, draw, guarded, numbers
from dashboards.figures.cell_trace import CalledTrace, cell_trace
from dashboards.figures.cell_words import RULE_NAMES
from dashboards.formatting import clock, number, plain
from twin.cells.calls import CellTest, Overruling

__all__ = ["show_cell"]


def show_cell(test: CellTest) -> None:
    """Everything about one cell test."""
    trace = state.cell_trace(test)
    answer(_sentence(test), test.provenance)
    cards(_cards(test))
    drawn = CalledTrace(
        test.sample,
        trace,
        test.label.short,
        test.calls[0].label.short,
        test.area_cm2,
        test.provenance,
    )
    draw(cell_trace(drawn, state.palette()), "cell-trace")
    _actions(test, trace.end_h)
    show_outlook(test, trace)
    numbers(_calls(test), "cell-calls", label="Calls")
    numbers(
        lambda: pd.DataFrame(
            {
                "test_time_s": trace.test_time_s,
                "current_ma": trace.current_ma,
                "voltage_v": trace.voltage_v,
            }
        ),
        "cell-trace-points",
        label="The trace",
    )


def _sentence(test: CellTest) -> str:
    label, short = test.label, test.label.short
    last = test.calls[-1]
    who = STATES["rule"] if test.state == "rule" else f"is {STATES[test.state]} by {last.user}"
    if short is None:
        ended = f"ran for **{number(label.life_h, 4)} h** without a short (right-censored)"
    else:
        ended = (
            f"shorted (**{short.kind}**) at **{number(short.time_h, 4)} h**: "
            f"{RULE_NAMES.get(short.rule, short.rule)}"
        )
    if test.test == "ccd":
        survived = label.ccd_last_survived_ma_cm2
        ended += f"; it survived {number(survived)} mA/cm²" if survived else "; it survived no step"
        if label.ccd_failed_at_ma_cm2 is not None:
            ended += f" and failed at **{number(label.ccd_failed_at_ma_cm2)} mA/cm²**"
    return f"The cell of {plain(test.sample)} {ended}. The call {plain(who)}."


def _cards(test: CellTest) -> list[Card]:
    label = test.label
    return [
        Card("Failed at", _density(label.ccd_failed_at_ma_cm2), test.provenance),
        Card("Last survived", _density(label.ccd_last_survived_ma_cm2), test.provenance),
        Card("Life", f"{number(label.life_h, 4)} h", test.provenance, label.censoring),
        Card("Cycles", f"{label.cycles:,}", test.provenance),
        Card(
            "Charge moved",
            f"{number(label.cumulative_capacity_mah_cm2, 4)} mAh/cm²",
            test.provenance,
        ),
        Card("Laboratory", plain(test.laboratory)),
    ]


def _density(value: float | None) -> str:
    return "–" if value is None else f"{number(value)} mA/cm²"


def _actions(test: CellTest, end_h: float) -> None:
    with st.container(horizontal=True, gap="small"):
        if test.state in ("rule", "withdrawn") and st.button(
            "Confirm the call", type="primary", icon=":material/done:", **drawn("cell.confirmed")
        ):
            _run(lambda user: state.cell_desk().confirm(test.number, user=user), "Confirmed")
        _overrule(test, end_h)
        if test.state in ("confirmed", "overruled"):
            _withdraw(test)
    st.caption(f"Written down as done by {plain(current_user().name)}.")


def _run(change: Callable[[str], object], message: str) -> None:
    with guarded():
        change(current_user().name)
        st.toast(message, icon=":material/check:")
        st.rerun()


def _overrule(test: CellTest, end_h: float) -> None:
    short = test.label.short
    with (
        st.popover("Overrule", icon=":material/edit:", **drawn("cell.overruled")),
        st.form(f"overrule-{test.number}", border=False),
    ):
        kind = st.radio("The cell", ["hard", "soft", "none"], horizontal=True,
                        format_func={"hard": "shorted hard", "soft": "shorted softly",
                                     "none": "did not short"}.get)  # fmt: skip
        time_h = st.number_input(
            "at hour", 0.0, value=min(end_h, short.time_h if short else end_h), format="%.3f"
        )
        reason = st.text_input("Why")
        if st.form_submit_button("Overrule", type="primary"):
            _run(
                lambda user: state.cell_desk().overrule(
                    test.number,
                    None
                    if kind == "none"
                    else Overruling(float(time_h), "hard" if kind == "hard" else "soft"),
                    user=user,
                    reason=reason,
                ),
                "Overruled",
            )


def _withdraw(test: CellTest) -> None:
    with (
        st.popover("Withdraw", icon=":material/undo:"),
        st.form(f"withdraw-{test.number}", border=False),
    ):
        reason = st.text_input("Why")
        if st.form_submit_button("Withdraw from the evidence", type="primary"):
            _run(
                lambda user: state.cell_desk().withdraw(test.number, user=user, reason=reason),
                "Withdrawn",
            )


def _calls(test: CellTest) -> pd.DataFrame:
    rows = [
        (clock(call.at, state.zone()), STATES[call.action] if call.action != "rule" else "rule",
         call.user, call.reason, call.label.life_h,
         call.label.short.rule if call.label.short else "no short")
        for call in test.calls
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["At", "Call", "Who", "Why", "Hour", "Criterion"])
