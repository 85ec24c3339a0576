"""Gauges: what an instrument shows of a true value, and the instruments of the reference line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from process_models.errors import InputError

__all__ = ["GAUGES", "Gauge"]


@dataclass(frozen=True, slots=True)
class Gauge:
    """A gauge of one characteristic, in the unit of that.

    Attributes
    ----------
    name : str
        Of the instrument.
    noise : float
        Standard deviation of its repeatability.
    bias_sd : float
        Standard deviation of its bias, which is drawn once.
    resolution : float
        Smallest step that it shows; 0 for none.
    bias : float or None
        A bias that is known, instead of one that is drawn.

    Raises
    ------
    InputError
        When it has no name, or a standard deviation or resolution is negative.
    """

    name: str
    noise: float
    bias_sd: float = 0.0
    resolution: float = 0.0
    bias: float | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InputError(f"name of a gauge must not be empty, got {self.name!r}")
        for key in ("noise", "bias_sd", "resolution"):
            if not 0 <= getattr(self, key) < np.inf:
                raise InputError(
                    f"{key} of gauge {self.name} must be at least 0, got {getattr(self, key)!r}"
                )
        if self.bias is not None and not np.isfinite(self.bias):
            raise InputError(f"bias of gauge {self.name} must be finite, got {self.bias!r}")

    def read(self, true: float, bias: float, rng: np.random.Generator) -> float:
        """One reading of `true`."""
        value = true + bias + self.noise * rng.standard_normal()
        return round(value / self.resolution) * self.resolution if self.resolution else value


GAUGES: Mapping[str, Gauge] = MappingProxyType(
    {
        "foil_thickness_um": Gauge("eddy-1", 0.5, 0.2, 0.01),
        "chamber_temperature_c": Gauge("tc-1", 0.05, 0.05, 0.01),
        "foil_temperature_c": Gauge("pyro-1", 0.1, 0.1, 0.01),
        "exposure_s": Gauge("timer-1", 0.01, 0.0, 0.01),
        "loading_mg_cm2": Gauge("balance-1", 0.001, 0.0, 0.0001),
        "h2o_ppm": Gauge("hygro-1", 0.002, 0.0, 0.0001),
        "o2_ppm": Gauge("oxy-1", 0.002, 0.0, 0.0001),
        "winding_tension_n": Gauge("load-1", 0.01, 0.005, 0.001),
        "rolling_pressure_mpa": Gauge("load-2", 0.1, 0.1, 0.01),
        "roll_temperature_c": Gauge("tc-2", 0.05, 0.05, 0.01),
        "thickness_um": Gauge("laser-1", 0.5, 0.15, 0.01),
        "areal_capacity_mah_cm2": Gauge("cycler-1", 0.08, 0.03, 0.001),
        "asr_ohm_cm2": Gauge("eis-1", 0.2, 0.0, 0.01),
    }
)
"""Gauges by characteristic, in the characteristic's unit; assumed."""
