"""What lots measured as they passed each station: the past that futures are drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.line_time import LINE_ORIGIN

if TYPE_CHECKING:
    import pandas as pd

    from twin.monitoring.plan import ControlPlan, PlannedCharacteristic

__all__ = [
    "History",
    "Key",
    "Passes",
    "Readings",
    "history_of",
    "pass_times",
    "readings_of",
    "share_inside",
    "specified",
]

Floats = NDArray[np.float64]
Key = tuple[str, str]
Readings = Mapping[str, Mapping[Key, Floats]]


@dataclass(frozen=True)
class Passes:
    """Lots that one station has finished, oldest first.

    Attributes
    ----------
    lot_ids : ndarray of str (n,)
    at_s : ndarray (n,)
        When, in line seconds.
    share : ndarray (n,)
        Of its area inside every specification of this station; 1 where nothing was read.
    by_characteristic : mapping of str to ndarray (n,)
        The same for each specification by itself.
    levels : mapping of str to ndarray (n,)
        Mean over the positions of each planned characteristic; nan where nothing was read.
    values : mapping of str to ndarray (n, positions)
        Of characteristics that are read at several positions.
    """

    lot_ids: NDArray[np.str_]
    at_s: Floats
    share: Floats
    by_characteristic: Mapping[str, Floats]
    levels: Mapping[str, Floats]
    values: Mapping[str, Floats]

    def first(self, n: int) -> Passes:
        """The oldest `n`."""
        return Passes(
            self.lot_ids[:n],
            self.at_s[:n],
            self.share[:n],
            {name: one[:n] for name, one in self.by_characteristic.items()},
            {name: one[:n] for name, one in self.levels.items()},
            {name: one[:n] for name, one in self.values.items()},
        )


@dataclass(frozen=True)
class History:
    """Passes by station, in the order of the path; those without a planned characteristic too."""

    stations: Mapping[str, Passes]

    def until(self, at_s: float) -> History:
        """What had passed by then."""
        return replace(
            self,
            stations={
                name: one.first(int(np.searchsorted(one.at_s, at_s, side="right")))
                for name, one in self.stations.items()
            },
        )

    def usual(self, key: Key, otherwise: float, last: int = 200) -> float:
        """Median of a characteristic over the last lots."""
        passes = self.stations.get(key[1])
        levels = np.empty(0) if passes is None else passes.levels.get(key[0], np.empty(0))[-last:]
        seen = levels[~np.isnan(levels)]
        return float(np.median(seen)) if len(seen) else otherwise


def specified(plan: ControlPlan, station: str) -> list[PlannedCharacteristic]:
    """What has a specification at `station`."""
    return [
        one
        for one in plan.characteristics
        if one.station == station and (one.lsl is not None or one.usl is not None)
    ]


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


def share_inside(planned: PlannedCharacteristic, values: Floats) -> Floats:
    """Share of readings inside the specification, by row; what was not read counts as inside."""
    low = -np.inf if planned.lsl is None else planned.lsl
    high = np.inf if planned.usl is None else planned.usl
    seen = ~np.isnan(values)
    outside = seen & ((values < low) | (values > high))
    return np.asarray(1.0 - outside.sum(axis=-1) / np.maximum(seen.sum(axis=-1), 1))


def history_of(
    events: pd.DataFrame, measurements: pd.DataFrame, plan: ControlPlan, path: Sequence[str]
) -> History:
    """Every lot that a station of the path has finished, with what was read of it there.

    Parameters
    ----------
    events, measurements : DataFrame
        As the store gives them.
    """
    finishes = events[(events["event"] == "finish") & events["station"].isin(list(path))]
    finishes = finishes.drop_duplicates(["lot_id", "station"], keep="last")
    good = measurements[measurements["quality"] != "bad"]
    by_station = dict(tuple(good.groupby("station")))
    nothing = good.iloc[:0]
    return History(
        {
            name: _passes(
                finishes[finishes["station"] == name], by_station.get(name, nothing), plan
            )
            for name in path
        }
    )


def _passes(finishes: pd.DataFrame, read: pd.DataFrame, plan: ControlPlan) -> Passes:
    finishes = finishes.sort_values(["occurred_at", "sequence"], kind="stable")
    lots = finishes["lot_id"].to_numpy(dtype=str)
    station = str(finishes["station"].iloc[0]) if len(finishes) else ""
    planned = [one for one in plan.characteristics if one.station == station]
    share, own, levels, values = np.ones(len(lots)), {}, {}, {}
    for one in planned:
        stacked = _stacked(read[read["characteristic"] == one.name], lots)
        seen = ~np.isnan(stacked)
        count = seen.sum(axis=1)
        total = np.where(seen, stacked, 0.0).sum(axis=1)
        levels[one.name] = np.asarray(
            np.where(count > 0, total / np.maximum(count, 1), np.nan), dtype=np.float64
        )
        if stacked.shape[1] > 1:
            values[one.name] = stacked
        if one.lsl is not None or one.usl is not None:
            own[one.name] = share_inside(one, stacked)
            share = share * own[one.name]
    passed = (finishes["occurred_at"] - LINE_ORIGIN).dt.total_seconds()
    at_s: Floats = np.array(passed.tolist(), dtype=np.float64)
    return Passes(lots, at_s, share, own, levels, values)


def _stacked(read: pd.DataFrame, lots: NDArray[np.str_]) -> Floats:
    """Readings of each lot side by side, (lots, positions), nan where there is none."""
    import pandas as pd

    row = (
        pd.Index(lots).get_indexer(pd.Index(read["lot_id"])) if len(lots) else np.empty(0, np.int64)
    )
    known = row >= 0
    rows = row[known]
    values = read["value"].to_numpy(dtype=np.float64)[known]
    order = np.argsort(rows, kind="stable")
    rows, values = rows[order], values[order]
    starts = np.searchsorted(rows, rows, side="left")
    column = np.arange(len(rows)) - starts
    stacked = np.full((len(lots), int(column.max(initial=0)) + 1), np.nan)
    stacked[rows, column] = values
    return stacked


def pass_times(history: History) -> tuple[list[str], Floats]:
    """When each lot passed each station, (lots, stations); nan where it has not."""
    names = list(history.stations)
    first = history.stations[names[0]]
    ids = [str(lot) for lot in first.lot_ids]
    row = {lot: number for number, lot in enumerate(ids)}
    found = np.full((len(ids), len(names)), np.nan)
    for column, name in enumerate(names):
        passes = history.stations[name]
        for lot, at_s in zip(passes.lot_ids.tolist(), passes.at_s.tolist(), strict=True):
            if lot in row:
                found[row[lot], column] = at_s
    return ids, found
