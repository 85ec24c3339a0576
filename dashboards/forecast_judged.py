"""How good the forecasts were lately: what was told beside what happened."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.components import draw
from dashboards.figures.outlook import reliability_diagram
from dashboards.formatting import number, percent, words
from twin.forecasting.judging import Verdict

__all__ = ["judged_sentence", "show_judged", "verdict_table"]

_FEW = 5


def show_judged(told: Verdict) -> None:
    """A sentence, the table of quantities, and the reliability diagram of one of them."""
    st.subheader("How good we were", anchor=False)
    st.markdown(judged_sentence(told))
    if not told.quantities:
        return
    st.dataframe(verdict_table(told), hide_index=True)
    names = [one.quantity for one in told.quantities]
    chosen = st.segmented_control(
        "Reliability of", names, default=names[0], key="reliability", required=True,
        format_func=words,
    )  # fmt: skip
    one = told.find(str(chosen))
    if one is not None:
        points = one.reliability
        figure = reliability_diagram(
            points.foretold, points.happened, points.counts, state.palette(),
            what=words(one.quantity),
        )  # fmt: skip
        draw(figure, "reliability-figure")


def judged_sentence(told: Verdict) -> str:
    """Whether nine in ten was nine in ten."""
    if not told.quantities:
        return (
            "No forecast has been judged yet: those made by `lacss run` are kept and compared "
            "with what happens."
        )
    parts = [
        f"{words(one.quantity).lower()} {percent(one.coverage[0.9])} of {one.n:,}"
        for one in told.quantities if 0.9 in one.coverage and one.quantity != "conforming"
    ]  # fmt: skip
    few = min(one.forecasts for one in told.quantities) < _FEW
    text = f"Over the last 60 days the **90 % intervals held** {', '.join(parts)}."
    return f"{text} These are few forecasts; the shares will settle." if few else text


def verdict_table(told: Verdict) -> pd.DataFrame:
    """A row a quantity: coverage of four intervals, CRPS, and how much better than last month."""
    return pd.DataFrame(
        [
            {
                "Quantity": words(one.quantity),
                "Cases": one.n,
                "Forecasts": one.forecasts,
                **{f"{level:.0%} held": percent(share) for level, share in one.coverage.items()},
                "CRPS": number(one.crps),
                **{f"CRPS, {name}": number(crps) for name, crps in one.baselines.items()},
                "Better by": percent(one.skill),
            }
            for one in told.quantities
        ]
    )
