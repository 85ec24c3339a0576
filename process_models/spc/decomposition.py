"""Which variables make a T2 signal: Mason, Tracy and Young's search for the smallest subsets.

T2 of a subset of the variables is judged by the limit for so many variables. Single variables
beyond it are suspects and leave the search; if what is left still signals as a whole, pairs whose
relation is broken are looked for, then triples (up to `_TRIPLES_UP_TO` variables). What signals to
the end without a smaller cause is one suspect group (Mason, Tracy and Young 1997).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.spc.arrays import FloatArray
from process_models.spc.multivariate import distances

__all__ = ["Subset", "decompose", "suspects"]

_TRIPLES_UP_TO = 12

Subset = tuple[int, ...]
LimitOf = Callable[[int], FloatArray]


def suspects(away: FloatArray, covariance: FloatArray, limit_of: LimitOf) -> list[list[Subset]]:
    """Smallest sets of variables that explain each signal.

    Parameters
    ----------
    away : (k, p) array
        Deviations of the points that signal.
    covariance : (p, p) array
    limit_of : callable
        Number of variables to the limits of T2 of so many, one a point.

    Returns
    -------
    list of list of tuple of int
        Variables from 0, by point.

    >>> cov = np.array([[1.0, 0.9], [0.9, 1.0]])
    >>> suspects(np.array([[2.0, -2.0], [5.0, 5.0]]), cov, lambda p: np.full(2, 9.0 + p))
    [[(0, 1)], [(0,), (1,)]]
    """
    k, p = away.shape
    open_ = np.ones((k, p), dtype=np.bool_)
    searching = np.ones(k, dtype=np.bool_)
    found: list[list[Subset]] = [[] for _ in range(k)]
    for size in range(1, min(p, 3 if p <= _TRIPLES_UP_TO else 2) + 1):
        caught = np.zeros_like(open_)
        for subset in combinations(range(p), size):
            at = np.flatnonzero(searching & open_[:, subset].all(axis=1))
            length = _length(away[at], covariance, subset)
            for i in at[length > limit_of(size)[at]].tolist():
                found[i].append(subset)
                caught[i, list(subset)] = True
        open_ &= ~caught
        searching &= _rest_signals(away, covariance, open_, searching, limit_of)
        if not searching.any():
            return found
    for i in np.flatnonzero(searching).tolist():
        found[i].append(tuple(np.flatnonzero(open_[i]).tolist()))
    return found


def decompose(
    away: FloatArray, covariance: FloatArray, limit_of: LimitOf, names: Sequence[str]
) -> list[dict[str, Any]]:
    """Suspects by name, and T2 of every variable by itself, for each of the (k, p) deviations."""
    alone = away**2 / np.diag(covariance)
    return [
        {
            "unconditional": dict(zip(names, row, strict=True)),
            "suspects": [[names[j] for j in subset] for subset in subsets],
        }
        for row, subsets in zip(alone.tolist(), suspects(away, covariance, limit_of), strict=True)
    ]


def _length(away: FloatArray, covariance: FloatArray, subset: Subset) -> FloatArray:
    chosen = list(subset)
    return distances(away[:, chosen], covariance[np.ix_(chosen, chosen)])


def _rest_signals(
    away: FloatArray,
    covariance: FloatArray,
    open_: NDArray[np.bool_],
    searching: NDArray[np.bool_],
    limit_of: LimitOf,
) -> NDArray[np.bool_]:
    """Whether the variables still open signal together."""
    signals = np.zeros(len(away), dtype=np.bool_)
    for i in np.flatnonzero(searching & (open_.sum(axis=1) > 0)).tolist():
        rest = tuple(np.flatnonzero(open_[i]).tolist())
        length = _length(away[i : i + 1], covariance, rest)
        signals[i] = bool(length[0] > limit_of(len(rest))[i])
    return signals
