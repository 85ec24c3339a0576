"""Families of distributions that a characteristic may follow, fitted by maximum likelihood.

Every method works on many samples at once, so that a bootstrap is one call: values are (b, n)
arrays, parameters (b, k) arrays. A family here makes its values normal by a transformation
z = score(x); the ones that do not are next door, in `lifetimes`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtri

__all__ = ["Family", "Floats", "Lognormal", "Normal", "Transformed", "column"]

Floats = NDArray[np.float64]
_LOG_ROOT = 0.5 * math.log(2 * math.pi)


def column(parameters: Floats, at: int) -> Floats:
    """Parameter `at` of every sample, as a (b, 1) array."""
    return parameters[:, at, None]


class Family(ABC):
    """A family of distributions.

    Attributes
    ----------
    name : str
    parameters : tuple of str
        Names, in the order of the columns of a parameter array.
    positive : bool
        Whether its values lie above a threshold.
    fewest : int
        Distinct values that a fit needs.
    """

    name: ClassVar[str]
    parameters: ClassVar[tuple[str, ...]]
    positive: ClassVar[bool] = False
    fewest: ClassVar[int] = 3

    @abstractmethod
    def fit(self, x: Floats) -> Floats:
        """Maximum-likelihood parameters (b, k) of samples `x` (b, n)."""

    @abstractmethod
    def log_density(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the density at `x` (b, n)."""

    @abstractmethod
    def log_below(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the probability of a value below `x` (b, n)."""

    @abstractmethod
    def log_above(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the probability of a value above `x` (b, n)."""

    @abstractmethod
    def quantile(self, share: Floats, parameters: Floats) -> Floats:
        """Values below which the shares (b, n), 0 to 1, lie."""

    def support(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Shares (b, 1) between which quantiles are values, for families that are cut off."""
        shape = (len(parameters), 1)
        return np.zeros(shape), np.ones(shape)

    def log_likelihood(self, x: Floats, parameters: Floats) -> Floats:
        """Of every sample, (b,)."""
        total: Floats = self.log_density(x, parameters).sum(axis=1)
        return total


class Transformed(Family):
    """A family whose `score` is standard normal."""

    @abstractmethod
    def score(self, x: Floats, parameters: Floats) -> Floats:
        """Normal scores of `x` (b, n); infinite beyond the support."""

    @abstractmethod
    def value(self, score: Floats, parameters: Floats) -> Floats:
        """The inverse of `score`."""

    @abstractmethod
    def log_slope(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the derivative of `score` at `x`."""

    def log_density(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the density."""
        z = self.score(x, parameters)
        return self.log_slope(x, parameters) - 0.5 * z * z - _LOG_ROOT

    def log_below(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the share below."""
        return np.asarray(log_ndtr(self.score(x, parameters)))

    def log_above(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the share above."""
        return np.asarray(log_ndtr(-self.score(x, parameters)))

    def quantile(self, share: Floats, parameters: Floats) -> Floats:
        """Values below which the shares lie."""
        return self.value(np.asarray(ndtri(share)), parameters)


class Normal(Transformed):
    """Mean and standard deviation (with n below the sum of squares)."""

    name = "normal"
    parameters = ("mean", "sd")

    def fit(self, x: Floats) -> Floats:
        """Maximum-likelihood parameters of every sample."""
        return np.stack([x.mean(axis=1), x.std(axis=1)], axis=1)

    def score(self, x: Floats, parameters: Floats) -> Floats:
        """Normal scores."""
        return (x - column(parameters, 0)) / column(parameters, 1)

    def value(self, score: Floats, parameters: Floats) -> Floats:
        """Values with these normal scores."""
        return column(parameters, 0) + column(parameters, 1) * score

    def log_slope(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the derivative of the score."""
        return np.broadcast_to(-np.log(column(parameters, 1)), x.shape)


class Lognormal(Normal):
    """Mean and standard deviation of the logarithm."""

    name = "lognormal"
    parameters = ("mean_log", "sd_log")
    positive = True

    def fit(self, x: Floats) -> Floats:
        """Maximum-likelihood parameters of every sample."""
        return super().fit(np.log(x))

    def score(self, x: Floats, parameters: Floats) -> Floats:
        """Normal scores."""
        return super().score(_log(x), parameters)

    def value(self, score: Floats, parameters: Floats) -> Floats:
        """Values with these normal scores."""
        return np.exp(super().value(score, parameters))

    def log_slope(self, x: Floats, parameters: Floats) -> Floats:
        """Logarithm of the derivative of the score."""
        return super().log_slope(x, parameters) - _log(x)


def _log(x: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x > 0, np.log(x), -np.inf)
