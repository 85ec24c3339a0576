"""How much of a prediction is prior: variance of an input's effect after evidence over before."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.materials import (
    REFERENCE_EXPOSURE_S,
    REFERENCE_PRESSURE_MPA,
    REFERENCE_THICKNESS_UM,
)
from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality.response import constants_from_normal, features, median_ln_ccd

__all__ = ["ALLOWED", "effect_variance", "prior_constants", "prior_share"]

Floats = NDArray[np.float64]

ALLOWED: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "sublimation_time_s": (0.0, 90.0),
        "rolling_pressure_mpa": (10.0, 100.0),
        "thickness_um": (30.0, 120.0),
    }
)
"""Range of each input over which its effect is judged."""
_REFERENCE = {
    "sublimation_time_s": REFERENCE_EXPOSURE_S,
    "rolling_pressure_mpa": REFERENCE_PRESSURE_MPA,
    "thickness_um": REFERENCE_THICKNESS_UM,
}
_PRIOR_DRAWS, _PRIOR_SEED, _GRID = 8000, 20240614, 19


def prior_constants() -> dict[str, Floats]:
    """A fixed large sample of the prior, arrays of shape (8000,) by name."""
    rng = np.random.default_rng(_PRIOR_SEED)
    half = rng.standard_normal((len(QUALITY_PARAMETERS), _PRIOR_DRAWS // 2))
    constants: dict[str, Floats] = constants_from_normal(np.hstack([half, -half]))
    return constants


def effect_variance(constants: Mapping[str, Any], name: str) -> float:
    """Variance over draws of ln CCD(input) - ln CCD(reference), averaged over its range.

    Parameters
    ----------
    constants : mapping
        Arrays of shape (draws,).
    name : str
        Key of `ALLOWED`; the other inputs stay at the reference.
    """
    inputs: dict[str, Any] = {key: np.full(_GRID + 1, value) for key, value in _REFERENCE.items()}
    inputs[name] = np.append(np.linspace(*ALLOWED[name], _GRID), _REFERENCE[name])
    columns = {key: np.asarray(value)[:, None] for key, value in constants.items()}
    curve = median_ln_ccd(features("lacss", **inputs), columns)
    effect = curve[:, :-1] - curve[:, -1:]
    return float(np.mean(np.var(effect, axis=0)))


def prior_share(constants: Mapping[str, Any]) -> dict[str, float]:
    """Of every input, posterior over prior variance of its effect, cut to 0..1."""
    before = prior_constants()
    return {
        name: float(np.clip(effect_variance(constants, name) / effect_variance(before, name), 0, 1))
        for name in ALLOWED
    }
