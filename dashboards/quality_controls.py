"""Controls of the what-if: a recipe and the protocol of its cell test; the URL holds them."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from process_models.physics import PROCESSES

__all__ = ["WhatIf", "choose_recipe"]

_PROCESSES = {
    "lacss": "LACSS: vapour, wound and rolled",
    "drac": "DRAC: vapour and rolled, not wound",
    "bare": "Bare lithium: no AlCl3",
    "coarse_powder": "Coarse AlCl3 powder",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A recipe and a cell-test protocol to be predicted."""

    process: str
    sublimation_time_s: float
    rolling_pressure_mpa: float
    thickness_um: float
    current_ma_cm2: float
    capacity_mah_cm2: float


def choose_recipe() -> WhatIf:
    """Sliders for the recipe, and the protocol below them."""
    process = st.selectbox(
        "Process", PROCESSES, key="process", bind="query-params",
        format_func=lambda name: _PROCESSES.get(name, name),
    )  # fmt: skip
    time = st.slider(
        "Sublimation time, s", 0, 90, 40, key="sublimation_time_s", bind="query-params",
        disabled=process == "bare",
    )  # fmt: skip
    pressure = st.slider(
        "Rolling pressure, MPa", 10, 100, 36, key="rolling_pressure_mpa", bind="query-params",
        help="Mean pressure under the rolls. The paper gives none: 36 MPa is computed.",
    )  # fmt: skip
    thickness = st.slider(
        "Thickness, µm", 30, 120, 60, key="thickness_um", bind="query-params",
        help="After rolling.",
    )  # fmt: skip
    with st.expander("Cell test"):
        current = st.number_input(
            "Current, mA/cm²", 0.05, 10.0, 0.5, 0.1, key="current_ma_cm2", bind="query-params"
        )
        capacity = st.number_input(
            "Capacity, mAh/cm²", 0.05, 10.0, 0.5, 0.1, key="capacity_mah_cm2", bind="query-params"
        )
    return WhatIf(
        process=str(process),
        sublimation_time_s=0.0 if process == "bare" else float(time),
        rolling_pressure_mpa=float(pressure),
        thickness_um=float(thickness),
        current_ma_cm2=float(current),
        capacity_mah_cm2=float(capacity),
    )
