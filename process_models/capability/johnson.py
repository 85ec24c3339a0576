"""Johnson's system: z = gamma + delta g((x - xi) / lambda) is standard normal.

g is the inverse hyperbolic sine without bounds (SU) and the logit with two of them (SB; Johnson
1949). Given xi and lambda the other two are the negative mean over, and one over, the standard
deviation of g, so the likelihood is searched in two dimensions only (`simplex`). The likelihood
of SB grows without limit as a bound reaches the extreme value, so its bounds keep a quarter of
the mean gap of the values away from them.
"""

from __future__ import annotations

import math

import numpy as np

from process_models.capability.families import Floats, Transformed, column
from process_models.capability.simplex import lowest

__all__ = ["JohnsonBounded", "JohnsonUnbounded"]

_FARTHEST = 100.0  # standard deviations; beyond, the shape is normal or log-normal to the eye
_LEAST_SCALE = 0.02


class _Johnson(Transformed):
    name = "johnson"
    parameters = ("gamma", "delta", "xi", "lambda")
    fewest = 8


class JohnsonUnbounded(_Johnson):
    """SU."""

    family = "SU"

    def fit(self, x: Floats) -> Floats:
        """Maximum-likelihood parameters of every sample."""
        u, mean, sd = _standardised(x)

        def cost(at: Floats) -> Floats:
            scale = np.exp(np.clip(at[:, 1], math.log(_LEAST_SCALE), math.log(_FARTHEST)))
            outside = _outside(at, np.array([-_FARTHEST, math.log(_LEAST_SCALE)]),
                               np.array([_FARTHEST, math.log(_FARTHEST)]))  # fmt: skip
            ratio = (u - at[:, 0, None]) / scale[:, None]
            spread = np.arcsinh(ratio).std(axis=1)
            height = np.log(spread) + np.log(scale) + 0.5 * np.log1p(ratio * ratio).mean(axis=1)
            return np.asarray(height + outside)

        at = lowest(cost, np.tile([0.0, math.log(2.0)], (len(x), 1)), 0.6)
        xi, scale = at[:, 0], np.exp(at[:, 1])
        g = np.arcsinh((u - xi[:, None]) / scale[:, None])
        return _finished(g, mean + sd * xi, sd * scale)

    def score(self, x: Floats, parameters: Floats) -> Floats:
        """Normal scores."""
        ratio = (x - column(parameters, 2)) / column(parameters, 3)
        return np.asarray(column(parameters, 0) + column(parameters, 1) * np.arcsinh(ratio))

    def value(self, score: Floats, parameters: Floats) -> Floats:
        """Values with these normal scores."""
        ratio = np.sinh((score - column(parameters, 0)) / column(parameters, 1))
        return column(parameters, 2) + column(parameters, 3) * ratio

    def log_slope(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the derivative of the score."""
        ratio = (x - column(parameters, 2)) / column(parameters, 3)
        front = np.log(column(parameters, 1) / column(parameters, 3))
        return front - 0.5 * np.log1p(ratio * ratio)


class JohnsonBounded(_Johnson):
    """SB."""

    family = "SB"

    def fit(self, x: Floats) -> Floats:
        """Maximum-likelihood parameters of every sample."""
        u, mean, sd = _standardised(x)
        least, most = u.min(axis=1), u.max(axis=1)
        nearest = np.log((most - least) / (4 * u.shape[1]))
        farthest = np.full_like(nearest, math.log(_FARTHEST))
        low, high = np.stack([nearest] * 2, axis=1), np.stack([farthest] * 2, axis=1)

        def logit(at: Floats) -> tuple[Floats, Floats, Floats]:
            gaps = np.exp(np.clip(at, low, high))
            above = u - (least - gaps[:, 0])[:, None]
            below = (most + gaps[:, 1])[:, None] - u
            return np.log(above), np.log(below), above[:, :1] + below[:, :1]

        def cost(at: Floats) -> Floats:
            above, below, width = logit(at)
            spread = np.log((above - below).std(axis=1))
            slope = (above + below).mean(axis=1) - np.log(width[:, 0])
            return np.asarray(spread + slope + _outside(at, low, high))

        at = np.clip(lowest(cost, np.full((len(x), 2), math.log(0.7)), 0.6), low, high)
        above, below, width = logit(at)
        xi = least - np.exp(at[:, 0])
        return _finished(above - below, mean + sd * xi, sd * width[:, 0])

    def score(self, x: Floats, parameters: Floats) -> Floats:
        """Normal scores."""
        with np.errstate(divide="ignore"):
            g = np.log(self._share(x, parameters)) - np.log(1 - self._share(x, parameters))
        return np.asarray(column(parameters, 0) + column(parameters, 1) * g)

    def value(self, score: Floats, parameters: Floats) -> Floats:
        """Values with these normal scores."""
        g = (score - column(parameters, 0)) / column(parameters, 1)
        return column(parameters, 2) + column(parameters, 3) * np.exp(-np.logaddexp(0.0, -g))

    def log_slope(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the derivative of the score."""
        share = self._share(x, parameters)
        front = np.log(column(parameters, 1) / column(parameters, 3))
        with np.errstate(divide="ignore"):
            return front - np.log(share) - np.log(1 - share)

    @staticmethod
    def _share(x: Floats, parameters: Floats) -> Floats:
        return np.clip((x - column(parameters, 2)) / column(parameters, 3), 0.0, 1.0)


def _standardised(x: Floats) -> tuple[Floats, Floats, Floats]:
    mean, sd = x.mean(axis=1), x.std(axis=1)
    return (x - mean[:, None]) / sd[:, None], mean, sd


def _outside(at: Floats, low: Floats, high: Floats) -> Floats:
    """A wall that leads back into the box."""
    over = np.maximum(at - high, 0.0) + np.maximum(low - at, 0.0)
    return np.asarray(10 * over.sum(axis=1))


def _finished(g: Floats, xi: Floats, scale: Floats) -> Floats:
    spread = g.std(axis=1)
    return np.stack([-g.mean(axis=1) / spread, 1 / spread, xi, scale], axis=1)
