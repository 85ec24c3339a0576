"""What was measured of each lot, whatever the order in which it became known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.measurement import Measurement
from twin.store.times import to_us

__all__ = ["Reading", "Readings"]

Series = tuple[str, str]
_MOST_LOTS = 8_000


class Reading(NamedTuple):
    """One value, known by when it was measured, its sequence and its source."""

    us: int
    sequence: int
    source: str
    value: float
    right_censored: bool


class Readings:
    """Readings by lot, series (characteristic, station) and position; those marked bad left out.

    Of two readings of one position the later one counts, however they come.
    """

    def __init__(self) -> None:
        self._lots: dict[str, dict[Series, dict[int, Reading]]] = {}
        self.newest: dict[Series, tuple[Reading, str]] = {}

    def __len__(self) -> int:
        return len(self._lots)

    def add(self, one: Measurement) -> bool:
        """Take a measurement; whether it changed anything."""
        if one.quality == "bad":
            return False
        series = (one.characteristic, one.station)
        reading = Reading(
            to_us(one.measured_at),
            one.sequence,
            one.source,
            float(one.value),
            one.censoring == "right",
        )
        positions = self._lots.setdefault(one.lot_id, {}).setdefault(series, {})
        known = positions.get(one.position)
        if known is not None and known >= reading:
            return False
        positions[one.position] = reading
        newest = self.newest.get(series)
        if newest is None or (reading, one.lot_id) > newest:
            self.newest[series] = (reading, one.lot_id)
        if len(self._lots) > 2 * _MOST_LOTS:
            self._forget()
        return True

    def _forget(self) -> None:
        """Keep the lots that were measured last."""
        newest = {
            lot: max(one.us for series in own.values() for one in series.values())
            for lot, own in self._lots.items()
        }
        for lot in sorted(newest, key=lambda name: (newest[name], name))[:-_MOST_LOTS]:
            del self._lots[lot]

    def of(self, lot_id: str) -> Mapping[Series, NDArray[np.float64]]:
        """Values of a lot by series, in the order of their positions."""
        return {
            series: np.array([positions[place].value for place in sorted(positions)])
            for series, positions in self._lots.get(lot_id, {}).items()
        }
