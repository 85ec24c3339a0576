"""Fewer points to draw, never fewer to judge: rules were worked out on all of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

__all__ = ["DRAWN_POINTS", "kept_points"]

DRAWN_POINTS = 2_000
_FEWEST = 3


def kept_points(
    values: NDArray[np.float64], always: Iterable[int] = (), limit: int = DRAWN_POINTS
) -> NDArray[np.int64]:
    """Indices of the points to draw: at most `limit`, and every one of `always`.

    Chosen by MinMaxLTTB, which alone may pass over the smallest or the largest value.

    Parameters
    ----------
    values : (n,) array
        May hold nan.
    always : indices from 0
        Signalled and excluded points; those beyond the data are passed over.

    Examples
    --------
    >>> kept_points(np.sin(np.arange(10_000.0)), always=[1234]).size <= 2_001
    True
    """
    n = len(values)
    if n <= limit:
        return np.arange(n, dtype=np.int64)
    from tsdownsample import MinMaxLTTBDownsampler

    finite = np.flatnonzero(np.isfinite(values))
    if len(finite) > limit:
        known = np.ascontiguousarray(values[finite], dtype=np.float64)
        chosen = MinMaxLTTBDownsampler().downsample(known, n_out=max(limit - 2, _FEWEST))
        finite = finite[[*chosen.astype(np.int64), known.argmin(), known.argmax()]]
    wanted = np.array([i for i in always if 0 <= i < n], dtype=np.int64)
    return np.unique(np.concatenate([finite.astype(np.int64), wanted]))
