"""Yield of a lot that has been measured in part: what is known counts, the rest is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.forecasting.history import Donors, Key, Readings
from twin.monitoring.planned import PlannedCharacteristic

__all__ = ["LotYields", "YieldDraws"]

_INCOMING: Key = ("foil_thickness_um", "unwind")
_OUTGOING: Key = ("thickness_um", "roll")
_LEAST_PAIRS = 20


@dataclass(frozen=True, slots=True)
class YieldDraws:
    """Futures of one lot's yield.

    Attributes
    ----------
    values : ndarray (draws,)
        Yield, 0 to 1.
    losses : mapping of str to float
        By characteristic, the share of area that it is expected to cost by itself.
    """

    values: NDArray[np.float64]
    losses: Mapping[str, float]


class LotYields:
    """Draws yields from the readings of recent lots.

    Parameters
    ----------
    donors : mapping of str to Donors
        By station.
    planned : mapping of str to sequence of PlannedCharacteristic
        What is specified, by station.
    draws : int
        Futures of each lot.
    rng : numpy.random.Generator
    """

    def __init__(
        self, donors: Mapping[str, Donors],
        planned: Mapping[str, Sequence[PlannedCharacteristic]], *, draws: int,
        rng: np.random.Generator,
    ) -> None:
        self._donors = donors
        self._planned = planned
        self._draws = draws
        self._rng = rng
        self._slope = _transmitted(donors)

    def of(self, lot_id: str, readings: Readings, passed: frozenset[str]) -> YieldDraws:
        """Yield of a lot, given its readings and the stations that it has passed."""
        own = readings.get(lot_id, {})
        total = np.ones(self._draws)
        losses: dict[str, float] = {}
        for station, planned in self._planned.items():
            donors = self._donors.get(station)
            ahead = station not in passed and donors is not None and len(donors.lot_ids) > 0
            chosen = donors.draw(self._draws, self._rng) if ahead and donors else None
            for one in planned:
                key = (one.name, one.station)
                if key in own:
                    share = np.full(self._draws, _share(one, own[key][None, :])[0])
                elif chosen is not None and donors is not None:
                    share = _share(one, self._drawn(donors, key, chosen, own))
                else:
                    continue
                total = total * share
                losses[one.name] = max(losses.get(one.name, 0.0), float(1.0 - share.mean()))
        return YieldDraws(total, losses)

    def _drawn(
        self, donors: Donors, key: Key, chosen: NDArray[np.int64],
        own: Mapping[Key, NDArray[np.float64]],
    ) -> NDArray[np.float64]:
        noise = donors.bandwidth[key] * self._rng.standard_normal((len(chosen), 1))
        drawn = donors.values[key][chosen] + noise
        if key == _OUTGOING and _INCOMING in own and self._slope is not None:
            slope, incoming = self._slope
            shift = slope * (own[_INCOMING].mean() - incoming[chosen])
            drawn = drawn + np.nan_to_num(shift)[:, None]
        return drawn


def _share(planned: PlannedCharacteristic, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of readings inside the specification, by row; what was not read counts as inside.

    A characteristic read once on a lot makes the share 0 or 1.
    """
    low = -np.inf if planned.lsl is None else planned.lsl
    high = np.inf if planned.usl is None else planned.usl
    seen = ~np.isnan(values)
    outside = seen & ((values < low) | (values > high))
    count = np.maximum(seen.sum(axis=1), 1)
    return np.asarray(1.0 - outside.sum(axis=1) / count)


def _transmitted(donors: Mapping[str, Donors]) -> tuple[float, NDArray[np.float64]] | None:
    """How much of a foil's excess thickness the mill leaves in the sheet, and each donor's foil."""
    rolled = donors.get(_OUTGOING[1])
    unwound = donors.get(_INCOMING[1])
    if rolled is None or unwound is None or _INCOMING not in unwound.values:
        return None
    if _OUTGOING not in rolled.values:
        return None
    by_lot = dict(zip(unwound.lot_ids, unwound.level(_INCOMING), strict=True))
    incoming = np.array([by_lot.get(lot, np.nan) for lot in rolled.lot_ids], dtype=np.float64)
    outgoing = rolled.level(_OUTGOING)
    paired = ~np.isnan(incoming) & ~np.isnan(outgoing)
    if paired.sum() < _LEAST_PAIRS or np.std(incoming[paired]) == 0:
        return None
    slope = np.cov(incoming[paired], outgoing[paired])[0, 1] / np.var(incoming[paired], ddof=1)
    return float(np.clip(slope, 0.0, 1.0)), incoming
