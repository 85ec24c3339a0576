"""Means and co-moments over replications, added up without keeping the replications."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Moments"]

CHUNK = 64


class Moments:
    """Mean and co-moments of figures of several lines that were run side by side.

    Replications are folded in by chunks of 64 from the first one on (Chan, Golub and LeVeque
    1983), so the sums do not depend on the pieces in which they come, and the memory does not
    depend on their number.

    Parameters
    ----------
    figures, lines : int
        K figures of S lines.

    Attributes
    ----------
    n : ndarray of int (K,)
        Replications in which the figure is known (not nan) for every line.
    mean : ndarray (K, S)
    comoment : ndarray (K, S, S)
        Sums of products of deviations; over n - 1 they are covariances.

    Examples
    --------
    >>> moments = Moments(1, 2)
    >>> moments.add(np.array([[[1.0, 10.0]], [[3.0, 14.0]]]))
    >>> moments.fold()
    >>> moments.mean.tolist(), moments.covariance.tolist()
    ([[2.0, 12.0]], [[[2.0, 4.0], [4.0, 8.0]]])
    """

    def __init__(self, figures: int, lines: int = 1) -> None:
        self.n = np.zeros(figures, dtype=np.int64)
        self.mean = np.zeros((figures, lines))
        self.comoment = np.zeros((figures, lines, lines))
        self.replications = 0
        self._waiting = np.empty((0, figures, lines))

    def add(self, values: NDArray[np.float64]) -> None:
        """Add replications, (R, K, S) in order."""
        self.replications += len(values)
        rows = np.concatenate([self._waiting, values])
        whole = len(rows) // CHUNK * CHUNK
        for start in range(0, whole, CHUNK):
            self._merge(rows[start : start + CHUNK])
        self._waiting = rows[whole:]

    def fold(self) -> None:
        """Take in what has come since the last whole chunk; nothing may be added afterwards."""
        if len(self._waiting):
            self._merge(self._waiting)
            self._waiting = self._waiting[:0]

    def _merge(self, rows: NDArray[np.float64]) -> None:
        known = np.asarray(~np.isnan(rows).any(axis=2))
        count = known.sum(axis=0)
        full = np.where(known[:, :, None], rows, 0.0)
        more = np.maximum(count, 1)[:, None]
        # From a value of its own, so that a constant figure has its very value as the mean.
        origin = np.take_along_axis(full, known.argmax(axis=0)[None, :, None], axis=0)[0]
        deviation = np.where(known[:, :, None], full - origin, 0.0)
        mean = origin + deviation.sum(axis=0) / more
        deviation = np.where(known[:, :, None], full - mean, 0.0)
        comoment = np.einsum("rks,rkt->kst", deviation, deviation)
        total = np.maximum(self.n + count, 1)
        step = np.where((count > 0)[:, None], mean - self.mean, 0.0)
        weight = (self.n * count / total)[:, None, None]
        self.comoment += comoment + step[:, :, None] * step[:, None, :] * weight
        self.mean += step * (count / total)[:, None]
        self.n += count

    @property
    def covariance(self) -> NDArray[np.float64]:
        """(K, S, S), nan for figures that are known in fewer than two replications."""
        with np.errstate(invalid="ignore", divide="ignore"):
            freedom = np.where(self.n > 1, self.n - 1.0, np.nan)
        return np.asarray(self.comoment / freedom[:, None, None])
