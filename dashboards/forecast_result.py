"""A forecast on its page: the answer, the lots with their intervals, the numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.components import Card, answer, cards, draw, numbers, tags_of
from dashboards.figures import ForecastLot, finish_intervals, yield_intervals
from dashboards.forecast_ahead import orders_in_words, show_ahead
from dashboards.formatting import clock, interval, label, level_name, percent, plain, words
from twin.forecast import Forecast
from twin.forecasting.interval import Interval, inner
from twin.forecasting.result import FinishTime

__all__ = ["drawn_lots", "lots_table", "sentence", "show_forecast"]

_MOST = 40
ENGINES = {"recursion": "exact engine", "simpy": "SimPy"}


def show_forecast(made: Forecast, since: str) -> None:
    """Everything about one forecast, and how long ago it was made."""
    answer(f"{sentence(made)} {orders_in_words(made)}".rstrip(), *tags_of(made.provenance))
    st.caption(
        f"From the line as it was {clock(made.as_of, state.zone())}, made {since} ago from "
        f"{made.replications} futures of the line ({ENGINES[made.engine]}); "
        f"{level_name(made.level)} intervals, the darker ones 50 %."
    )
    for message in made.messages:
        st.info(plain(message[:1].upper() + message[1:]), icon=":material/info:")
    cards(_cards(made))
    lots = drawn_lots(made)[:_MOST]
    if lots:
        when, good = st.columns(2, gap="medium")
        simulated = "simulated" in made.provenance
        with when:
            draw(
                finish_intervals(
                    lots, state.palette(), level=made.level, simulated=simulated, zone=state.zone()
                ),
                "finish",
            )
        with good:
            figure = yield_intervals(lots, state.palette(), level=made.level, simulated=simulated)
            draw(figure, "yield")
        if len(made.lots) > _MOST:
            st.caption(f"The next {_MOST} of {len(made.lots)} lots; all of them in the table.")
    numbers(lots_table(made), "forecast", label="Lots in process")
    show_ahead(made)


def sentence(made: Forecast) -> str:
    """How many good sheets, and which lots are at risk?"""
    line, days = made.line, made.horizon_h / 24
    ahead = f"{days:g} days" if days >= 2 else f"{made.horizon_h:g} h"
    if line.good_sheets is None:
        return f"**{_shown(line.finished_lots)} lots** will be finished in the next {ahead}."
    at_risk = [one.lot_id for one in made.lots if (one.p_conforming or 0.0) < 0.5]
    text = f"**{_shown(line.good_sheets)} good sheets** are expected in the next {ahead}"
    if not made.lots:
        return f"{text}; no lot is in process now."
    if not at_risk:
        return f"{text}; all {len(made.lots)} lots in process are likely to conform."
    named = ", ".join(plain(lot) for lot in at_risk[:3])
    more = f" and {len(at_risk) - 3} more" if len(at_risk) > 3 else ""
    verb = "is" if len(at_risk) == 1 else "are"
    risk = f"**{len(at_risk)} {verb} at risk**: {named}{more}"
    return f"{text}; of {len(made.lots)} lots in process {risk}."


def _shown(value: Interval | None, unit: str = "") -> str:
    return "–" if value is None else interval(value.mean, value.low, value.high, unit)


def _cards(made: Forecast) -> list[Card]:
    line = made.line
    return [
        Card("Good sheets", _shown(line.good_sheets), "simulated"),
        Card("Good lots", _shown(line.good_lots), "simulated"),
        Card("Finished lots", _shown(line.finished_lots), "simulated"),
        Card("Throughput", _shown(line.throughput_per_h, "lots/h"), "simulated"),
    ]


def drawn_lots(made: Forecast) -> list[ForecastLot]:
    """Lots that have a finish, the next to finish first."""
    drawn = [
        ForecastLot(
            lot_id=one.lot_id,
            finish=finish.mean,
            finish_low=finish.low,
            finish_high=finish.high,
            yields=None if (y := one.yield_) is None else (y.mean, y.low, y.high),
            half=_half(made, finish),
        )
        for one in made.lots
        if (finish := one.finish) is not None
    ]
    return sorted(drawn, key=lambda lot: lot.finish)


def _half(made: Forecast, finish: FinishTime) -> tuple[datetime, datetime] | None:
    """When it is finished in the middle half of the futures."""
    ends = inner(finish.quantiles_s, 0.5)
    if ends is None:
        return None
    return made.as_of + timedelta(seconds=ends[0]), made.as_of + timedelta(seconds=ends[1])


def lots_table(made: Forecast) -> pd.DataFrame:
    """A row a lot: where it is, when it will be finished, how good it will be, what drives that."""
    return pd.DataFrame(
        [
            {
                "Lot": one.lot_id,
                "Station": words(one.station),
                "Phase": words(one.phase),
                "Finish (UTC)": one.finish.mean if one.finish else None,
                "Yield": _shown(one.yield_),
                "Conforming": percent(one.p_conforming),
                "Scrapped": percent(one.p_scrap),
                "Driven by": ", ".join(label(d.characteristic) for d in one.drivers[:2]),
            }
            for one in made.lots
        ]
    )
