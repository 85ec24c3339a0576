"""Reliability of probabilities: how often happened what was given a chance of so much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from process_models.errors import InputError
from process_models.scoring.pit import Pit

__all__ = ["Reliability", "brier", "reliability", "reliability_of_quantiles"]

TWENTIETHS: tuple[float, ...] = tuple(np.linspace(0.05, 0.95, 19).round(2).tolist())


@dataclass(frozen=True, slots=True)
class Reliability:
    """Points of a reliability diagram, and of how many forecasts each is.

    Attributes
    ----------
    foretold, happened : tuple of float
        Mean chance in each bin, and the share in which it came true.
    counts : tuple of int
    """

    foretold: tuple[float, ...]
    happened: tuple[float, ...]
    counts: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "foretold": list(self.foretold),
            "happened": list(self.happened),
            "counts": list(self.counts),
        }


def brier(probabilities: ArrayLike, outcomes: ArrayLike) -> float:
    """Mean squared difference, 0 is best.

    Examples
    --------
    >>> brier([1.0, 0.5], [True, False])
    0.125
    """
    p, y = _pair(probabilities, outcomes)
    return float(np.mean((p - y) ** 2))


def reliability(probabilities: ArrayLike, outcomes: ArrayLike, *, bins: int = 10) -> Reliability:
    """Bins of equal width from 0 to 1; empty ones are left out.

    Raises
    ------
    InputError
        When there is nothing, the lengths differ, or a probability is not from 0 to 1.
    """
    p, y = _pair(probabilities, outcomes)
    if bins < 1:
        raise InputError(f"bins must be at least 1, got {bins}")
    place = np.minimum((p * bins).astype(np.int64), bins - 1)
    used = np.unique(place)
    return Reliability(
        tuple(float(p[place == one].mean()) for one in used),
        tuple(float(y[place == one].mean()) for one in used),
        tuple(int((place == one).sum()) for one in used),
    )


def reliability_of_quantiles(
    pits: Sequence[Pit], levels: Sequence[float] = TWENTIETHS
) -> Reliability:
    """How often the observation lay below the quantile of each level.

    Raises
    ------
    InputError
        When there is no PIT.
    """
    if not pits:
        raise InputError("a reliability diagram needs at least one forecast, got none")
    low = np.array([one.low for one in pits])
    width = np.maximum(np.array([one.high for one in pits]) - low, 1e-12)
    shares = [float(np.clip((level - low) / width, 0.0, 1.0).mean()) for level in levels]
    return Reliability(tuple(levels), tuple(shares), (len(pits),) * len(levels))


def _pair(probabilities: ArrayLike, outcomes: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    p = np.asarray(probabilities, dtype=np.float64)
    y = np.asarray(outcomes, dtype=np.float64)
    if p.shape != y.shape or p.ndim != 1 or not len(p):
        raise InputError(
            f"probabilities and outcomes must be as many, at least one, got {p.shape} and {y.shape}"
        )
    if np.any((p < 0) | (p > 1)) or np.any(np.isnan(p)):
        raise InputError(f"probabilities must be from 0 to 1, got {p.min():g} to {p.max():g}")
    return p, y
