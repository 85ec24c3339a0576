"""Probability integral transform, and coverage by it.

Where F is the forecast's distribution function, F(observed) is uniform if the forecast is right. Of
a quantity with few values F jumps at the observation, and what is uniform is a point drawn between
F just below and F there (Czado, Gneiting and Held 2009). So a `Pit` is that span, and it counts for
an interval by the part of it that lies inside: the coverage of a right forecast is then the level
itself, also where no interval could have just that probability.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from process_models.errors import InputError

__all__ = ["Pit", "coverage", "normal_scores", "pit_of"]

_EDGE = 1e-3


@dataclass(frozen=True, slots=True)
class Pit:
    """F just below what was observed, and F there.

    Raises
    ------
    InputError
        When they are not 0 <= low <= high <= 1.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= 1:
            raise InputError(f"a PIT must be 0 <= low <= high <= 1, got {self.low} to {self.high}")

    @property
    def middle(self) -> float:
        """Mid-PIT."""
        return (self.low + self.high) / 2

    def inside(self, level: float) -> float:
        """The part of it that lies inside the central interval of `level`, 0 to 1.

        Examples
        --------
        >>> Pit(0.0, 0.5).inside(0.5)
        0.5
        """
        first, last = (1 - level) / 2, (1 + level) / 2
        if self.high - self.low < 1e-12:
            return float(first <= self.low <= last)
        part = min(self.high, last) - max(self.low, first)
        return max(0.0, part) / (self.high - self.low)


def pit_of(values: ArrayLike, observed: float) -> Pit:
    """PIT of an observation among equally likely values, draws or quantiles.

    Between two values it is spread over the gap of one draw.

    Raises
    ------
    InputError
        When there is no value, or one is not finite.

    Examples
    --------
    >>> pit_of([1.0, 2.0, 2.0, 3.0], 2.0)
    Pit(low=0.25, high=0.75)
    >>> pit_of([1.0, 3.0], 2.0)
    Pit(low=0.25, high=0.75)
    """
    found = np.asarray(values, dtype=np.float64).ravel()
    if not len(found) or not np.all(np.isfinite(found)):
        raise InputError(f"values must be finite and at least one, got {len(found)}")
    n = len(found)
    below, to = int((found < observed).sum()), int((found <= observed).sum())
    if below < to:
        return Pit(below / n, to / n)
    return Pit(max(0.0, (below - 0.5) / n), min(1.0, (below + 0.5) / n))


def coverage(pits: Sequence[Pit], level: float) -> float | None:
    """Share of central intervals of `level` that held; None of none."""
    if not 0 < level < 1:
        raise InputError(f"level must lie between 0 and 1, got {level:g}")
    return float(np.mean([one.inside(level) for one in pits])) if pits else None


def normal_scores(
    pits: Sequence[Pit], rng: np.random.Generator | None = None
) -> NDArray[np.float64]:
    """Standard normal scores of the PITs: what a chart of a right forecast shows, (n,).

    Parameters
    ----------
    rng : numpy.random.Generator, optional
        Draws the point of each span; by default its middle, which is too calm of few values.
    """
    from scipy.special import ndtri

    low = np.array([one.low for one in pits])
    high = np.array([one.high for one in pits])
    share = (low + high) / 2 if rng is None else low + (high - low) * rng.random(len(low))
    return np.asarray(ndtri(np.clip(share, _EDGE, 1 - _EDGE)), dtype=np.float64)
