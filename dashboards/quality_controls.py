"""Controls of the quality model: recipes and the test of their cells; the URL holds them."""

from __future__ import annotations

import streamlit as st

from process_models.physics import PROCESSES
from process_models.quality.setting import CellSetting

__all__ = ["choose_hours", "choose_other", "choose_recipe"]

_PROCESSES = {
    "lacss": "LACSS: vapour, wound and rolled",
    "drac": "DRAC: vapour and rolled, not wound",
    "bare": "Bare lithium: no AlCl3",
    "coarse_powder": "Coarse AlCl3 powder",
}


def choose_recipe() -> CellSetting:
    """Sliders for the recipe, and the protocol below them."""
    process, time, pressure, thickness = _recipe("", (40, 36, 60))
    with st.expander("Foil and cell test"):
        foil = _number("Incoming foil, µm", 10.0, 500.0, 100.0, 5.0, "foil_thickness_um")
        current = _number("Current, mA/cm²", 0.05, 10.0, 0.5, 0.1, "current_ma_cm2")
        capacity = _number("Capacity, mAh/cm²", 0.05, 10.0, 0.5, 0.1, "capacity_mah_cm2")
    return CellSetting(
        process=process, sublimation_time_s=time, rolling_pressure_mpa=pressure,
        thickness_um=thickness, foil_thickness_um=foil, current_ma_cm2=current,
        capacity_mah_cm2=capacity,
    )  # fmt: skip


def choose_hours() -> float:
    """Beyond how many hours a cell should live."""
    return _number("Life asked, h", 10.0, 5000.0, 400.0, 50.0, "hours")


def choose_other(first: CellSetting) -> CellSetting:
    """A second recipe, to be held against the first, under the same protocol."""
    process, time, pressure, thickness = _recipe("b_", (20, 36, 60))
    return CellSetting(
        process=process, sublimation_time_s=time, rolling_pressure_mpa=pressure,
        thickness_um=thickness, foil_thickness_um=first.foil_thickness_um,
        current_ma_cm2=first.current_ma_cm2, capacity_mah_cm2=first.capacity_mah_cm2,
    )  # fmt: skip


def _recipe(prefix: str, values: tuple[int, int, int]) -> tuple[str, float, float, float]:
    process = st.selectbox(
        "Process", PROCESSES, key=f"{prefix}process", bind="query-params",
        format_func=lambda name: _PROCESSES.get(name, name),
    )  # fmt: skip
    time = st.slider(
        "Sublimation time, s", 0, 90, values[0], key=f"{prefix}sublimation_time_s",
        bind="query-params", disabled=process == "bare",
    )  # fmt: skip
    pressure = st.slider(
        "Rolling pressure, MPa", 10, 100, values[1], key=f"{prefix}rolling_pressure_mpa",
        bind="query-params",
        help="Mean pressure under the rolls. The paper gives none: 36 MPa is computed.",
    )  # fmt: skip
    thickness = st.slider(
        "Thickness, µm", 30, 120, values[2], key=f"{prefix}thickness_um", bind="query-params",
        help="After rolling.",
    )  # fmt: skip
    exposure = 0.0 if process == "bare" else float(time)
    return str(process), exposure, float(pressure), float(thickness)


def _number(name: str, low: float, high: float, value: float, step: float, key: str) -> float:
    return float(st.number_input(name, low, high, value, step, key=key, bind="query-params"))
