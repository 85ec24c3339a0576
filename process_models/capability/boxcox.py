"""The power that makes positive values most nearly normal (Box and Cox 1964).

lambda maximises the profile likelihood between -5 and 5: the best of a grid, then a golden
section around it. It is not rounded.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr

from process_models.capability.families import Floats, Transformed, column

__all__ = ["BoxCox", "power"]

_REACH = 5.0
_GRID = 21
_GOLDEN = (math.sqrt(5) - 1) / 2
_SECTIONS = 36
_LEAST = 1e-9


def power(logs: Floats, lam: Floats) -> Floats:
    """(x^lambda - 1) / lambda from the logarithm of x, the logarithm itself at lambda 0."""
    small = np.abs(lam) < _LEAST
    safe = np.where(small, 1.0, lam)
    return np.where(small, logs, np.expm1(safe * logs) / safe)


class BoxCox(Transformed):
    """lambda, and mean and standard deviation of the transformed values."""

    name = "boxcox"
    parameters = ("lambda", "mean", "sd")
    positive = True
    fewest = 4

    def fit(self, x: Floats) -> Floats:
        """Maximum-likelihood parameters of every sample."""
        logs = np.log(x)
        lam = _best_power(logs - logs.mean(axis=1, keepdims=True))
        y = power(logs, lam[:, None])
        return np.stack([lam, y.mean(axis=1), y.std(axis=1)], axis=1)

    def score(self, x: Floats, parameters: Floats) -> Floats:
        """Normal scores."""
        lam = column(parameters, 0)
        with np.errstate(divide="ignore", over="ignore"):
            y = power(np.log(np.maximum(x, 0.0)), lam)
        return (y - column(parameters, 1)) / column(parameters, 2)

    def value(self, score: Floats, parameters: Floats) -> Floats:
        """Values with these normal scores."""
        lam = column(parameters, 0)
        y = column(parameters, 1) + column(parameters, 2) * score
        small = np.abs(lam) < _LEAST
        safe = np.where(small, 1.0, lam)
        with np.errstate(divide="ignore", over="ignore"):
            logs = np.log1p(np.maximum(safe * y, -1.0)) / safe  # at -1 the edge of the support
            return np.asarray(np.exp(np.where(small, y, logs)))

    def support(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Positive values reach no further than -1 / lambda on the transformed scale."""
        lam, mean, sd = (column(parameters, i) for i in range(3))
        edge = ndtr((-1 / np.where(np.abs(lam) < _LEAST, _LEAST, lam) - mean) / sd)
        return np.where(lam > _LEAST, edge, 0.0), np.where(lam < -_LEAST, edge, 1.0)

    def log_slope(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the derivative of the score."""
        return (column(parameters, 0) - 1) * np.log(x) - np.log(column(parameters, 2))


def _best_power(logs: Floats) -> Floats:
    """lambda of samples of logarithms, each about its own mean, so that no Jacobian remains."""
    grid = np.linspace(-_REACH, _REACH, _GRID)
    heights = np.stack([_height(logs, np.full(len(logs), lam)) for lam in grid], axis=1)
    best = grid[heights.argmax(axis=1)]
    step = grid[1] - grid[0]
    low, high = np.maximum(best - step, -_REACH), np.minimum(best + step, _REACH)
    for _ in range(_SECTIONS):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        up = _height(logs, left) < _height(logs, right)
        low, high = np.where(up, left, low), np.where(up, high, right)
    return np.asarray((low + high) / 2)


def _height(logs: Floats, lam: Floats) -> Floats:
    """Profile log likelihood a value."""
    return np.asarray(-np.log(power(logs, lam[:, None]).std(axis=1)))
