"""What a recipe sets, and the uncertain constants of the process."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np

from process_models.errors import InputError
from process_models.materials import LITHIUM_MELTING_C
from process_models.physics.priors import PRIORS

__all__ = ["PROCESSES", "ProcessParameters", "ProcessSettings"]

PROCESSES: tuple[str, ...] = ("lacss", "drac", "bare", "coarse_powder")
_AT_MOST = {
    "foil_thickness_um": 10_000.0,
    "sublimation_time_s": 86_400.0,
    "vapour_g_l": 100.0,
    "winding_turns": 10_000.0,
    "rolling_pressure_mpa": 2_000.0,
    "thickness_um": 10_000.0,
}
_POSITIVE = ("foil_thickness_um", "thickness_um", "rolling_pressure_mpa")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSettings:
    """What a recipe sets: the table [recipe] without its name.

    Attributes
    ----------
    process : str
        One of `PROCESSES`: lacss, drac (not wound), bare (no AlCl3), coarse_powder.
    foil_thickness_um, thickness_um : float
        Foil that comes in, and target after rolling.
    sublimation_time_s : float
        Exposure to the vapour.
    chamber_temperature_c, vapour_g_l : float
        Vapour; `vapour_g_l` is the nominal concentration at 178 C.
    winding_turns : float
        Turns wound before rolling; assumed, as the paper gives none.
    rolling_pressure_mpa : float
        Mean roll pressure that reaches the target; assumed.

    Raises
    ------
    InputError
        When a value is not finite or not possible.

    Examples
    --------
    >>> ProcessSettings(sublimation_time_s=-1)
    Traceback (most recent call last):
    ...
    process_models.errors.InputError: sublimation_time_s must not be negative, got -1
    """

    process: str = "lacss"
    foil_thickness_um: float = 100.0
    sublimation_time_s: float = 40.0
    chamber_temperature_c: float = 178.0
    vapour_g_l: float = 3.6
    winding_turns: float = 10.0
    rolling_pressure_mpa: float = 36.0
    thickness_um: float = 60.0

    def __post_init__(self) -> None:
        if self.process not in PROCESSES:
            allowed = ", ".join(PROCESSES)
            raise InputError(f"process must be one of {allowed}, got {self.process!r}")
        for field in fields(self):
            if field.name != "process":
                _check(field.name, getattr(self, field.name))
        if self.winding_turns < 1:
            raise InputError(f"winding_turns must be at least 1, got {self.winding_turns:g}")

    @property
    def exposed(self) -> bool:
        """Whether AlCl3 reaches the foil at all."""
        return self.process != "bare"

    @property
    def wound(self) -> bool:
        """Whether the coated foil is wound or folded in before rolling."""
        return self.process in ("lacss", "coarse_powder")


def _check(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{name} must be a number, got {value!r}")
    if not math.isfinite(value):
        raise InputError(f"{name} must be finite, got {value!r}")
    if name == "chamber_temperature_c":
        if not -100 < value < LITHIUM_MELTING_C:
            raise InputError(
                f"{name} must lie below the melting point of lithium, {LITHIUM_MELTING_C} C,"
                f" and above -100 C, got {value:g}"
            )
        return
    if name in _POSITIVE and value <= 0:
        raise InputError(f"{name} must be above 0, got {value:g}")
    if value < 0:
        raise InputError(f"{name} must not be negative, got {value:g}")
    if value > _AT_MOST[name]:
        raise InputError(f"{name} must be at most {_AT_MOST[name]:g}, got {value:g}")


def _median(name: str) -> float:
    return PRIORS[name].centre


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessParameters:
    """The uncertain constants of the process; the defaults are the prior medians.

    One attribute a prior of `process_models.physics.priors.PRIORS`, where unit and source stand.

    Examples
    --------
    >>> ProcessParameters().m40_mg_cm2
    0.25
    """

    m40_mg_cm2: float = _median("m40_mg_cm2")
    lag_s: float = _median("lag_s")
    exposure_exponent: float = _median("exposure_exponent")
    in_chamber_share: float = _median("in_chamber_share")
    heat_loss_w_cm2_k: float = _median("heat_loss_w_cm2_k")
    completion_rate: float = _median("completion_rate")
    completion_strain: float = _median("completion_strain")
    stress_scale: float = _median("stress_scale")
    mill_modulus_n_mm: float = _median("mill_modulus_n_mm")
    roll_growth_um_k: float = _median("roll_growth_um_k")
    segregation_strain: float = _median("segregation_strain")
    segregation_rate_exponent: float = _median("segregation_rate_exponent")
    coarsening_strain: float = _median("coarsening_strain")
    enriched_reference_nm: float = _median("enriched_reference_nm")
    pure_reference_nm: float = _median("pure_reference_nm")
    interface_ohm_cm2: float = _median("interface_ohm_cm2")
    layer_ohm_cm2_um: float = _median("layer_ohm_cm2_um")
    unreacted_ohm_cm2: float = _median("unreacted_ohm_cm2")
    moisture_scale_ppm: float = _median("moisture_scale_ppm")
    ccd0_ma_cm2: float = _median("ccd0_ma_cm2")
    coverage_gain: float = _median("coverage_gain")
    coverage_scale: float = _median("coverage_scale")
    resistance_loss: float = _median("resistance_loss")
    resistance_power: float = _median("resistance_power")
    pressure_slope: float = _median("pressure_slope")
    pressure_curvature: float = _median("pressure_curvature")
    thickness_slope: float = _median("thickness_slope")
    thickness_curvature: float = _median("thickness_curvature")
    incomplete_loss: float = _median("incomplete_loss")
    ccd_spread: float = _median("ccd_spread")
    life0_h: float = _median("life0_h")
    sn_exponent: float = _median("sn_exponent")
    life_cap_h: float = _median("life_cap_h")
    capacity_exponent: float = _median("capacity_exponent")
    life_spread: float = _median("life_spread")

    @classmethod
    def draw(cls, rng: np.random.Generator) -> ProcessParameters:
        """One set drawn from the priors, in the order of the fields."""
        drawn = {
            field.name: float(PRIORS[field.name].value(rng.standard_normal()))
            for field in fields(cls)
        }
        return cls(**drawn)
