"""Controls of the window: what is asked of a cell; the URL holds it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from process_models.quality.acceptance import Goal
from process_models.quality.window import LineVariation

__all__ = ["Asked", "choose_goal"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a cell, how surely, and how much the line varies."""

    goal: Goal
    probability: float
    variation: LineVariation


def choose_goal() -> Asked:
    """The goal, and the variation of the line below it."""

    def ask(name: str, low: float, high: float, value: float, step: float, key: str) -> float:
        return float(st.number_input(name, low, high, value, step, key=key, bind="query-params"))

    ccd = ask("CCD at least, mA/cm²", 0.0, 10.0, 2.0, 0.1, "ccd_min")
    life = ask("Life at least, h", 0.0, 5000.0, 400.0, 50.0, "life_min_h")
    probability = ask("Probability asked", 0.05, 0.99, 0.8, 0.05, "probability")
    with st.expander("Cell test"):
        current = ask("Current, mA/cm²", 0.05, 10.0, 0.5, 0.1, "current_ma_cm2")
        capacity = ask("Capacity, mAh/cm²", 0.05, 10.0, 0.5, 0.1, "capacity_mah_cm2")
    with st.expander("Variation of the line"):
        assumed = LineVariation()
        variation = LineVariation(
            ask("Time, s", 0.0, 30.0, assumed.sublimation_time_s, 0.1, "sd_time"),
            ask("Pressure, MPa", 0.0, 30.0, assumed.rolling_pressure_mpa, 0.1, "sd_pressure"),
            ask("Thickness, µm", 0.0, 30.0, assumed.thickness_um, 0.1, "sd_thickness"),
        )
        st.caption("Standard deviations about what is set. Assumed until measured.")
    return Asked(Goal(ccd, life, current, capacity), probability, variation)
