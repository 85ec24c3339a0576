"""Centre and sigma as N individuals in control give them: their sampling distributions.

The mean is normal, and independent of any estimate of sigma that a shift leaves alone. The
sample standard deviation is a chi over its degrees of freedom; the mean moving range has no
closed distribution, so it is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.special import gammaincinv, gammaln

from process_models.run_length.law import FloatArray
from process_models.run_length.quadrature import legendre_between
from process_models.run_length.scheme import SigmaMethod
from process_models.spc.constants import c4, d2

__all__ = ["Standardise", "draw_estimates", "draw_sigmas", "mean_nodes", "sigma_nodes"]

_FAR = 1e-13
_CHUNK = 4_000_000


@dataclass(frozen=True, eq=False)
class Standardise:
    """What each replicate's estimates make of a value.

    Attributes
    ----------
    centre : (n,) or (n, p) array
    scale : (n,) or (n, p, p) array
        Sigma, or the inverse of a square root of the covariance matrix.
    """

    centre: FloatArray
    scale: FloatArray

    def apply(self, x: FloatArray) -> FloatArray:
        """`x` in estimated standard errors from the estimated centre."""
        if self.scale.ndim == 1:
            return np.asarray((x - self.centre) / self.scale)
        return np.asarray(np.einsum("nij,nj->ni", self.scale, x - self.centre))

    def take(self, rows: NDArray[np.int64]) -> Standardise:
        """The estimates of some replicates."""
        return Standardise(self.centre[rows], self.scale[rows])


def draw_estimates(
    rng: np.random.Generator, count: int, size: int, variables: int | None,
    method: SigmaMethod, phi: float = 0.0,
) -> Standardise:  # fmt: skip
    """Estimates of `count` replicates from `size` values each, simulated as they are made."""
    shape = (size,) if variables is None else (size, variables)
    chunk = max(1, _CHUNK // math.prod(shape))
    parts = []
    for done in range(0, count, chunk):
        noise = rng.standard_normal((min(chunk, count - done), *shape))
        parts.append(_estimate(_correlated(noise, phi), method))
    return Standardise(
        np.concatenate([part.centre for part in parts]),
        np.concatenate([part.scale for part in parts]),
    )


def _correlated(noise: FloatArray, phi: float) -> FloatArray:
    if not phi:
        return noise
    noise[:, 1:] *= math.sqrt(1 - phi * phi)
    return np.asarray(lfilter([1.0], [1.0, -phi], noise, axis=1))


def _estimate(values: FloatArray, method: SigmaMethod) -> Standardise:
    centre = values.mean(axis=1)
    if values.ndim == 2:
        return Standardise(centre, _sigma(values, method))
    away = values - centre[:, None, :]
    covariance = np.einsum("nij,nik->njk", away, away) / (values.shape[1] - 1)
    return Standardise(centre, np.linalg.inv(np.linalg.cholesky(covariance)))


def _sigma(values: FloatArray, method: SigmaMethod) -> FloatArray:
    if method == "mr_d2":
        return np.asarray(np.abs(np.diff(values, axis=1)).mean(axis=1) / d2(2))
    deviation = values.std(axis=1, ddof=1)
    return np.asarray(deviation / c4(values.shape[1]) if method == "sd_c4" else deviation)


def draw_sigmas(seed: int, count: int, size: int, method: SigmaMethod) -> FloatArray:
    """`count` estimates of sigma = 1, each from `size` values."""
    return draw_estimates(np.random.default_rng(seed), count, size, None, method).scale


def mean_nodes(size: int, *, folded: bool = False) -> tuple[FloatArray, FloatArray]:
    """Gauss-Hermite nodes and probabilities of the mean of `size` standard normal values.

    With `folded`, of its absolute value, for what does not depend on its sign.
    """
    count = 9 + 2 * min(24, 300 // size)  # few values, and the run length is a steep function
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    nodes, weights = nodes / math.sqrt(size), weights / weights.sum()
    if not folded:
        return nodes, weights
    middle = count // 2
    return nodes[middle:], np.concatenate([weights[middle : middle + 1], 2 * weights[middle + 1 :]])


def sigma_nodes(
    size: int, method: SigmaMethod, growth: float, count: int = 32
) -> tuple[FloatArray, FloatArray]:
    """Nodes and probabilities of the sample standard deviation of `size` values.

    Parameters
    ----------
    size : int
    method : {"sd", "sd_c4"}
    growth : float
        The run length grows as exp(growth sigma² / 2), so the nodes must reach further up;
        below `size` - 1, or its mean is infinite.
    """
    freedom = size - 1
    unbias = c4(size) if method == "sd_c4" else 1.0
    half = freedom / 2
    low = math.sqrt(2 * gammaincinv(half, _FAR) / freedom)
    tail = 1 - growth / freedom
    high = math.sqrt(2 * gammaincinv(half, 1 - _FAR) / (freedom * tail))
    s, weight = legendre_between(low, high, count)
    log_density = (
        math.log(2) + half * math.log(half) - gammaln(half)
        + (freedom - 1) * np.log(s) - half * s**2
    )  # fmt: skip
    return s / unbias, weight * np.exp(log_density)
