"""From foil to cell: every step of the structure with its unit and interval."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboards import quality_answers
from dashboards.components import numbers
from dashboards.formatting import interval, label, number, plain, unit_name, words
from process_models.physics.chain import STAGES, ChainStep
from process_models.quality import QualityModel
from process_models.quality.setting import CellSetting

__all__ = ["chain_table", "show_chain"]

_SHOWN = {
    "deposit": ("loading_mg_cm2", "peak_foil_temperature_c"),
    "reaction": ("completion", "lithium_consumed_um", "product_um"),
    "winding": ("strain", "plane_spacing_um"),
    "rolling": ("thickness_um", "line_force_n_mm", "mean_pressure_mpa"),
    "segregation": ("enriched_layer_nm", "pure_layer_nm"),
    "cell": ("areal_capacity_mah_cm2", "asr_ohm_cm2", "ccd_ma_cm2"),
}


def show_chain(model: QualityModel, chosen: CellSetting) -> None:
    """One column a stage, in the order of the line; all numbers behind a click."""
    steps = quality_answers.chain(model, chosen)
    by_name = {(step.stage, step.quantity): step for step in steps}
    for place, (column, stage) in enumerate(zip(st.columns(len(STAGES)), STAGES, strict=True)):
        with column, st.container(border=True):
            st.markdown(f"**{place + 1}. {words(stage)}**")
            for quantity in _SHOWN[stage]:
                step = by_name.get((stage, quantity))
                if step is not None:
                    st.caption(_name(step))
                    st.markdown(plain(_told(step)))
    st.caption(
        "Median and 90 % interval over the draws of every constant: fitted ones as the evidence"
        " left them, all others as believed. Simulated."
    )
    numbers(chain_table(steps), "chain", label="Every step")


def _told(step: ChainStep) -> str:
    unit = "" if step.unit == "1" else step.unit
    middle, low, high = step.interval()
    if math.isclose(low, high, rel_tol=1e-6):
        return f"{number(middle)} {unit_name(unit)}".rstrip()
    return interval(middle, low, high, unit)


def _name(step: ChainStep) -> str:
    return label(step.quantity.removesuffix("_n_mm"))


def chain_table(steps: Sequence[ChainStep]) -> pd.DataFrame:
    """Stage, quantity, unit, median and 90 % interval of every step."""
    rows = [
        (words(step.stage), _name(step), unit_name(step.unit), *step.interval()) for step in steps
    ]
    return pd.DataFrame(rows, columns=["Stage", "Quantity", "Unit", "Median", "5 %", "95 %"])
