"""Standard errors of functions of fitted parameters, by the delta method.

The information of one value is the mean outer product of the scores over quantiles at evenly
spaced normal scores, weighed by the normal density (the trapezoidal rule); derivatives are central
differences with steps that are small beside what the bootstrap moves a parameter by.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr

from process_models.capability.families import Family, Floats

__all__ = ["standard_errors", "steps_of"]

_STEP = 0.02
_SCORES = np.linspace(-5.0, 5.0, 51)
_SHARES = ndtr(_SCORES)
_WEIGHTS = np.exp(-0.5 * _SCORES**2) / np.exp(-0.5 * _SCORES**2).sum()


def steps_of(draws: Floats) -> Floats:
    """A small step (k,) in each parameter, from draws (b, k) of them.

    Half the distance between the quartiles is used, which stray draws do not move.
    """
    low, high = np.quantile(draws, [0.25, 0.75], axis=0)
    return np.asarray(_STEP * np.maximum((high - low) / 2, 1e-9 * np.abs(high) + 1e-12))


def standard_errors(
    family: Family,
    parameters: Floats,
    function: Callable[[Floats], Floats],
    n: int,
    steps: Floats,
) -> Floats:
    """Standard errors of `function` estimated from `n` values.

    Parameters
    ----------
    family : Family
    parameters : (b, k) array
        Where they are wanted.
    function : callable
        (b, k) parameters to (b, m) numbers.
    n : int
    steps : (k,) array

    Returns
    -------
    (b, m) array
        nan where the information is singular.

    >>> from process_models.capability.families import Normal
    >>> at, steps = np.array([[10.0, 2.0]]), np.array([0.01, 0.01])
    >>> standard_errors(Normal(), at, lambda p: p, 100, steps).round(2)  # 2/10, 2/sqrt(200)
    array([[0.2 , 0.14]])
    """
    shares = np.broadcast_to(_SHARES, (len(parameters), len(_SHARES)))
    x = family.quantile(shares, parameters)
    scores, slopes = [], []
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for at, step in enumerate(steps):
            up, down = parameters.copy(), parameters.copy()
            up[:, at] += step
            down[:, at] -= step
            rise = family.log_density(x, up) - family.log_density(x, down)
            scores.append(rise / (2 * step))
            slopes.append((function(up) - function(down)) / (2 * step))
    score, slope = np.stack(scores, axis=2), np.stack(slopes, axis=1)
    return _combined(score, slope, n)


def _combined(score: Floats, slope: Floats, n: int) -> Floats:
    """Root of slope' information^-1 slope / n."""
    information = np.einsum("g,bgi,bgj->bij", _WEIGHTS, score, score)
    usable = np.isfinite(information).all(axis=(1, 2)) & np.isfinite(slope).any(axis=(1, 2))
    variance = np.full((slope.shape[0], slope.shape[2]), np.nan)
    found = np.linalg.pinv(information[usable], rcond=1e-10, hermitian=True)
    variance[usable] = np.einsum("bim,bij,bjm->bm", slope[usable], found, slope[usable]) / n
    return np.asarray(np.sqrt(np.where(variance > 0, variance, np.nan)))
