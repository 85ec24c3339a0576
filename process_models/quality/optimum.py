"""The best sublimation time, as far as anybody knows it: a parameter, not an assumption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.materials import REFERENCE_PRESSURE_MPA, REFERENCE_THICKNESS_UM
from process_models.quality.prior_share import ALLOWED, prior_constants
from process_models.quality.response import features, median_ln_ccd

__all__ = ["Optimum", "best_times", "optimum", "prior_optimum"]

_GRID = 181  # every half second of the allowed range
_BETWEEN = (30.0, 50.0)


@dataclass(frozen=True, slots=True)
class Optimum:
    """Where the median CCD is highest within the allowed range of the sublimation time.

    Attributes
    ----------
    p_interior : float
        Probability that the highest lies inside the range, not at one of its ends.
    p_between_30_and_50_s : float
    median_s, low_s, high_s : float
        Of the best time, with its 90 % interval.
    """

    p_interior: float
    p_between_30_and_50_s: float
    median_s: float
    low_s: float
    high_s: float


def best_times(constants: Mapping[str, Any]) -> NDArray[np.float64]:
    """The best sublimation time of every draw, s, shape (draws,)."""
    times = np.linspace(*ALLOWED["sublimation_time_s"], _GRID)
    columns = {name: np.asarray(value)[:, None] for name, value in constants.items()}
    cell = features("lacss", times, REFERENCE_PRESSURE_MPA, REFERENCE_THICKNESS_UM)
    best: NDArray[np.float64] = times[np.argmax(median_ln_ccd(cell, columns), axis=1)]
    return best


def optimum(constants: Mapping[str, Any]) -> Optimum:
    """Summary of the best sublimation time over the draws.

    Parameters
    ----------
    constants : mapping
        Arrays of shape (draws,) by name.
    """
    best = best_times(constants)
    first, last = ALLOWED["sublimation_time_s"]
    low, median, high = np.quantile(best, [0.05, 0.5, 0.95])
    return Optimum(
        p_interior=float(np.mean((best > first) & (best < last))),
        p_between_30_and_50_s=float(np.mean((best >= _BETWEEN[0]) & (best <= _BETWEEN[1]))),
        median_s=float(median),
        low_s=float(low),
        high_s=float(high),
    )


@lru_cache(maxsize=1)
def prior_optimum() -> Optimum:
    """What is believed of it before any evidence."""
    return optimum(prior_constants())
