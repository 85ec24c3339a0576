"""What is believed of every uncertain constant before any evidence.

Each prior is a transform of a standard normal number, so that the same table serves a random draw
in numpy and the sampler in jax.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

__all__ = ["PRIORS", "QUALITY_PARAMETERS", "Prior"]


@dataclass(frozen=True, slots=True)
class Prior:
    """A distribution given as a monotone transform of a standard normal number.

    Attributes
    ----------
    kind : {"lognormal", "normal"}
    centre : float
        The median, in the unit of the parameter.
    spread : float
        Standard deviation, of the logarithm when `kind` is lognormal.
    source : str
        Where the belief comes from.
    low, high : float
        Bounds at which values are cut (lognormal and normal tails beyond physics).

    Examples
    --------
    >>> round(float(Prior("lognormal", 0.25, 1.0, "assumed").value(1.0)), 3)
    0.68
    """

    kind: Literal["lognormal", "normal"]
    centre: float
    spread: float
    source: str
    low: float = -math.inf
    high: float = math.inf

    def value(self, z: Any, xp: Any = np) -> Any:
        """The parameter for standard normal `z`; `xp` is numpy or jax.numpy."""
        if self.kind == "lognormal":
            plain = self.centre * xp.exp(self.spread * z)
        else:
            plain = self.centre + self.spread * z
        if math.isinf(self.low) and math.isinf(self.high):
            return plain
        return xp.clip(plain, self.low, self.high)


_LAW = "assumed form; constants to be calibrated"
_FLOW = "Narayan and Anand 2018; strengths in the literature differ five- to tenfold"

PRIORS: Mapping[str, Prior] = MappingProxyType(
    {
        "m40_mg_cm2": Prior("lognormal", 0.25, 1.0, "between capacity shortfall and XRD limit"),
        "lag_s": Prior("normal", 2.5, 1.25, "0 to 5 s, assumed", 0.0, 6.0),
        "exposure_exponent": Prior("normal", 0.75, 0.12, "0.5 to 1, assumed", 0.4, 1.2),
        "in_chamber_share": Prior("lognormal", 0.2, 0.4, _LAW),
        "heat_loss_w_cm2_k": Prior("lognormal", 0.010, 0.3, _LAW),
        "completion_rate": Prior(
            "lognormal", 1.2, 0.2, "complete reduction after winding and rolling"
        ),
        "completion_strain": Prior("lognormal", 0.5, 0.3, _LAW),
        "stress_scale": Prior("lognormal", 1.0, 0.7, _FLOW),
        "mill_modulus_n_mm": Prior("lognormal", 1e5, 0.2, "a soft laboratory mill, assumed"),
        "roll_growth_um_k": Prior("lognormal", 0.3, 0.3, _LAW),
        "segregation_strain": Prior("lognormal", 1.0, 0.5, "1 (0.3 to 3), assumed"),
        "segregation_rate_exponent": Prior("normal", 0.2, 0.05, _LAW, 0.0, 0.5),
        "coarsening_strain": Prior("lognormal", 5.0, 0.3, _LAW),
        "enriched_reference_nm": Prior("lognormal", 300.0, 0.1, "EDS line scan of the paper"),
        "pure_reference_nm": Prior("lognormal", 100.0, 0.12, "cryo-TEM of the paper"),
        "interface_ohm_cm2": Prior("lognormal", 6.0, 0.3, _LAW),
        "layer_ohm_cm2_um": Prior("lognormal", 6.0, 0.4, _LAW),
        "unreacted_ohm_cm2": Prior("lognormal", 60.0, 0.4, "DRAC-Li: resistance much higher"),
        "moisture_scale_ppm": Prior("lognormal", 2.0, 0.3, _LAW),
        "ccd0_ma_cm2": Prior("lognormal", 1.0, 0.4, "order of magnitude of sulfide cells"),
        "coverage_gain": Prior("lognormal", 1.4, 0.5, _LAW),
        "coverage_scale": Prior("lognormal", 0.45, 0.5, _LAW),
        "resistance_loss": Prior("lognormal", 0.3, 0.7, _LAW),
        "resistance_power": Prior("lognormal", 1.6, 0.25, "a thick layer cracks, assumed"),
        "pressure_slope": Prior("normal", 0.0, 0.25, "no evidence; per unit of ln pressure"),
        "pressure_curvature": Prior("normal", -0.15, 0.15, "no evidence"),
        "thickness_slope": Prior("normal", 0.0, 0.3, "no evidence; per unit of ln thickness"),
        "thickness_curvature": Prior("normal", -0.15, 0.15, "no evidence"),
        "incomplete_loss": Prior("lognormal", 0.8, 0.4, "DRAC-Li: no CCD is given"),
        "ccd_spread": Prior("lognormal", 0.16, 0.28, "cell to cell, sd of ln 0.1 to 0.25"),
        "life0_h": Prior("lognormal", 160.0, 0.5, "order of magnitude at CCD over current of 2"),
        "sn_exponent": Prior("lognormal", 5.0, 0.35, "the four life facts need more than 4.1"),
        "life_cap_h": Prior("lognormal", 3000.0, 0.6, "a second limit, assumed"),
        "capacity_exponent": Prior(
            "lognormal", 0.5, 0.5, "no evidence; deeper cycles, shorter life"
        ),
        "life_spread": Prior("lognormal", 0.2, 0.3, "cell to cell, sd of ln life"),
    }
)
"""Every uncertain constant of the physics and of the cell response."""

QUALITY_PARAMETERS: tuple[str, ...] = (
    "lag_s",
    "exposure_exponent",
    "ccd0_ma_cm2",
    "coverage_gain",
    "coverage_scale",
    "resistance_loss",
    "resistance_power",
    "pressure_slope",
    "pressure_curvature",
    "thickness_slope",
    "thickness_curvature",
    "incomplete_loss",
    "ccd_spread",
    "life0_h",
    "sn_exponent",
    "life_cap_h",
    "capacity_exponent",
    "life_spread",
)
"""Those that the regression of CCD and life updates from the evidence."""
