"""Features of a cell test, and the response of CCD to them; the same for sampler and prediction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.materials import REFERENCE_PRESSURE_MPA, REFERENCE_THICKNESS_UM
from process_models.physics import (
    PRIORS,
    ProcessParameters,
    ProcessSettings,
    lot_structure,
    nominal_inputs,
)
from process_models.physics.cell import ln_ccd
from process_models.physics.deposition import relative_exposure
from process_models.physics.priors import QUALITY_PARAMETERS

__all__ = ["NO_LOSS", "Features", "constants_from_normal", "features", "median_ln_ccd"]

Floats = NDArray[np.float64]

NO_LOSS = 0.15
"""Prior probability that a thick layer costs nothing, so that there is no optimum; assumed."""
_LOSS = QUALITY_PARAMETERS.index("resistance_loss")
_GATE_AT, _GATE_WIDTH = NormalDist().inv_cdf(NO_LOSS), 0.2


@dataclass(frozen=True, slots=True)
class Features:
    """What the response sees of a cell; arrays of one shape.

    Attributes
    ----------
    time_s : ndarray
        Exposure.
    deposits : ndarray
        1 where vapour leaves a deposit that can segregate, else 0.
    reacted : ndarray
        Reduction of the deposit over that of the wound reference.
    ln_pressure, ln_thickness : ndarray
        ln of pressure and thickness over the reference; 0 for bare lithium.
    """

    time_s: Floats
    deposits: Floats
    reacted: Floats
    ln_pressure: Floats
    ln_thickness: Floats


@lru_cache(maxsize=8)
def _reacted(process: str) -> float:
    settings = ProcessSettings(process=process)
    made = lot_structure(settings, nominal_inputs(settings), ProcessParameters())
    return min(float(made.completion[0]) / float(made.reference_completion), 1.0)


def features(
    process: str,
    sublimation_time_s: Floats | float,
    rolling_pressure_mpa: Floats | float,
    thickness_um: Floats | float,
) -> Features:
    """Features of `process` at these inputs, which broadcast against each other.

    Examples
    --------
    >>> float(features("lacss", 40.0, 36.0, 60.0).ln_pressure)
    0.0
    """
    time, pressure, thickness = np.broadcast_arrays(
        np.asarray(sublimation_time_s, dtype=np.float64),
        np.asarray(rolling_pressure_mpa, dtype=np.float64),
        np.asarray(thickness_um, dtype=np.float64),
    )
    handled = 0.0 if process == "bare" else 1.0
    deposits = 1.0 if process in ("lacss", "drac") else 0.0
    return Features(
        time_s=time,
        deposits=np.full(time.shape, deposits),
        reacted=np.full(time.shape, _reacted(process)),
        ln_pressure=handled * np.log(pressure / REFERENCE_PRESSURE_MPA),
        ln_thickness=handled * np.log(thickness / REFERENCE_THICKNESS_UM),
    )


def median_ln_ccd(
    cell: Features, constants: Mapping[str, Any], xp: Any = np, exposure: Any = None
) -> Any:
    """ln of the median CCD, mA/cm2; `exposure` replaces what the exposure law says."""
    if exposure is None:
        exposure = relative_exposure(
            cell.time_s, constants["lag_s"], constants["exposure_exponent"], xp
        )
    return ln_ccd(
        exposure * cell.deposits, cell.reacted, cell.ln_pressure, cell.ln_thickness, constants, xp
    )


def constants_from_normal(z: Any, xp: Any = np) -> dict[str, Any]:
    """Constants of the response for standard normals `z`, first axis in `QUALITY_PARAMETERS`.

    The loss of CCD through a thick layer is nil for the lowest `NO_LOSS` of its prior: whether
    there is an optimum between thin and thick is a parameter, not an assumption.

    Examples
    --------
    >>> float(constants_from_normal(np.zeros(len(QUALITY_PARAMETERS)))["life0_h"])
    160.0
    """
    constants = {name: PRIORS[name].value(z[k], xp) for k, name in enumerate(QUALITY_PARAMETERS)}
    gate = (z[_LOSS] - _GATE_AT) / _GATE_WIDTH
    constants["resistance_loss"] = constants["resistance_loss"] * _gate(gate, xp)
    return constants


def _gate(x: Any, xp: Any) -> Any:
    """A smooth step from 0 to 1, so that the sampler can climb it."""
    return 0.5 * (1.0 + xp.tanh(0.5 * x))
