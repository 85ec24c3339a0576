"""How characteristics scatter together from lot to lot while nothing special goes on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

__all__ = ["PatternNoise", "fit_noise"]

Floats = NDArray[np.float64]

_SLOW = 0.9  # lag-one correlation of what wanders slowly
_LAGS = 5
_MOST_SLOW = 0.6
_LEAST_EIGENVALUE = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class PatternNoise:
    """Scatter of standardised characteristics; variances of `lots` and `slow_share` add up to 1.

    Attributes
    ----------
    lots : ndarray (c, c)
        Covariance within a lot, independent from lot to lot.
    slow_share : ndarray (c,)
        Variance of what wanders slowly, an AR(1) over lots of its own for each characteristic.
    slow_correlation : float
        Its lag-one correlation.
    level_sd : ndarray (c,)
        How far the level may lie from that of Phase I without anything being wrong.
    """

    lots: Floats
    slow_share: Floats
    slow_correlation: float
    level_sd: Floats

    def __post_init__(self) -> None:
        size = len(self.slow_share)
        if self.lots.shape != (size, size) or self.level_sd.shape != (size,):
            raise InputError(
                f"lots, slow_share and level_sd must be of one size, got {self.lots.shape}, "
                f"{self.slow_share.shape} and {self.level_sd.shape}"
            )

    def covariance(self, lot: NDArray[np.int64], characteristic: NDArray[np.int64]) -> Floats:
        """Covariance of readings, given the place of their lot and their characteristic, (n, n).

        Examples
        --------
        >>> noise = PatternNoise(np.eye(1), np.zeros(1), 0.9, np.zeros(1))
        >>> noise.covariance(np.array([0, 1]), np.array([0, 0])).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
        """
        apart = np.abs(lot[:, None] - lot[None, :])
        same = characteristic[:, None] == characteristic[None, :]
        within = self.lots[np.ix_(characteristic, characteristic)] * (apart == 0)
        slow = self.slow_share[characteristic][:, None] * self.slow_correlation**apart
        level = (self.level_sd[characteristic] ** 2)[:, None]
        return np.asarray(within + same * (slow + level))


def fit_noise(values: Floats, *, drift_sd: float = 0.2, shrinkage: float = 0.1) -> PatternNoise:
    """Scatter of in-control lots.

    Parameters
    ----------
    values : ndarray (lots, c)
        Standardised by the mean and standard deviation of each characteristic, in order of time;
        nan where a lot was not measured.
    drift_sd : float
        How far a level may wander after Phase I, in standard deviations; the uncertainty of the
        Phase I mean is added.
    shrinkage : float
        Share by which correlations are pulled towards 0, as they come from few lots.

    Raises
    ------
    InputError
        When a characteristic has fewer than 3 lots.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> both = rng.standard_normal((400, 1)) * 0.8 + rng.standard_normal((400, 2)) * 0.6
    >>> round(float(fit_noise(both).lots[0, 1]), 1)
    0.5
    """
    read = np.isfinite(values)
    counts = read.sum(axis=0)
    if values.ndim != 2 or np.any(counts < 3):
        raise InputError(f"values must hold at least 3 lots of each characteristic, got {counts}")
    slow = np.array(
        [_slow_share(column[mask]) for column, mask in zip(values.T, read.T, strict=True)]
    )
    filled = np.where(read, values, 0.0)
    pairs = np.maximum(read.T.astype(float) @ read, 1.0)
    weight = pairs / (pairs + 10.0)  # a correlation known from few lots counts little
    correlation = (filled.T @ filled) / pairs * weight * (1.0 - shrinkage)
    scale = np.sqrt(1.0 - slow)
    within = np.clip(correlation, -0.98, 0.98) * np.outer(scale, scale)
    np.fill_diagonal(within, 1.0 - slow)
    level = np.sqrt(drift_sd**2 + 1.0 / counts)
    return PatternNoise(_positive(within), slow, _SLOW, level)


def _slow_share(series: Floats) -> float:
    if len(series) < 4 * _LAGS:
        return 0.0
    centred = series - series.mean()
    spread = float(centred @ centred)
    if spread == 0:
        return 0.0
    found = [
        float(centred[lag:] @ centred[:-lag]) / spread / _SLOW**lag for lag in range(1, _LAGS + 1)
    ]
    return min(max(float(np.mean(found)), 0.0), _MOST_SLOW)


def _positive(matrix: Floats) -> Floats:
    values, vectors = np.linalg.eigh(matrix)
    lifted = np.maximum(values, _LEAST_EIGENVALUE)
    made = (vectors * lifted) @ vectors.T
    scale = np.sqrt(np.diag(matrix) / np.diag(made))
    return np.asarray(made * np.outer(scale, scale))
