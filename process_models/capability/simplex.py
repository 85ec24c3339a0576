"""Nelder and Mead's search in two dimensions, of many functions at once.

A bootstrap of a Johnson fit needs hundreds of small searches; side by side in arrays they take
the time of a few.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from process_models.capability.families import Floats

__all__ = ["lowest"]

_STEPS = 120
_ENOUGH = 1e-9
_MOST = 0.95  # the last few of a bootstrap creep along ridges without changing what they say


def lowest(cost: Callable[[Floats], Floats], start: Floats, size: float) -> Floats:
    """Where each function is lowest.

    Parameters
    ----------
    cost : callable
        Heights (b,) of the b functions at points (b, 2).
    start : (b, 2) array
    size : float
        Edge of the first simplex.

    Returns
    -------
    (b, 2) array

    >>> goal = np.array([[1.0, 2.0], [-3.0, 0.5]])
    >>> bool(np.allclose(lowest(lambda at: ((at - goal) ** 2).sum(axis=1), 0 * goal, 1.0), goal,
    ...                  atol=1e-4))
    True
    """
    corners = np.stack([start + np.array(step) * size for step in ((0, 0), (1, 0), (0, 1))], axis=1)
    heights = np.stack([cost(corners[:, i]) for i in range(3)], axis=1)
    for _ in range(_STEPS):
        order = heights.argsort(axis=1)
        corners = np.take_along_axis(corners, order[:, :, None], axis=1)
        heights = np.take_along_axis(heights, order, axis=1)
        if np.mean(heights[:, 2] - heights[:, 0] <= _ENOUGH) >= _MOST:
            break
        _move(cost, corners, heights)
    best = heights.argmin(axis=1)
    return np.asarray(corners[np.arange(len(corners)), best])


def _move(cost: Callable[[Floats], Floats], corners: Floats, heights: Floats) -> None:
    """Replace the worst corner of every simplex, or draw all towards the best."""
    middle = corners[:, :2].mean(axis=1)
    away = middle - corners[:, 2]
    reflected = middle + away
    at_reflected = cost(reflected)
    best, second, worst = heights.T
    reach = np.where(at_reflected < best, 2.0, np.where(at_reflected < worst, 0.5, -0.5))
    further = middle + reach[:, None] * away
    at_further = cost(further)
    plain = ((at_reflected < second) & (at_reflected >= best)) | (
        (at_reflected < best) & (at_further >= at_reflected)
    )
    better = plain | (at_further < np.minimum(at_reflected, worst))
    new = np.where(plain[:, None], reflected, further)
    at_new = np.where(plain, at_reflected, at_further)
    corners[:, 2] = np.where(better[:, None], new, corners[:, 2])
    heights[:, 2] = np.where(better, at_new, worst)
    if not better.all():
        shrink = ~better
        for i in (1, 2):
            closer = np.where(shrink[:, None], (corners[:, 0] + corners[:, i]) / 2, corners[:, i])
            heights[:, i] = np.where(shrink, cost(closer), heights[:, i])
            corners[:, i] = closer
