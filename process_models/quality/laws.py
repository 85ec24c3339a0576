"""Standardised laws of location-scale families, as survival regression uses them.

The logarithm of a Weibull life has the smallest extreme value law, that of a log-normal one the
normal law, that of a log-logistic one the logistic law. `normal` is the plain Tobit model, without
a logarithm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError

__all__ = ["LAWS", "Law", "law_named"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Law:
    """Logarithms of density, its slope, distribution and survival of a standardised law.

    Attributes
    ----------
    name : str
    logarithmic : bool
        Whether the law is that of the logarithm of the value.
    log_density, slope, log_cdf, log_sf, quantile : callable
        Functions of arrays; `slope` is the derivative of `log_density`.
    """

    name: str
    logarithmic: bool
    log_density: Callable[[Any], Any]
    slope: Callable[[Any], Any]
    log_cdf: Callable[[Any], Any]
    log_sf: Callable[[Any], Any]
    quantile: Callable[[Any], Any]

    def transform(self, value: Any) -> Any:
        """The value in the units in which the law holds."""
        if not self.logarithmic:
            return np.asarray(value, dtype=float)
        with np.errstate(divide="ignore"):
            return np.log(value)

    def restore(self, y: Any) -> Any:
        """Back from `transform`."""
        return np.exp(y) if self.logarithmic else y


def _normal_log_density(z: Any) -> Any:
    return -0.5 * z * z - 0.5 * np.log(2.0 * np.pi)


def _normal_log_cdf(z: Any) -> Any:
    from scipy.special import log_ndtr

    return log_ndtr(z)


def _normal_quantile(p: Any) -> Any:
    from scipy.special import ndtri

    return ndtri(p)


def _extreme_log_cdf(z: Any) -> Any:
    return np.log(-np.expm1(-np.exp(z)))


def _logistic_log_cdf(z: Any) -> Any:
    return -np.logaddexp(0.0, -z)


def _normal(name: str, *, logarithmic: bool) -> Law:
    return Law(
        name, logarithmic, _normal_log_density, lambda z: -z, _normal_log_cdf,
        lambda z: _normal_log_cdf(-z), _normal_quantile,
    )  # fmt: skip


LAWS: Mapping[str, Law] = MappingProxyType({
    "lognormal": _normal("lognormal", logarithmic=True),
    "weibull": Law(
        "weibull", True, lambda z: z - np.exp(z), lambda z: 1.0 - np.exp(z), _extreme_log_cdf,
        lambda z: -np.exp(z), lambda p: np.log(-np.log1p(-p)),
    ),
    "loglogistic": Law(
        "loglogistic", True, lambda z: -z - 2.0 * np.logaddexp(0.0, -z),
        lambda z: -np.tanh(0.5 * z), _logistic_log_cdf, lambda z: _logistic_log_cdf(-z),
        lambda p: np.log(p) - np.log1p(-p),
    ),
    "normal": _normal("normal", logarithmic=False),
})  # fmt: skip
"""By name."""


def law_named(name: str) -> Law:
    """The law of this name.

    Raises
    ------
    InputError
        When there is none.

    Examples
    --------
    >>> float(law_named("weibull").quantile(1.0 - np.exp(-1.0)))
    0.0
    """
    if name not in LAWS:
        raise InputError(f"law must be one of {', '.join(LAWS)}, got {name!r}")
    return LAWS[name]
