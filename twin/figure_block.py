"""Figures of many replications as one array: what engines hand over instead of mappings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.figures_of_run import Key
from twin.records import LineRecords

__all__ = ["BOTTLENECK_REPLICATIONS", "FigureBlock"]

BOTTLENECK_REPLICATIONS = 20
"""Active periods need whole records, so the shares of the bottleneck are of the first ones only."""


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """Figures of some replications.

    Attributes
    ----------
    keys : tuple of Key
        As `twin.figures_of_run.figures` names them.
    values : ndarray (R, K)
        One row a replication, one column a key; nan where there is no figure.
    finished : ndarray (R,)
        Good lots of each replication, from its start.
    records : tuple of LineRecords
        Of each replication, when they were asked for.
    by_simpy : tuple of int
        Replications in which the order of simultaneous events decides something, so that the SimPy
        model ran them.
    """

    keys: tuple[Key, ...]
    values: NDArray[np.float64]
    finished: NDArray[np.int64]
    records: tuple[LineRecords, ...] = ()
    by_simpy: tuple[int, ...] = ()
