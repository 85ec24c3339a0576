"""What if: recipe A against recipe B, the difference with its interval."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import quality_answers, state
from dashboards.components import answer, draw, numbers
from dashboards.figures.quality_difference import difference_bars
from dashboards.formatting import interval, number, percent, plain
from dashboards.quality_controls import choose_other
from process_models.quality import QualityModel
from process_models.quality.paired import PairedDifference
from process_models.quality.setting import CellSetting

__all__ = ["difference_sentence", "show_whatif"]


def show_whatif(model: QualityModel, first: CellSetting, hours: float) -> None:
    """Controls of recipe B, and what changes from A to B."""
    controls, results = st.columns([1, 2], gap="medium")
    with controls:
        other = choose_other(first)
    with results:
        for letter, setting in (("A", first), ("B", other)):
            if reasons := setting.reasons():
                st.error(
                    f"**No prediction** for recipe {letter}, because {plain(reasons[0])}.",
                    icon=":material/block:",
                )
                return
        found = quality_answers.difference(model, first, other, hours)
        answer(difference_sentence(found), "simulated")
        draw(difference_bars(found, state.palette()), "difference")
        numbers(_table(found), "difference", label="The difference")


def difference_sentence(found: PairedDifference) -> str:
    """What changes from A to B, with interval and probability?"""
    ccd, alive = found.ccd_ma_cm2, found.survival
    low, high = (100 * (value or 0.0) for value in (alive.low, alive.high))
    return (
        f"From A to B the median CCD changes by"
        f" **{interval(ccd.median, ccd.low, ccd.high, 'mA/cm2')}**; it is higher with a"
        f" probability of {percent(found.p_ccd_higher)}, and a single cell of B beats a single"
        f" cell of A with {percent(found.p_cell_higher)}. P(life beyond {number(found.hours)} h)"
        f" goes from {percent(found.survival_a)} to **{percent(found.survival_b)}**"
        f" (difference {low:+z.1f} to {high:+z.1f} points)."
    )


def _table(found: PairedDifference) -> pd.DataFrame:
    rows = [
        (name, one.median, one.low, one.high)
        for name, one in (
            ("Median CCD, B less A, mA/cm²", found.ccd_ma_cm2),
            ("Median CCD, B over A", found.ccd_ratio),
            (f"P(life beyond {number(found.hours)} h), B less A", found.survival),
        )
    ]
    return pd.DataFrame(rows, columns=["Difference", "Middle", "5 %", "95 %"])
