"""Censored observations of a location-scale regression, and its likelihood with gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from process_models.errors import InputError
from process_models.quality.laws import Law

__all__ = ["Censored", "log_likelihood", "log_probability", "maximise"]

Floats = NDArray[np.float64]
_FAR = 30.0  # standardised units beyond which a law has nothing left to tell
_CERTAIN = 1e-3  # of minus ln likelihood, below which a fit explains everything and knows nothing
_LEAST_SCALE, _MOST_SCALE = -12.0, 12.0  # ln scale over the spread of the values


@dataclass(frozen=True, slots=True)
class Censored:
    """Bounds of n observations; equal where exact, -inf or 0 and inf where open.

    Attributes
    ----------
    lower, upper : ndarray, shape (n,)

    Raises
    ------
    InputError
        Naming row, rule and value.
    """

    lower: Floats
    upper: Floats

    def __post_init__(self) -> None:
        if self.lower.shape != self.upper.shape or self.lower.ndim != 1:
            got = f"{self.lower.shape} and {self.upper.shape}"
            raise InputError(f"lower and upper must be two columns of one length, got {got}")
        wrong = np.flatnonzero(~(self.lower <= self.upper))
        if len(wrong):
            row = int(wrong[0])
            raise InputError(
                f"row {row + 1}: lower must not exceed upper {self.upper[row]:g},"
                f" got {self.lower[row]:g}"
            )

    @classmethod
    def of(cls, lower: ArrayLike, upper: ArrayLike) -> Censored:
        """From anything that makes two arrays of one length.

        Examples
        --------
        >>> Censored.of([1.0, 2.0], [1.0, np.inf]).exact.tolist()
        [True, False]
        """
        return cls(np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64))

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Which observations are exact."""
        return np.asarray(self.lower == self.upper)

    def transformed(self, law: Law) -> Censored:
        """The bounds in the units of the law.

        Raises
        ------
        InputError
            When a life is not positive under a law of logarithms.
        """
        if law.logarithmic:
            wrong = np.flatnonzero((self.upper <= 0) | (self.lower < 0) & np.isfinite(self.lower))
            if len(wrong):
                row = int(wrong[0])
                got = f"{self.lower[row]:g} to {self.upper[row]:g}"
                raise InputError(
                    f"row {row + 1}: a value of the {law.name} law must be above 0, got {got}"
                )
        lower = np.where(np.isneginf(self.lower) & law.logarithmic, 0.0, self.lower)
        return Censored(law.transform(lower), law.transform(self.upper))

    def middle(self) -> Floats:
        """A finite value for every observation, to start from."""
        low = np.where(np.isfinite(self.lower), self.lower, self.upper)
        high = np.where(np.isfinite(self.upper), self.upper, self.lower)
        both = 0.5 * (low + high)
        return np.where(np.isfinite(both), both, 0.0)


def log_probability(y: Censored, location: Any, scale: Any, law: Law) -> Any:
    """ln density of exact observations, ln probability of the others, shape (..., n).

    Parameters
    ----------
    y : Censored
        In the units of the law.
    location, scale : float or array, shape (..., n)
    """
    low, high = _standardised(y, location, scale)
    inner = _log_inside(low, high, law)
    return np.where(y.exact, law.log_density(low) - np.log(scale), inner)


def log_likelihood(
    parameters: Floats, y: Censored, design: Floats, law: Law
) -> tuple[Floats, Floats]:
    """ln likelihood of every observation, (n,), and its gradient, (n, p + 1).

    Parameters
    ----------
    parameters : ndarray, shape (p + 1,)
        Coefficients and ln scale.
    y : Censored
        In the units of the law.
    design : ndarray, shape (n, p)
    law : Law
    """
    scale = np.exp(parameters[-1])
    low, high = _standardised(y, design @ parameters[:-1], scale)
    inner = _log_inside(low, high, law)
    value = np.where(y.exact, law.log_density(low) - parameters[-1], inner)
    with np.errstate(over="ignore"):
        share_low, share_high = (
            np.where(np.abs(z) < _FAR, np.exp(law.log_density(z) - inner), 0.0) for z in (low, high)
        )
    slope = law.slope(low)
    by_location = np.where(y.exact, -slope, share_low - share_high) / scale
    by_scale = np.where(y.exact, -low * slope - 1.0, low * share_low - high * share_high)
    return value, np.column_stack([by_location[:, None] * design, by_scale])


def maximise(
    y: Censored, design: Floats, law: Law, penalty: Floats | float = 0.0
) -> tuple[Floats, bool]:
    """Parameters of the largest likelihood, and whether an inner maximum was found.

    Parameters
    ----------
    y : Censored
        In the units of the law.
    design : ndarray, shape (n, p)
    law : Law
    penalty : float or ndarray, shape (p,)
        Ridge: half of it times the squared coefficients is taken off the log-likelihood.

    Returns
    -------
    tuple of ndarray, shape (p + 1,), and bool
        Coefficients and ln scale.
    """
    from scipy.optimize import minimize

    middle = y.middle()
    start = np.linalg.lstsq(design, middle, rcond=None)[0]
    spread = max(float(np.std(middle - design @ start)), 1e-6 * max(float(np.std(middle)), 1e-3))
    ridge = np.broadcast_to(np.asarray(penalty, dtype=float), start.shape)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        value, gradient = log_likelihood(parameters, y, design, law)
        coefficients = parameters[:-1]
        total = -float(value.sum()) + 0.5 * float(ridge @ coefficients**2)
        return total, -gradient.sum(axis=0) + np.append(ridge * coefficients, 0.0)

    centre = float(np.log(spread))
    bounds = [(None, None)] * len(start) + [(centre + _LEAST_SCALE, centre + _MOST_SCALE)]
    found = minimize(
        loss, np.append(start, centre), jac=True, method="L-BFGS-B", bounds=bounds,
        options={"maxiter": 2000, "maxfun": 20000, "ftol": 1e-15, "gtol": 1e-9, "maxcor": 30},
    )  # fmt: skip
    best: Floats = found.x
    inside = centre + _LEAST_SCALE < best[-1] < centre + _MOST_SCALE
    remaining, gradient = loss(best)
    flat = np.abs(gradient).max() < 1e-3 * max(1.0, len(middle) ** 0.5)
    certain = not y.exact.any() and remaining < _CERTAIN  # every outcome has probability 1
    return best, bool(inside and flat and not certain)


def _standardised(y: Censored, location: Any, scale: Any) -> tuple[Any, Any]:
    low = np.clip((y.lower - location) / scale, -_FAR, None)
    high = np.clip((y.upper - location) / scale, None, _FAR)
    exact = y.exact
    same = (np.where(exact, y.lower, 0.0) - location) / scale
    return np.where(exact, same, low), np.where(exact, same, high)


def _log_inside(low: Any, high: Any, law: Law) -> Any:
    """ln P(low < z <= high), from the side where the tail is small."""
    upper_tail = low + high > 0
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        a = np.where(upper_tail, law.log_sf(low), law.log_cdf(high))
        b = np.where(upper_tail, law.log_sf(high), law.log_cdf(low))
        gap = np.minimum(b - a, -1e-15)
        inside = a + np.log1p(-np.exp(gap))
    return np.where(np.isfinite(inside), inside, np.where(low == high, 0.0, -745.0))
