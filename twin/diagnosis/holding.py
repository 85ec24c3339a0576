"""Lots that a cause has touched: since when it acts, who passed its station, who comes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.diagnosis.incident import View
from twin.diagnosis.ranking import Weighed
from twin.diagnosis.result import Onset, TouchedLot
from twin.store.times import from_us

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["onset_of", "rolls_of", "touched_lots"]

_LEAST = 0.05  # a lot less likely to be touched is not listed


def onset_of(best: Weighed, level: float = 0.9) -> Onset | None:
    """Median and central interval of the time at which a cause began."""
    if not len(best.onsets_s):
        return None
    order = np.argsort(best.onsets_s)
    reached = np.cumsum(best.onset_weights[order])
    tail = (1.0 - level) / 2.0
    places = [min(int(np.searchsorted(reached, q)), len(order) - 1) for q in (tail, 0.5, 1 - tail)]
    low, at, high = (from_us(int(best.onsets_s[order[place]] * 1e6)) for place in places)
    return Onset(at, low, high, level)


def touched_lots(best: Weighed, view: View, splits: pd.DataFrame) -> tuple[TouchedLot, ...]:
    """Lots that passed a station of the cause between its onset and the last signal.

    Parameters
    ----------
    splits : DataFrame
        lot_id and parent_lot_id of what was cut from what.
    """
    if not len(best.onsets_s):
        return ()
    table = view.table
    chance = np.zeros(len(table.lot_ids))
    for station in best.hypothesis.stations:
        passed = table.at_s[:, table.stations.index(station)]
        begun = (passed[:, None] >= best.onsets_s[None, :]) @ best.onset_weights
        chance = np.maximum(chance, np.where(passed <= view.full_s, begun, 0.0))
    parents = dict(zip(splits["lot_id"], splits["parent_lot_id"], strict=True))
    coupons: dict[str, list[str]] = {}
    for lot, parent in parents.items():
        coupons.setdefault(str(parent), []).append(str(lot))
    found = [
        TouchedLot(lot, round(float(p), 3), str(parents.get(lot, "")), tuple(coupons.get(lot, ())))
        for lot, p in zip(table.lot_ids, chance.tolist(), strict=True) if p >= _LEAST
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.probability, one.lot_id)))


def rolls_of(view: View, splits: pd.DataFrame) -> NDArray[np.float64]:
    """When the first strip of each foil roll was at the first station, seconds."""
    parents = dict(zip(splits["lot_id"], splits["parent_lot_id"], strict=True))
    first: dict[str, float] = {}
    for lot, at_s in zip(view.table.lot_ids, view.table.at_s[:, 0].tolist(), strict=True):
        if lot in parents:
            first.setdefault(str(parents[lot]), at_s)
    return np.array(sorted(first.values())[1:])
