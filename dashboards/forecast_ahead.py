"""What comes after the lots in process: shifts, orders, cell tests."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.components import draw, numbers
from dashboards.figures.outlook import (
    RunningTest,
    ShiftOutlook,
    shift_outlook,
    survival_of_tests,
)
from dashboards.formatting import clock, interval, percent, plain
from twin.forecast import Forecast
from twin.forecasting.interval import Interval, inner

__all__ = ["orders_in_words", "orders_table", "show_ahead", "shown_shifts", "tests_table"]

_HOURS = (100.0, 400.0, 700.0)


def show_ahead(made: Forecast) -> None:
    """Good sheets by shift, orders by due date, cell tests by what is expected of them."""
    simulated = "simulated" in made.provenance
    shifts = shown_shifts(made)
    if shifts:
        st.subheader("By shift", anchor=False)
        what = "Good sheets" if made.line.good_sheets is not None else "Finished lots"
        figure = shift_outlook(
            shifts, state.palette(), what=what, level=made.level, simulated=simulated,
            zone=state.zone(),
        )  # fmt: skip
        draw(figure, "shifts")
        numbers(_shift_table(made), "shifts", label="Shifts")
    st.subheader("Orders", anchor=False)
    if made.orders:
        st.dataframe(orders_table(made), hide_index=True)
    else:
        st.caption(
            "No orders are known: put orders.csv (order_id, due_at, sheets) into the home folder."
        )
    if made.cell_tests:
        st.subheader("Cell tests", anchor=False)
        running = [
            RunningTest(one.coupon, one.survival)
            for one in made.cell_tests if one.state == "running" and one.started_at is not None
        ]  # fmt: skip
        if running:
            draw(survival_of_tests(running, state.palette(), simulated=simulated), "tests")
        numbers(tests_table(made), "cell-tests", label="Running and coming cell tests")


def orders_in_words(made: Forecast) -> str:
    """The orders at risk, as the end of the page's sentence; empty when none is known."""
    if not made.orders:
        return ""
    late = [one.order.order_id for one in made.orders if one.at_risk]
    if not late:
        return f"All {len(made.orders)} orders are likely to be served in time."
    return f"**Orders at risk**: {', '.join(plain(name) for name in late)}."


def shown_shifts(made: Forecast) -> list[ShiftOutlook]:
    """Good sheets of every shift to come, or finished lots where nothing was measured."""
    found = []
    for one in made.shifts:
        expected = one.finished_lots if one.good_sheets is None else one.good_sheets
        span = (expected.low, expected.high)
        half = inner(expected.quantiles, 0.5)
        found.append(ShiftOutlook(one.start, one.end, expected.mean, span, half))
    return found


def _shift_table(made: Forecast) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "From (UTC)": one.start, "To (UTC)": one.end,
                "Finished lots": _text(one.finished_lots), "Good lots": _text(one.good_lots),
                "Good sheets": _text(one.good_sheets),
            }
            for one in made.shifts
        ]
    )  # fmt: skip


def orders_table(made: Forecast) -> pd.DataFrame:
    """A row an order: what is due when, how likely it is served, by when it is in half of cases."""
    return pd.DataFrame(
        [
            {
                "Order": one.order.order_id,
                "Due": clock(one.order.due_at, state.zone()),
                "Sheets": one.order.sheets,
                "In time": percent(one.p_on_time),
                "": "at risk" if one.at_risk else "",
                "Expected": clock(one.ready_at, state.zone()),
                "Sheets by then": _text(one.sheets_by_due),
            }
            for one in made.orders
        ]
    )


def tests_table(made: Forecast) -> pd.DataFrame:
    """A row a life test, running or coming, with its chances to outlive some hours."""
    rows = []
    for one in made.cell_tests:
        chances = dict(one.survival)
        rows.append(
            {
                "Coupon": one.coupon or "–",
                "Lot": one.lot_id,
                "State": one.state,
                "Hours survived": round(one.alive_h, 1),
                "Cut at all": percent(one.probability),
                **{f"Beyond {hour:g} h": percent(chances.get(hour)) for hour in _HOURS},
                "Basis": one.basis,
            }
        )
    return pd.DataFrame(rows)


def _text(value: Interval | None) -> str:
    return "–" if value is None else interval(value.mean, value.low, value.high)
