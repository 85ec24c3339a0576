"""The standard characteristics: where each is measured and in which unit."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["MEASURED_AT", "UNITS"]

UNITS: Mapping[str, str] = MappingProxyType({
    "foil_thickness_um": "um",
    "chamber_temperature_c": "C",
    "foil_temperature_c": "C",
    "exposure_s": "s",
    "loading_mg_cm2": "mg/cm2",
    "h2o_ppm": "ppm",
    "o2_ppm": "ppm",
    "winding_tension_n": "N",
    "rolling_pressure_mpa": "MPa",
    "roll_temperature_c": "C",
    "thickness_um": "um",
    "areal_capacity_mah_cm2": "mAh/cm2",
    "asr_ohm_cm2": "ohm cm2",
    "ccd_ma_cm2": "mA/cm2",
    "life_h": "h",
})

MEASURED_AT: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "unwind": ("foil_thickness_um",),
    "polish": (),
    "sublimation": (
        "chamber_temperature_c", "foil_temperature_c", "exposure_s", "loading_mg_cm2", "h2o_ppm",
        "o2_ppm",
    ),
    "cool": (),
    "wind": ("h2o_ppm", "o2_ppm", "winding_tension_n"),
    "roll": ("rolling_pressure_mpa", "roll_temperature_c", "thickness_um"),
    "inspect": ("areal_capacity_mah_cm2",),
    "cell_test": ("asr_ohm_cm2", "ccd_ma_cm2", "life_h"),
})
"""By station; all but those of inspect and cell_test are read on every lot."""
