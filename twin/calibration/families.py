"""Families of durations: densities and survivors by the logarithms of a scale and a shape.

Every family has theta = (ln scale, ln shape); a normal posterior of theta is then a sensible one,
and the two families of one parameter leave the second at 0.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from twin.distributions import (
    Deterministic,
    Distribution,
    Exponential,
    Gamma,
    Lognormal,
    Triangular,
    Weibull,
)
from twin.line_scaling import Scaled

__all__ = ["FAMILIES", "Family", "family_of", "theta_of"]

Floats = NDArray[np.float64]
_TINY = 1e-300
_MATCHED = 20_001


class Family(ABC):
    """A family of durations.

    Attributes
    ----------
    name : str
    parameters : int
        How many of theta are free.
    """

    name: ClassVar[str]
    parameters: ClassVar[int] = 2

    @abstractmethod
    def log_density(self, values: Floats, theta: Floats) -> Floats:
        """Logarithm of the density at `values` in seconds."""

    @abstractmethod
    def log_survival(self, values: Floats, theta: Floats) -> Floats:
        """Logarithm of the probability to last longer than `values`."""

    @abstractmethod
    def quantile(self, share: Floats, theta: Floats) -> Floats:
        """Duration that a share of them does not reach; theta may have rows (n, 2)."""

    @abstractmethod
    def distribution(self, theta: Floats) -> Distribution:
        """As the line model draws it."""

    @abstractmethod
    def by_moments(self, mean: float, cv: float) -> Floats:
        """Theta of a mean and a coefficient of variation, nearly."""

    def survival(self, values: Floats, theta: Floats) -> Floats:
        """Probability to last longer than `values`."""
        return np.asarray(np.exp(self.log_survival(values, theta)))

    def remaining(self, age_s: Floats, theta: Floats, uniform: Floats) -> Floats:
        """What is left of a duration that has lasted `age_s`, one draw for each `uniform`."""
        gone = 1.0 - self.survival(age_s, theta)
        share = np.minimum(gone + uniform * (1.0 - gone), 1.0 - 1e-12)
        return np.maximum(self.quantile(share, theta) - age_s, 0.0)


class _Exponential(Family):
    name = "exponential"
    parameters = 1

    def log_density(self, values: Floats, theta: Floats) -> Floats:
        return -theta[..., 0] - values / np.exp(theta[..., 0])

    def log_survival(self, values: Floats, theta: Floats) -> Floats:
        return -values / np.exp(theta[..., 0])

    def quantile(self, share: Floats, theta: Floats) -> Floats:
        return np.asarray(-np.log1p(-share) * np.exp(theta[..., 0]))

    def distribution(self, theta: Floats) -> Distribution:
        return Exponential(mean=math.exp(theta[0]))

    def by_moments(self, mean: float, cv: float) -> Floats:
        del cv
        return np.array([math.log(mean), 0.0])


class _Weibull(Family):
    name = "weibull"

    def log_density(self, values: Floats, theta: Floats) -> Floats:
        shape, ln_x = np.exp(theta[..., 1]), np.log(np.maximum(values, _TINY)) - theta[..., 0]
        return theta[..., 1] - theta[..., 0] + (shape - 1) * ln_x - np.exp(shape * ln_x)

    def log_survival(self, values: Floats, theta: Floats) -> Floats:
        ln_x = np.log(np.maximum(values, _TINY)) - theta[..., 0]
        return -np.exp(np.exp(theta[..., 1]) * ln_x)

    def quantile(self, share: Floats, theta: Floats) -> Floats:
        power = np.power(-np.log1p(-share), np.exp(-theta[..., 1]))
        return np.asarray(np.exp(theta[..., 0]) * power)

    def distribution(self, theta: Floats) -> Distribution:
        return Weibull(shape=math.exp(theta[1]), scale=math.exp(theta[0]))

    def by_moments(self, mean: float, cv: float) -> Floats:
        shape = max(cv, 0.01) ** -1.086
        return np.array([math.log(mean) - math.lgamma(1 + 1 / shape), math.log(shape)])


class _Lognormal(Family):
    name = "lognormal"

    def log_density(self, values: Floats, theta: Floats) -> Floats:
        ln_x, sd = np.log(np.maximum(values, _TINY)), np.exp(theta[..., 1])
        z = (ln_x - theta[..., 0]) / sd
        return -0.5 * z**2 - ln_x - theta[..., 1] - 0.5 * math.log(2 * math.pi)

    def log_survival(self, values: Floats, theta: Floats) -> Floats:
        from scipy.special import log_ndtr

        z = (np.log(np.maximum(values, _TINY)) - theta[..., 0]) / np.exp(theta[..., 1])
        return np.asarray(log_ndtr(-z))

    def quantile(self, share: Floats, theta: Floats) -> Floats:
        from scipy.special import ndtri

        return np.asarray(np.exp(theta[..., 0] + np.exp(theta[..., 1]) * ndtri(share)))

    def distribution(self, theta: Floats) -> Distribution:
        variance = math.exp(2 * theta[1])
        return Lognormal(math.exp(theta[0] + variance / 2), math.sqrt(math.expm1(variance)))

    def by_moments(self, mean: float, cv: float) -> Floats:
        variance = math.log1p(max(cv, 1e-6) ** 2)
        return np.array([math.log(mean) - variance / 2, math.log(variance) / 2])


class _Gamma(Family):
    name = "gamma"

    def log_density(self, values: Floats, theta: Floats) -> Floats:
        from scipy.special import gammaln

        shape, x = np.exp(theta[..., 1]), np.maximum(values, _TINY) / np.exp(theta[..., 0])
        return (shape - 1) * np.log(x) - x - gammaln(shape) - theta[..., 0]

    def log_survival(self, values: Floats, theta: Floats) -> Floats:
        from scipy.special import gammaincc

        x = np.maximum(values, 0.0) / np.exp(theta[..., 0])
        return np.asarray(np.log(np.maximum(gammaincc(np.exp(theta[..., 1]), x), _TINY)))

    def quantile(self, share: Floats, theta: Floats) -> Floats:
        from scipy.special import gammaincinv

        return np.asarray(np.exp(theta[..., 0]) * gammaincinv(np.exp(theta[..., 1]), share))

    def distribution(self, theta: Floats) -> Distribution:
        shape = math.exp(theta[1])
        return Gamma(mean=shape * math.exp(theta[0]), cv=shape**-0.5)

    def by_moments(self, mean: float, cv: float) -> Floats:
        shape = max(cv, 1e-4) ** -2
        return np.array([math.log(mean / shape), math.log(shape)])


class _Deterministic(Family):
    name = "deterministic"
    parameters = 1

    def log_density(self, values: Floats, theta: Floats) -> Floats:
        return np.where(np.isclose(values, np.exp(theta[..., 0]), rtol=1e-6), 0.0, -np.inf)

    def log_survival(self, values: Floats, theta: Floats) -> Floats:
        return np.where(values < np.exp(theta[..., 0]) * (1 + 1e-9), 0.0, -700.0)

    def quantile(self, share: Floats, theta: Floats) -> Floats:
        return np.asarray(np.exp(theta[..., 0]) + 0.0 * share)

    def distribution(self, theta: Floats) -> Distribution:
        return Deterministic(math.exp(theta[0]))

    def by_moments(self, mean: float, cv: float) -> Floats:
        del cv
        return np.array([math.log(mean), 0.0])


FAMILIES: dict[str, Family] = {
    one.name: one for one in (_Exponential(), _Lognormal(), _Gamma(), _Weibull(), _Deterministic())
}
"""By name."""


def family_of(distribution: Distribution) -> str:
    """The family that a distribution of a line file belongs to, or is nearest to.

    Examples
    --------
    >>> family_of(Weibull(1.5, 90_000.0))
    'weibull'
    """
    base = distribution.base if isinstance(distribution, Scaled) else distribution
    named = {
        Exponential: "exponential", Weibull: "weibull", Gamma: "gamma",
        Deterministic: "deterministic", Triangular: "gamma",
    }  # fmt: skip
    return named.get(type(base), "lognormal")


def theta_of(distribution: Distribution, family: str) -> Floats:
    """Theta of a family that is as long and as scattered as `distribution`.

    Raises
    ------
    InputError
        When it has a mean of 0.
    """
    if distribution.mean_s <= 0:
        raise InputError(f"a duration to calibrate needs a mean above 0, got {distribution!r}")
    if isinstance(distribution, Weibull) and family == "weibull":
        return np.array([math.log(distribution.scale), math.log(distribution.shape)])
    drawn = distribution.sample(np.random.default_rng(0), _MATCHED)
    mean = float(drawn.mean())
    return FAMILIES[family].by_moments(mean, float(drawn.std() / mean))
