"""Learns from past forecasts how their quantiles should be read.

Where 70 % of the observations lay below what was called the 60 % quantile, that quantile is given
the level 0.7. The map from levels to levels is learned from PITs alone, is monotone, and is drawn
towards no change by as much as there is little to learn from. It corrects a forecast's habits; it
adds no knowledge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from process_models.errors import InputError
from process_models.scoring.pit import Pit

__all__ = ["Recalibration", "learn_recalibration"]

Floats = NDArray[np.float64]
LEVELS = tuple(place / 20 for place in range(21))
PRIOR_FORECASTS = 20.0


@dataclass(frozen=True, slots=True)
class Recalibration:
    """A monotone map of levels.

    Attributes
    ----------
    nominal, actual : tuple of float
        Knots: the level that a quantile was given, and how often observations lay below it.
    forecasts : int
        Independent forecasts that it was learned from.
    """

    nominal: tuple[float, ...]
    actual: tuple[float, ...]
    forecasts: int

    def __post_init__(self) -> None:
        if len(self.nominal) != len(self.actual) or len(self.nominal) < 2:
            raise InputError("a recalibration needs as many actual as nominal levels, at least two")
        if np.any(np.diff(self.actual) < 0) or np.any(np.diff(self.nominal) <= 0):
            raise InputError("the levels of a recalibration must rise")

    def levels(self, wanted: ArrayLike) -> Floats:
        """The nominal levels whose quantiles hold with the wanted levels."""
        actual = np.asarray(self.actual) + np.arange(len(self.actual)) * 1e-12
        return np.asarray(np.interp(np.asarray(wanted, np.float64), actual, self.nominal))

    def draws(self, drawn: ArrayLike) -> Floats:
        """Draws in the same order of size, moved so that their quantiles hold as learned.

        Examples
        --------
        >>> half = Recalibration((0.0, 0.5, 1.0), (0.0, 0.5, 1.0), 9)
        >>> half.draws([3.0, 1.0, 2.0]).round(6).tolist()
        [3.0, 1.0, 2.0]
        """
        values = np.asarray(drawn, dtype=np.float64)
        if len(values) < 2:
            return values
        rank = np.argsort(np.argsort(values, kind="stable"), kind="stable")
        level = self.levels((rank + 0.5) / len(values))
        place = np.clip(level * len(values) - 0.5, 0, len(values) - 1)
        return np.asarray(np.interp(place, np.arange(len(values)), np.sort(values)))

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "nominal": list(self.nominal),
            "actual": list(self.actual),
            "forecasts": self.forecasts,
        }


def learn_recalibration(pits: Sequence[Pit], *, forecasts: int) -> Recalibration:
    """Learn from PITs of past forecasts.

    Parameters
    ----------
    forecasts : int
        How many of them were made independently: lots of one forecast share their fate.

    Raises
    ------
    InputError
        When there is no PIT, or `forecasts` is below 1.

    Examples
    --------
    >>> learn_recalibration([Pit(0.0, 1.0)], forecasts=1).actual[10]
    0.5
    """
    if not pits or forecasts < 1:
        raise InputError(f"a recalibration needs forecasts to learn from, got {len(pits)}")
    low = np.array([one.low for one in pits])
    width = np.maximum(np.array([one.high for one in pits]) - low, 1e-12)
    seen = np.array([np.clip((level - low) / width, 0.0, 1.0).mean() for level in LEVELS])
    weight = forecasts / (forecasts + PRIOR_FORECASTS)
    actual = np.maximum.accumulate(weight * seen + (1 - weight) * np.array(LEVELS))
    actual[0], actual[-1] = 0.0, 1.0
    return Recalibration(LEVELS, tuple(actual.tolist()), forecasts)
