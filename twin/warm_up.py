"""How much of the beginning of a run to leave out: MSER-5 (White, Cobb and Spratt 2000)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from process_models.errors import InputError

__all__ = ["BATCH", "WarmUp", "mser5"]

BATCH = 5


@dataclass(frozen=True, slots=True)
class WarmUp:
    """Batches and observations to leave out, the smallest statistic, and the mean of the rest."""

    truncation_batches: int
    truncation_observations: int
    statistic: float
    truncated_mean: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values by name."""
        return asdict(self)


def mser5(values: ArrayLike) -> WarmUp:
    """Leave out the d batches of five for which the mean of the rest is surest.

    Parameters
    ----------
    values : array_like (n,)
        The series; an incomplete last batch is not used.

    Returns
    -------
    WarmUp
        d minimises sum((y - mean y)^2) / k^2 over the k batch means y that are kept, with d at
        most half of them.

    Raises
    ------
    InputError
        With fewer than ten values, or one that is not finite.

    Examples
    --------
    >>> mser5([9, 9, 9, 9, 9] + [1, 2, 1, 2, 1] * 6).truncation_observations
    5
    """
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1 or len(series) < 2 * BATCH:
        raise InputError(f"MSER-5 needs at least {2 * BATCH} values, got {series.size}")
    if not np.all(np.isfinite(series)):
        row = int(np.flatnonzero(~np.isfinite(series))[0])
        raise InputError(f"row {row + 1}: value must be finite, got {series[row]}")
    means = series[: len(series) // BATCH * BATCH].reshape(-1, BATCH).mean(axis=1)
    kept = np.arange(len(means), len(means) - len(means) // 2 - 1, -1)
    shifted = means - means.mean()
    tail = np.cumsum(shifted[::-1])[::-1][: len(kept)]
    squares = np.cumsum(shifted[::-1] ** 2)[::-1][: len(kept)]
    statistic = np.maximum(squares - tail**2 / kept, 0.0) / kept.astype(np.float64) ** 2
    best = int(np.argmin(statistic))
    return WarmUp(best, best * BATCH, float(statistic[best]), float(means[best:].mean()))
