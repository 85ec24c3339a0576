"""Recent lots as donors: what a lot may still measure is drawn from what others measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from twin.monitoring.plan import ControlPlan, PlannedCharacteristic

__all__ = ["Donors", "Key", "Readings", "donors_of", "readings_of", "specified"]

_HALF_LIFE_LOTS = 30.0
_KERNEL = 1.06

Key = tuple[str, str]
Readings = Mapping[str, Mapping[Key, NDArray[np.float64]]]


@dataclass(frozen=True)
class Donors:
    """Lots that have passed one station, newest last, with what was read of them there.

    Attributes
    ----------
    lot_ids : tuple of str
    weights : ndarray (n,)
        Sum 1; a lot counts half as much as one thirty lots later, so that a shift of yesterday
        is followed and a single odd lot is not.
    values : mapping of (characteristic, station) to ndarray (n, positions)
        nan where nothing was read.
    bandwidth : mapping of (characteristic, station) to float
        Standard deviation of the kernel that makes new values of old ones.
    """

    lot_ids: tuple[str, ...]
    weights: NDArray[np.float64]
    values: Mapping[Key, NDArray[np.float64]]
    bandwidth: Mapping[Key, float]

    def draw(self, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Places of `n` donors drawn by weight."""
        return rng.choice(len(self.lot_ids), size=n, p=self.weights)

    def level(self, key: Key) -> NDArray[np.float64]:
        """Mean of each donor over its positions, shape (n,)."""
        values = self.values[key]
        seen = ~np.isnan(values)
        total = np.where(seen, values, 0.0).sum(axis=1)
        count = seen.sum(axis=1)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def readings_of(measurements: pd.DataFrame) -> Readings:
    """Good readings by lot, then by characteristic and station."""
    good = measurements[measurements["quality"] != "bad"]
    found: dict[str, dict[Key, Any]] = {}
    columns = (good[name].tolist() for name in ("lot_id", "characteristic", "station", "value"))
    for lot, characteristic, station, value in zip(*columns, strict=True):
        found.setdefault(lot, {}).setdefault((characteristic, station), []).append(value)
    return {
        lot: {key: np.array(values, dtype=np.float64) for key, values in own.items()}
        for lot, own in found.items()
    }


def donors_of(
    passed: Sequence[str], readings: Readings, planned: Sequence[PlannedCharacteristic]
) -> Donors:
    """Donors of one station.

    Parameters
    ----------
    passed : sequence of str
        Lots that have passed it, oldest first.
    readings : mapping
        From `readings_of`.
    planned : sequence of PlannedCharacteristic
        What is specified at this station.
    """
    age = np.arange(len(passed))[::-1]
    weights = 0.5 ** (age / _HALF_LIFE_LOTS)
    values = {
        (one.name, one.station): _stacked([
            readings.get(lot, {}).get((one.name, one.station), np.array([])) for lot in passed
        ])
        for one in planned
    }
    donors = Donors(tuple(passed), weights / max(weights.sum(), 1e-300), values, {})
    bandwidth = {key: _bandwidth(donors.level(key)) for key in values}
    return Donors(donors.lot_ids, donors.weights, values, bandwidth)


def specified(plan: ControlPlan, station: str) -> list[PlannedCharacteristic]:
    """What has a specification at `station`."""
    return [
        one for one in plan.characteristics
        if one.station == station and (one.lsl is not None or one.usl is not None)
    ]


def _stacked(parts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    width = max([1, *(len(part) for part in parts)])
    stacked = np.full((len(parts), width), np.nan)
    for row, part in zip(stacked, parts, strict=True):
        row[: len(part)] = part
    return stacked


def _bandwidth(levels: NDArray[np.float64]) -> float:
    """Silverman's rule with a robust spread, so that one odd lot does not widen all others."""
    seen = levels[~np.isnan(levels)]
    if len(seen) < 2:
        return 0.0
    spread = 1.4826 * float(np.median(np.abs(seen - np.median(seen))))
    return float(_KERNEL * spread * len(seen) ** -0.2)
