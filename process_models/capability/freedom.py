"""How many degrees of freedom an estimate of sigma within is worth.

An estimate from ranges is matched with a chi variable of the same coefficient of variation
(Patnaik 1950), which is exact for a pooled standard deviation. Neighbouring moving ranges share a
value, so their mean varies more than that of independent ranges: |N1| and |N2| of two standard
normal values with correlation -1/2 have covariance (2/pi) (sqrt(3)/2 + pi/12 - 1), which leaves
about 0.605 (n - 1) degrees of freedom for long series (Cryer and Ryan 1990).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.spc.constants import at_sizes, c4, d2, d3

__all__ = [
    "FREEDOM_CHOICES",
    "Freedom",
    "FreedomChoice",
    "matched",
    "nominal",
    "of_moving_ranges",
    "of_subgroups",
]

FreedomChoice = Literal["auto", "effective", "nominal"]
FREEDOM_CHOICES: tuple[str, ...] = get_args(FreedomChoice)

_HALF_NORMAL = 2 / math.pi
_STEP_VARIANCE = (1 - _HALF_NORMAL) / _HALF_NORMAL
_STEP_COVARIANCE = math.sqrt(3) / 2 + math.pi / 12 - 1


@dataclass(frozen=True, slots=True)
class Freedom:
    """Degrees of freedom of an estimate of sigma.

    Attributes
    ----------
    degrees : float
    unbias : float
        What the estimate must be multiplied with to be the root of an unbiased variance: c4 for
        an unbiased sigma, 1 for a sample standard deviation.
    """

    degrees: float
    unbias: float = 1.0

    def factors(self, confidence: float) -> tuple[float, float]:
        """What an index in 1 / sigma is multiplied with for its lower and upper bound."""
        from scipy.special import chdtri

        tail = (1 - confidence) / 2
        below, above = chdtri(self.degrees, 1 - tail), chdtri(self.degrees, tail)
        low, high = (math.sqrt(chi / self.degrees) / self.unbias for chi in (below, above))
        return low, high


def nominal(n: int) -> Freedom:
    """That of the sample standard deviation of `n` values."""
    return Freedom(float(n - 1))


def matched(relative_variance: float) -> Freedom:
    """The chi variable with this squared coefficient of variation.

    Parameters
    ----------
    relative_variance : float
        Variance of the estimate over sigma², the estimate being unbiased.

    >>> round(matched(math.pi / 2 - 1).degrees, 9)  # of a single range of two values
    1.0
    """
    from scipy.optimize import brentq
    from scipy.special import gammaln

    def mean(nu: float) -> float:
        gap = float(gammaln((nu + 1) / 2) - gammaln(nu / 2))
        return math.sqrt(2 / nu) * math.exp(gap)

    if relative_variance <= 0:
        raise InputError(f"a relative variance must be above 0, got {relative_variance:g}")
    guess = 0.5 / relative_variance + 0.25
    if guess > 1e5:
        return Freedom(guess, 1 - 0.25 / guess)
    nu = float(brentq(
        lambda log_nu: mean(math.exp(log_nu)) ** -2 - 1 - relative_variance,
        math.log(guess / 8), math.log(guess * 8), xtol=1e-13,
    ))  # fmt: skip
    return Freedom(math.exp(nu), mean(math.exp(nu)))


def of_moving_ranges(n: int) -> Freedom:
    """That of the mean moving range of `n` values over d2(2).

    >>> round(of_moving_ranges(100).degrees, 1), round(of_moving_ranges(100).degrees / 99, 3)
    (60.3, 0.609)
    """
    steps = n - 1
    covariance = _STEP_COVARIANCE * 2 * (steps - 1) / steps
    return matched((_STEP_VARIANCE + covariance) / steps)


def of_subgroups(sizes: NDArray[np.int64], method: str) -> Freedom | None:
    """That of sigma from within subgroups; None where `method` has none here.

    Parameters
    ----------
    sizes : (k,) array of int
        Those of one value say nothing.
    method : str
        `rbar_d2`, `sbar_c4`, `pooled`, or the names that qcc has for the first two.

    >>> round(of_subgroups(np.full(25, 5), "rbar_d2").degrees, 1)
    90.8
    """
    kept = sizes[sizes > 1]
    variance = _VARIANCES.get(method)
    return None if variance is None else matched(variance(kept))


def _by_range(sizes: NDArray[np.int64]) -> float:
    return float(np.sum((at_sizes(d3, sizes) / at_sizes(d2, sizes)) ** 2)) / len(sizes) ** 2


def _by_deviation(sizes: NDArray[np.int64]) -> float:
    return float(np.sum(at_sizes(c4, sizes) ** -2 - 1)) / len(sizes) ** 2


def _by_pooling(sizes: NDArray[np.int64]) -> float:
    return c4(int((sizes - 1).sum()) + 1) ** -2 - 1


_VARIANCES: dict[str, Callable[[NDArray[np.int64]], float]] = {
    "rbar_d2": _by_range,
    "uwave_r": _by_range,
    "sbar_c4": _by_deviation,
    "uwave_sd": _by_deviation,
    "pooled": _by_pooling,
}
