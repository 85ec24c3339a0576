"""Fits a family of durations to observed and censored ones, with a prior where there are few.

The prior is what the line file says, worth about one observation: normal in ln scale and ln shape.
The posterior is taken as normal around its mode, its covariance the inverse of the curvature.
Families are compared by AIC of the likelihood alone; a Kolmogorov-Smirnov distance says whether
even the best of them fits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from twin.calibration.durations import Sample
from twin.calibration.families import FAMILIES, Family, family_of, theta_of
from twin.distributions import Distribution

__all__ = ["CANDIDATES", "FittedDuration", "fit_duration"]

Floats = NDArray[np.float64]
CANDIDATES = ("exponential", "lognormal", "gamma", "weibull")
PRIOR_SD = (0.7, 0.5)  # of ln scale and ln shape around what the line file says, assumed
_COMPARED = 20
_STEP = 1e-4
_SPREAD = 1e-6


@dataclass(frozen=True)
class FittedDuration:
    """A distribution, and how well it is known.

    Attributes
    ----------
    family : str
        exponential, lognormal, gamma, weibull or deterministic.
    theta : tuple of 2 float
        ln scale, ln shape.
    covariance : ndarray (2, 2)
        Of theta.
    n, censored : int
        Observations, and how many of them had not ended.
    aic : mapping of str to float
        By family that was compared; empty with fewer than twenty that ended.
    distance, p_value : float or None
        Kolmogorov-Smirnov, of those that ended; None where the line file stands alone.
    """

    family: str
    theta: tuple[float, float]
    covariance: Floats
    n: int
    censored: int
    aic: Mapping[str, float] = field(default_factory=dict)
    distance: float | None = None
    p_value: float | None = None

    @property
    def distribution(self) -> Distribution:
        """As the line model draws it."""
        return FAMILIES[self.family].distribution(np.array(self.theta))

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """Sets of parameters that the observations allow, (n, 2)."""
        z = rng.standard_normal((n, 2))
        return np.asarray(np.array(self.theta) + z @ _root(self.covariance).T)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        scale, shape = np.exp(np.array(self.theta)).tolist()
        sd = np.sqrt(np.maximum(np.diag(self.covariance), 0.0)).tolist()
        return {
            "family": self.family, "mean_s": self.distribution.mean_s, "scale": scale,
            "shape": shape, "sd_ln_scale": sd[0], "sd_ln_shape": sd[1], "n": self.n,
            "censored": self.censored, "aic": dict(self.aic), "p_value": self.p_value,
            "distance": self.distance, "covariance": np.asarray(self.covariance).tolist(),
        }  # fmt: skip


def fit_duration(sample: Sample, assumed: Distribution) -> FittedDuration:
    """Fit the family that explains the sample best, starting from what the line file assumes.

    Parameters
    ----------
    sample : Sample
        Durations in seconds, censored ones marked.
    assumed : Distribution
        Of the line file: prior, and the answer where nothing was observed.

    Raises
    ------
    InputError
        When `assumed` has a mean of 0.

    Examples
    --------
    >>> from twin.distributions import Exponential
    >>> rng = np.random.default_rng(1)
    >>> seen = Sample(rng.lognormal(6.0, 0.2, 500), np.zeros(500, bool))
    >>> fitted = fit_duration(seen, Exponential(300.0))
    >>> fitted.family, round(fitted.theta[0], 1), round(math.exp(fitted.theta[1]), 1)
    ('lognormal', 6.0, 0.2)
    """
    values = np.asarray(sample.values, dtype=np.float64)
    if np.any(~np.isfinite(values)) or np.any(values < 0):
        raise InputError("durations must be finite and at least 0 s")
    ended = values[~sample.censored]
    usual = family_of(assumed)
    if _constant(ended, values, sample.censored):
        constant = (math.log(max(float(np.median(ended)), 1e-9)), 0.0)
        return FittedDuration(
            "deterministic", constant, np.zeros((2, 2)), len(values), len(values) - len(ended)
        )
    if usual == "deterministic":
        usual = "lognormal"
    names = CANDIDATES if len(ended) >= _COMPARED else (usual,)
    found = {name: _mode(FAMILIES[name], sample, theta_of(assumed, name)) for name in names}
    aic = {
        name: 2.0 * FAMILIES[name].parameters - 2.0 * _likelihood(FAMILIES[name], sample, theta)
        for name, (theta, _) in found.items()
    }
    best = min(aic, key=lambda name: aic[name])
    theta, covariance = found[best]
    distance, p_value = _fit(FAMILIES[best], ended, theta)
    return FittedDuration(
        best,
        (float(theta[0]), float(theta[1])),
        covariance,
        len(values),
        len(values) - len(ended),
        aic if len(names) > 1 else {},
        distance,
        p_value,
    )


def _constant(ended: Floats, values: Floats, censored: NDArray[np.bool_]) -> bool:
    if len(ended) < 5 or float(np.ptp(ended)) > _SPREAD * max(float(ended.max()), 1e-9):
        return False
    return not np.any(values[censored] > ended.max() * (1 + _SPREAD))


def _likelihood(family: Family, sample: Sample, theta: Floats) -> float:
    told = np.where(
        sample.censored,
        family.log_survival(sample.values, theta),
        family.log_density(sample.values, theta),
    )
    return float(told.sum())


def _mode(family: Family, sample: Sample, prior: Floats) -> tuple[Floats, Floats]:
    """Mode of the posterior, and its covariance there."""
    from scipy.optimize import minimize

    free = family.parameters
    sd = np.array(PRIOR_SD[:free])

    def loss(part: Floats) -> float:
        theta = np.array([*part, *prior[free:]])
        pull = 0.5 * float(np.sum(((part - prior[:free]) / sd) ** 2))
        value = pull - (_likelihood(family, sample, theta) if len(sample.values) else 0.0)
        return value if math.isfinite(value) else 1e12

    start = _start(family, sample, prior)[:free]
    result = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-6})
    mode = np.asarray(result.x, dtype=np.float64)
    covariance = np.zeros((2, 2))
    covariance[:free, :free] = np.linalg.inv(_curvature(loss, mode, sd))
    return np.array([*mode, *prior[free:]]), covariance


def _start(family: Family, sample: Sample, prior: Floats) -> Floats:
    ended = sample.values[~sample.censored & (sample.values > 0)]
    if len(ended) < 5:
        return prior
    mean = float(ended.mean())
    return family.by_moments(mean, max(float(ended.std()) / mean, 0.01))


def _curvature(loss: Any, mode: Floats, sd: Floats) -> Floats:
    """Second differences of the loss; never flatter than the prior alone."""
    free = len(mode)
    steps = np.eye(free) * _STEP
    found = np.empty((free, free))
    for i in range(free):
        for j in range(free):
            found[i, j] = (
                loss(mode + steps[i] + steps[j])
                - loss(mode + steps[i] - steps[j])
                - loss(mode - steps[i] + steps[j])
                + loss(mode - steps[i] - steps[j])
            ) / (4 * _STEP**2)
    found = (found + found.T) / 2
    if not np.all(np.isfinite(found)) or np.any(np.linalg.eigvalsh(found) <= 0):
        return np.asarray(np.diag(sd**-2.0))
    return found


def _fit(family: Family, ended: Floats, theta: Floats) -> tuple[float | None, float | None]:
    if len(ended) < 5:
        return None, None
    from scipy.stats import kstwobign

    share = np.sort(1.0 - family.survival(ended, theta))
    steps = np.arange(1, len(ended) + 1) / len(ended)
    distance = float(max(np.max(steps - share), np.max(share - steps + 1 / len(ended))))
    return distance, float(kstwobign.sf(distance * math.sqrt(len(ended))))


def _root(covariance: Floats) -> Floats:
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
