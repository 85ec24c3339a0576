"""What became of every lot in every future."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from twin.line_time import line_seconds, line_time

__all__ = ["FINISHED", "GOING", "SCRAPPED", "Ahead"]

GOING, FINISHED, SCRAPPED = 0, 1, 2


@dataclass(frozen=True)
class Ahead:
    """Futures of the line, R of them, with L lots at most.

    Attributes
    ----------
    as_of : datetime
        The moment that all futures start from.
    horizon_s : float
        New lots are followed so far.
    lot_ids : tuple of str
        Lots in process at the start, those that are furthest first; the first columns.
    stations : tuple of str
        Where each of them is, in the same order.
    leave_s : ndarray (R, L)
        Seconds from `as_of` until each lot leaves; inf where it has not left.
    outcome : ndarray of int8 (R, L)
        GOING, FINISHED or SCRAPPED.
    engine : str
        recursion or simpy.
    why : str
        What the exact engine could not express; empty where it ran.
    """

    as_of: datetime
    horizon_s: float
    lot_ids: tuple[str, ...]
    stations: tuple[str, ...]
    leave_s: NDArray[np.float64]
    outcome: NDArray[np.int8]
    engine: str
    why: str = ""

    @property
    def replications(self) -> int:
        """R."""
        return len(self.leave_s)

    def finish_s(self, lot_id: str) -> NDArray[np.float64]:
        """Seconds until this lot is finished, in the futures in which it is."""
        place = self.lot_ids.index(lot_id)
        return np.asarray(self.leave_s[self.outcome[:, place] == FINISHED, place])

    def p_scrap(self, lot_id: str) -> float:
        """Share of futures in which this lot is scrapped."""
        return float(np.mean(self.outcome[:, self.lot_ids.index(lot_id)] == SCRAPPED))

    def finished_within(self, from_s: float, to_s: float) -> NDArray[np.bool_]:
        """Lots finished in (from_s, to_s], (R, L)."""
        return np.asarray(
            (self.outcome == FINISHED) & (self.leave_s > from_s) & (self.leave_s <= to_s)
        )

    def finished_by(self, moment: datetime) -> NDArray[np.int64]:
        """How many lots have finished by then, (R,)."""
        until_s = line_seconds(moment) - line_seconds(self.as_of)
        return np.asarray(self.finished_within(0.0, until_s).sum(axis=1), dtype=np.int64)

    def at(self, seconds: float) -> datetime:
        """The moment `seconds` after the start."""
        return line_time(line_seconds(self.as_of) + seconds)
