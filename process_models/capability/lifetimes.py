"""Weibull and gamma, fitted by maximum likelihood with Newton's method on the shape.

The equation of the shape has one root in both (Johnson, Kotz and Balakrishnan 1994, chapters 17
and 21); the start is the estimate from the spread of the logarithms.
"""

from __future__ import annotations

import numpy as np
from scipy.special import digamma, gammainc, gammaincc, gammaincinv, gammaln, polygamma

from process_models.capability.families import Family, Floats, column

__all__ = ["Gamma", "Weibull"]

_STEPS = 60
_ENOUGH = 1e-12


class Weibull(Family):
    """Shape and scale; F(x) = 1 - exp(-(x / scale)^shape)."""

    name = "weibull"
    parameters = ("shape", "scale")
    positive = True

    def fit(self, x: Floats) -> Floats:
        """Maximum-likelihood parameters of every sample."""
        logs = np.log(x)
        highest = logs.max(axis=1, keepdims=True)
        y = logs - highest
        mean = y.mean(axis=1)
        shape = 1.28 / y.std(axis=1)
        for _ in range(_STEPS):
            weight = np.exp(shape[:, None] * y)
            total = weight.sum(axis=1)
            first = (weight * y).sum(axis=1) / total
            second = (weight * y * y).sum(axis=1) / total - first**2
            gap = first - mean - 1 / shape
            new = np.clip(shape - gap / (second + shape**-2.0), shape / 3, shape * 3)
            done = bool((np.abs(new - shape) <= _ENOUGH * shape).all())
            shape = new
            if done:
                break
        power = np.exp(shape[:, None] * y).mean(axis=1)
        scale = np.exp(highest[:, 0] + np.log(power) / shape)
        return np.stack([shape, scale], axis=1)

    def log_density(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the density."""
        shape, ratio = column(parameters, 0), x / column(parameters, 1)
        front = np.log(shape / column(parameters, 1)) + (shape - 1) * np.log(ratio)
        return np.asarray(front - ratio**shape)

    def log_below(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the share below."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(-np.expm1(self.log_above(x, parameters))))

    def log_above(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the share above."""
        ratio = np.maximum(x, 0.0) / column(parameters, 1)
        return -(ratio ** column(parameters, 0))

    def quantile(self, share: Floats, parameters: Floats) -> Floats:
        """Values below which the shares lie."""
        power = (-np.log1p(-share)) ** (1 / column(parameters, 0))
        return np.asarray(column(parameters, 1) * power)


class Gamma(Family):
    """Shape and scale; the mean is their product."""

    name = "gamma"
    parameters = ("shape", "scale")
    positive = True

    def fit(self, x: Floats) -> Floats:
        """Maximum-likelihood parameters of every sample."""
        mean = x.mean(axis=1)
        gap = np.log(mean) - np.log(x).mean(axis=1)
        shape = (3 - gap + np.sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap)
        for _ in range(_STEPS):
            slope = 1 / shape - polygamma(1, shape)
            inverse = 1 / shape + (np.log(shape) - digamma(shape) - gap) / (shape**2 * slope)
            new = np.clip(1 / inverse, shape / 3, shape * 3)
            done = bool((np.abs(new - shape) <= 1e3 * _ENOUGH * shape).all())
            shape = new
            if done:
                break
        return np.stack([shape, mean / shape], axis=1)

    def log_density(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the density."""
        shape, scale = column(parameters, 0), column(parameters, 1)
        return np.asarray(
            (shape - 1) * np.log(x) - x / scale - gammaln(shape) - shape * np.log(scale)
        )

    def log_below(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the share below."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(gammainc(column(parameters, 0), self._ratio(x, parameters))))

    def log_above(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the share above."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(gammaincc(column(parameters, 0), self._ratio(x, parameters))))

    def quantile(self, share: Floats, parameters: Floats) -> Floats:
        """Values below which the shares lie."""
        return np.asarray(column(parameters, 1) * gammaincinv(column(parameters, 0), share))

    @staticmethod
    def _ratio(x: Floats, parameters: Floats) -> Floats:
        return np.asarray(np.maximum(x, 0.0) / column(parameters, 1))
