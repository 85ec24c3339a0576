"""Figures of several replications in one array: what every engine hands back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from twin.figures_of_run import Figures, Key
from twin.records import LineRecords

__all__ = ["FigureBlock"]


@dataclass(frozen=True, eq=False)
class FigureBlock:
    """Figures of R replications in order.

    Attributes
    ----------
    keys : tuple of Key, length K
        As `twin.figures_of_run.figures` names them.
    values : ndarray (R, K)
        nan where a replication has no such figure.
    finished : ndarray of int (R,)
        Good lots of each replication, from its start.
    records : tuple of LineRecords
        Of each replication, when they were asked for; else empty.

    Raises
    ------
    InputError
        When the shapes do not belong together.
    """

    keys: tuple[Key, ...]
    values: NDArray[np.float64]
    finished: NDArray[np.int64]
    records: tuple[LineRecords, ...] = ()

    def __post_init__(self) -> None:
        rows = len(self.finished)
        if self.values.shape != (rows, len(self.keys)):
            raise InputError(
                f"values must have shape {(rows, len(self.keys))}, got {self.values.shape}"
            )
        if self.records and len(self.records) != rows:
            raise InputError(f"records must be none or {rows}, got {len(self.records)}")

    @classmethod
    def of_runs(
        cls,
        runs: Sequence[Figures],
        finished: Sequence[int],
        records: Sequence[LineRecords] = (),
    ) -> FigureBlock:
        """Pack the figures of at least one replication.

        Examples
        --------
        >>> FigureBlock.of_runs([{("wip",): 3.0}, {("wip",): 4.0}], [7, 8]).values.tolist()
        [[3.0], [4.0]]
        """
        keys = tuple(runs[0])
        values = np.array([[run[key] for key in keys] for run in runs], dtype=np.float64)
        return cls(keys, values, np.array(finished, dtype=np.int64), tuple(records))

    def row(self, place: int) -> Mapping[Key, float]:
        """Figures of the replication at `place`, from 0."""
        return dict(zip(self.keys, self.values[place].tolist(), strict=True))
