"""Constants of control charts for normal data, by quadrature, for any subgroup size.

The relative range W of n standard normal values has the distribution
F(w) = n ∫ φ(x) [Φ(x + w) - Φ(x)]^(n - 1) dx; d2 is its mean and d3 its standard deviation
(Tippett 1925). c4 is the mean of the sample standard deviation (Cochran 1934).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

__all__ = [
    "EXACT",
    "MEDIAN_MOVING_RANGE",
    "ROUNDED",
    "Constants",
    "at_sizes",
    "c4",
    "constants_called",
    "d2",
    "d3",
    "shewhart_factors",
]

MEDIAN_MOVING_RANGE = 0.9538725524089398
"""Median of |X1 - X2| of two standard normal values: sqrt(2) times the 0.75 quantile."""

_FAR = 9.5  # standard deviations; beyond lies less than 1e-20
_NORMAL_NODES = 400
_WIDTH_NODES = 120
_SERIES_FROM = 1000


@lru_cache(maxsize=4096)
def d2(n: int) -> float:
    """Mean of the relative range of `n` normal values, to 1e-8.

    >>> round(d2(5), 8)
    2.32592895
    """
    return _range_moments(n)[0]


@lru_cache(maxsize=4096)
def d3(n: int) -> float:
    """Standard deviation of the relative range of `n` normal values, to 1e-8."""
    mean, square = _range_moments(n)
    return math.sqrt(square - mean * mean)


@lru_cache(maxsize=4096)
def c4(n: int) -> float:
    """Mean of the sample standard deviation of `n` normal values over their sigma.

    >>> round(c4(5), 8)
    0.9399856
    """
    _require_size(n)
    m = n - 1
    if n > _SERIES_FROM:
        return 1 - 1 / (4 * m) + 1 / (32 * m**2) + 5 / (128 * m**3) - 21 / (2048 * m**4)
    return math.sqrt(2 / m) * math.exp(math.lgamma(n / 2) - math.lgamma(m / 2))


def at_sizes(constant: Callable[[int], float], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """`constant` at every subgroup size; nan where a subgroup has fewer than two values.

    Parameters
    ----------
    constant : callable
        `d2`, `d3` or `c4`.
    sizes : (k,) array of int

    Returns
    -------
    (k,) array
    """
    distinct, where = np.unique(sizes, return_inverse=True)
    table = [constant(int(n)) if n > 1 else math.nan for n in distinct]
    return np.asarray(table, dtype=np.float64)[where]


@dataclass(frozen=True, slots=True)
class Constants:
    """The constants that a chart computes with.

    Attributes
    ----------
    name : str
        `exact`, or `rounded` as printed tables and programs that copy them have them: d2, d3 and
        the median moving range to three decimals, c4 to four.

    >>> ROUNDED.d2(2), ROUNDED.c4(5)
    (1.128, 0.94)
    """

    name: str

    def d2(self, n: int) -> float:
        """Mean of the relative range of `n` values."""
        return self._printed(d2(n), 3)

    def d3(self, n: int) -> float:
        """Standard deviation of the relative range of `n` values."""
        return self._printed(d3(n), 3)

    def c4(self, n: int) -> float:
        """Mean of the sample standard deviation of `n` values over their sigma."""
        return self._printed(c4(n), 4)

    @property
    def median_moving_range(self) -> float:
        """Median of |X1 - X2| over sigma."""
        return self._printed(MEDIAN_MOVING_RANGE, 3)

    def _printed(self, value: float, decimals: int) -> float:
        return round(value, decimals) if self.name == "rounded" else value


EXACT = Constants("exact")
ROUNDED = Constants("rounded")


def constants_called(name: str) -> Constants:
    """The constants called `name`.

    Raises
    ------
    InputError
        When there are none.
    """
    for constants in (EXACT, ROUNDED):
        if constants.name == name:
            return constants
    raise InputError(f"constants must be one of exact, rounded, got {name!r}")


def shewhart_factors(n: int, nsigma: float = 3.0) -> dict[str, float]:
    """The factors printed in tables: A2, A3, B3 to B6, D1 to D4, E2, with d2, d3 and c4.

    Parameters
    ----------
    n : int
        Subgroup size, at least 2.
    nsigma : float
        Width of the limits in standard errors.

    Returns
    -------
    dict of str to float
        Lower factors are cut off at 0.

    >>> round(shewhart_factors(5)["A2"], 4), round(shewhart_factors(5)["D4"], 4)
    (0.5768, 2.1145)
    """
    mean, spread, unbias = d2(n), d3(n), c4(n)
    sd = nsigma * math.sqrt(1 - unbias * unbias)
    return {
        "d2": mean,
        "d3": spread,
        "c4": unbias,
        "A2": nsigma / (mean * math.sqrt(n)),
        "A3": nsigma / (unbias * math.sqrt(n)),
        "B3": max(0.0, 1 - sd / unbias),
        "B4": 1 + sd / unbias,
        "B5": max(0.0, unbias - sd),
        "B6": unbias + sd,
        "D1": max(0.0, mean - nsigma * spread),
        "D2": mean + nsigma * spread,
        "D3": max(0.0, 1 - nsigma * spread / mean),
        "D4": 1 + nsigma * spread / mean,
        "E2": nsigma / mean,
    }


def _require_size(n: int) -> None:
    if n < 2:
        raise InputError(f"a subgroup size must be at least 2, got {n}")


@lru_cache(maxsize=4096)
def _range_moments(n: int) -> tuple[float, float]:
    """First and second moment of the relative range.

    The trapezoidal rule converges geometrically in x, where all dies away at both ends, and
    Gauss-Legendre does in w.
    """
    from scipy.special import ndtr

    _require_size(n)
    x, step = np.linspace(-_FAR, _FAR, _NORMAL_NODES, retstep=True)
    width, width_weight = _width_nodes()
    density = n * step * np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    inside = ndtr(x + width[:, None]) - ndtr(x)
    beyond = 1.0 - np.power(inside, n - 1) @ density
    return float(width_weight @ beyond), float(2 * width_weight @ (width * beyond))


@lru_cache(maxsize=1)
def _width_nodes() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    nodes, weights = np.polynomial.legendre.leggauss(_WIDTH_NODES)
    return _FAR * (nodes + 1), _FAR * weights
