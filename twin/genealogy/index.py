"""Rows of a table by an integer key: which rows belong to key 7, without looking at the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Grouped", "place_of"]


def place_of(names: pd.Index[str], name: str) -> int:
    """Place of a name among unique names, -1 where it is not among them."""
    return int(names.get_loc(name)) if name in names else -1  # type: ignore[arg-type]


class Grouped:
    """Rows by key.

    Parameters
    ----------
    keys : ndarray of int
        Key of each row, from 0.
    size : int
        Number of keys.

    Examples
    --------
    >>> Grouped(np.array([1, 0, 1]), 3).rows(1).tolist()
    [0, 2]
    """

    def __init__(self, keys: NDArray[np.int64], size: int) -> None:
        self._order = np.argsort(keys, kind="stable")
        counts = np.bincount(keys, minlength=size) if len(keys) else np.zeros(size, dtype=int)
        self._bounds = np.concatenate([[0], np.cumsum(counts)])

    def rows(self, key: int) -> NDArray[np.int64]:
        """Rows of `key`, in their order; none where the key is not known."""
        if not 0 <= key < len(self._bounds) - 1:
            return self._order[:0]
        return self._order[self._bounds[key] : self._bounds[key + 1]]
