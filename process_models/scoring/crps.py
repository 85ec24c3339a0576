"""Continuous ranked probability score: how far a forecast distribution is from what happened.

The integral of the squared difference between the forecast's distribution function and the step at
the observation; also twice the mean pinball loss over all levels (Gneiting and Raftery 2007). In
the unit of the quantity, 0 is best, and of a single value it is the absolute error.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from process_models.errors import InputError

__all__ = ["crps_of_draws", "crps_of_quantiles", "pinball"]

Floats = NDArray[np.float64]


def pinball(quantiles: ArrayLike, levels: ArrayLike, observed: float) -> Floats:
    """Loss of each quantile, shape (n,).

    Examples
    --------
    >>> pinball([1.0, 3.0], [0.25, 0.75], 4.0).tolist()
    [0.75, 0.75]
    """
    at, level = _pair(quantiles, levels)
    return np.asarray(np.where(observed >= at, level * (observed - at),
                               (1 - level) * (at - observed)))  # fmt: skip


def crps_of_quantiles(quantiles: ArrayLike, levels: ArrayLike, observed: float) -> float:
    """CRPS of quantiles at evenly spaced levels: twice their mean pinball loss.

    Parameters
    ----------
    quantiles, levels : array_like (n,)
        Levels (2 i + 1) / 2n make it the CRPS of the n quantiles as equally likely values.

    Raises
    ------
    InputError
        When they differ in length, are empty, or a level is not between 0 and 1.

    Examples
    --------
    >>> crps_of_quantiles([2.0], [0.5], 5.0)
    3.0
    """
    return float(2.0 * pinball(quantiles, levels, observed).mean())


def crps_of_draws(draws: ArrayLike, observed: float) -> float:
    """CRPS of an ensemble: mean distance to what was observed less half the mean distance inside.

    Raises
    ------
    InputError
        When there are no draws or one is not finite.

    Examples
    --------
    >>> crps_of_draws([0.0, 2.0], 1.0)
    0.5
    """
    drawn = np.sort(np.asarray(draws, dtype=np.float64).ravel())
    if not len(drawn) or not np.all(np.isfinite(drawn)):
        raise InputError(f"draws must be finite and at least one, got {len(drawn)}")
    n = len(drawn)
    inside = float(np.sum((2 * np.arange(1, n + 1) - n - 1) * drawn)) / n**2
    return float(np.abs(drawn - observed).mean()) - inside


def _pair(quantiles: ArrayLike, levels: ArrayLike) -> tuple[Floats, Floats]:
    at, level = np.asarray(quantiles, np.float64), np.asarray(levels, np.float64)
    if at.shape != level.shape or at.ndim != 1 or not len(at):
        raise InputError(
            f"quantiles and levels must be as many, at least one, got {at.shape} and {level.shape}"
        )
    if np.any((level <= 0) | (level >= 1)):
        raise InputError(f"levels must lie between 0 and 1, got {level.min():g} to {level.max():g}")
    return at, level
