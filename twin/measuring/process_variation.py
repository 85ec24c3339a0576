"""What the stations do to the lot: how much the process varies, drifts and wears, as data.

All defaults are assumed, of the size that such a line would have; the table `[process]` of a line
file replaces them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from process_models.errors import InputError
from twin.measuring.gauge import GAUGES, Gauge

__all__ = ["POSITIONS", "ProcessVariation"]

POSITIONS = 5
_CORRELATIONS = ("foil_thickness_correlation", "roll_temperature_correlation")
_COUNTS = ("vapour_refill_lots", "roll_regrind_passes", "capacity_every_lots")
_ABOVE_0 = (*_COUNTS, "moisture_regeneration_h", "roll_warm_up_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessVariation:
    """Common causes of variation of a line, its drifts and its gauges.

    Attributes
    ----------
    foil_thickness_sd_share, foil_thickness_correlation : float
        Foil thickness from lot to lot over its mean, and its lag-one correlation along the coil.
    chamber_temperature_sd_k, exposure_sd_s : float
        Sublimation.
    vapour_depletion_share_per_lot, vapour_refill_lots : float, int
        Share of the charge that a lot takes, and lots to a refill where the line has no
        maintenance that refills.
    h2o_sd_ppm, o2_sd_ppm : float
        Glovebox.
    moisture_ramp_ppm_h, moisture_regeneration_h, o2_moisture_share : float
        Rise of H2O until the purifier is regenerated, how often that is, and the share of a rise
        that O2 follows with.
    winding_tension_sd_share, flow_stress_sd_ln, rolling_pressure_sd_share : float
        Winding and rolling, from lot to lot.
    roll_temperature_sd_k, roll_temperature_correlation : float
        Temperature of the rolls.
    roll_wear_um_per_pass, roll_regrind_passes : float, int
        How much the gap opens a pass, and passes to a regrind where the line has no maintenance.
    roll_growth_um, roll_warm_up_s : float
        How much the gap closes when rolls that stood have warmed by work, and the time constant.
    sheet_crown_um, sheet_sd_um : tuple of 5 float, float
        Thickness at the five positions across a sheet over its mean, and the rest beside it.
    capacity_every_lots : int
        Areal capacity is measured on every so many lots.
    cell_ccd_sd_ln : float or None
        Spread of ln CCD from cell to cell; None for that of the constants of the process.
    gauges : mapping of str to Gauge
        By characteristic; those of the reference line where none is given.

    Raises
    ------
    InputError
        When a value breaks its rule.

    Examples
    --------
    >>> ProcessVariation(exposure_sd_s=0.5).exposure_sd_s
    0.5
    >>> ProcessVariation(foil_thickness_correlation=1.0)
    Traceback (most recent call last):
    ...
    process_models.errors.InputError: foil_thickness_correlation must be from 0 to below 1, got 1.0
    """

    foil_thickness_sd_share: float = 0.02
    foil_thickness_correlation: float = 0.2
    chamber_temperature_sd_k: float = 0.5
    exposure_sd_s: float = 0.3
    vapour_depletion_share_per_lot: float = 0.004
    vapour_refill_lots: int = 8
    h2o_sd_ppm: float = 0.006
    o2_sd_ppm: float = 0.006
    moisture_ramp_ppm_h: float = 0.0
    moisture_regeneration_h: float = 24.0
    o2_moisture_share: float = 0.4
    winding_tension_sd_share: float = 0.03
    flow_stress_sd_ln: float = 0.03
    rolling_pressure_sd_share: float = 0.01
    roll_temperature_sd_k: float = 0.4
    roll_temperature_correlation: float = 0.15
    roll_wear_um_per_pass: float = 0.0005
    roll_regrind_passes: int = 2000
    roll_growth_um: float = 0.0
    roll_warm_up_s: float = 3600.0
    sheet_crown_um: tuple[float, ...] = (-0.35, 0.15, 0.4, 0.15, -0.35)
    sheet_sd_um: float = 0.3
    capacity_every_lots: int = 5
    cell_ccd_sd_ln: float | None = None
    gauges: Mapping[str, Gauge] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name == "gauges" or value is None:
                continue
            if one.name == "sheet_crown_um":
                _check_crown(value)
            else:
                _check(one.name, value)
        for characteristic in self.gauges:
            if characteristic not in GAUGES:
                known = ", ".join(GAUGES)
                raise InputError(f"characteristic must be one of {known}, got {characteristic!r}")

    def gauge(self, characteristic: str) -> Gauge:
        """The gauge of a characteristic, that of the reference line where none is given."""
        return self.gauges.get(characteristic) or GAUGES[characteristic]


def _check(name: str, value: float) -> None:
    if not (isinstance(value, int | float) and math.isfinite(value)) or isinstance(value, bool):
        raise InputError(f"{name} must be a finite number, got {value!r}")
    if name in _CORRELATIONS and not 0 <= value < 1:
        raise InputError(f"{name} must be from 0 to below 1, got {value!r}")
    if name in _ABOVE_0 and not value > 0:
        raise InputError(f"{name} must be above 0, got {value!r}")
    if name in _COUNTS and not isinstance(value, int):
        raise InputError(f"{name} must be a whole number, got {value!r}")
    if value < 0:
        raise InputError(f"{name} must be at least 0, got {value!r}")


def _check_crown(crown: tuple[float, ...]) -> None:
    numbers = all(isinstance(one, int | float) and math.isfinite(one) for one in crown)
    if len(crown) != POSITIONS or not numbers:
        raise InputError(f"sheet_crown_um must be {POSITIONS} finite numbers, got {list(crown)}")
