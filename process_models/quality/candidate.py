"""A cell that could be made and tested: what its result would say, and what it costs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.quality.likelihood import exact

__all__ = ["CCD_STEP_H", "LIFE_TEST_H", "STEP_MA_CM2", "Candidate", "cost_h", "log_likelihood"]

Floats = NDArray[np.float64]
LIFE_TEST_H, CCD_STEP_H, STEP_MA_CM2 = 700.0, 2.0, 0.1
"""A life test is ended after so long; a step of a CCD test takes so long, and is so high."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One cell that could be made and tested; `test` is ccd or life."""

    test: str
    sublimation_time_s: float
    rolling_pressure_mpa: float
    thickness_um: float

    @property
    def name(self) -> str:
        """In words."""
        return (
            f"{self.test} at {self.sublimation_time_s:g} s, {self.rolling_pressure_mpa:g} MPa,"
            f" {self.thickness_um:g} um"
        )


def log_likelihood(test: str, results: Floats, mean: Floats, sd: Floats) -> Floats:
    """ln P(result | draw), shape (results, draws); CCD is read in steps, life ends at 700 h."""
    value = results[:, None]
    if test == "ccd":
        steps = np.floor(np.exp(results) / STEP_MA_CM2 + 1e-9)
        with np.errstate(divide="ignore"):
            low, high = np.log(steps * STEP_MA_CM2), np.log((steps + 1) * STEP_MA_CM2)
        return _within(low[:, None], high[:, None], mean, sd)
    censored = _within(np.float64(math.log(LIFE_TEST_H)), np.float64(np.inf), mean, sd)
    found: Floats = np.where(value >= math.log(LIFE_TEST_H), censored, exact(value, mean, sd))
    return found


def _within(low: Any, high: Any, mean: Floats, sd: Floats) -> Floats:
    """ln P(low < result <= high); where it is beyond 8 sd the draw has no weight anyway."""
    from scipy.special import ndtr

    share = ndtr((high - mean) / sd) - ndtr((low - mean) / sd)
    return np.asarray(np.log(np.maximum(share, 1e-300)))


def cost_h(test: str, results: Floats) -> float:
    """Expected hours on a cycler: a life test is waited for, a CCD test climbs to its failure."""
    values = np.exp(results)
    if test == "life":
        return float(np.minimum(values, LIFE_TEST_H).mean())
    return float(CCD_STEP_H * (np.floor(values / STEP_MA_CM2) + 1).mean())
