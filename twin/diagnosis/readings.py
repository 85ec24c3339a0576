"""Measurements as a table of lots: what each was read at each station, and when it was there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "Key", "LotTable", "lot_table"]

Key = tuple[str, str]
"""Characteristic and station."""
Floats = NDArray[np.float64]

COLUMNS = (
    "measured_at", "lot_id", "station", "characteristic", "value", "quality", "censoring",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class LotTable:
    """What lots were read, one row a lot, in the order in which they entered.

    Attributes
    ----------
    lot_ids : tuple of str
    keys : tuple of (str, str)
        Characteristic and station of each column of `values`.
    values, read_s : ndarray (lots, keys)
        Mean of the readings and when the last was made, seconds since the epoch; nan where none.
    stations : tuple of str
        Of the columns of `at_s`.
    at_s : ndarray (lots, stations)
        When the lot was there; estimated from its other stations where nothing was read.
    """

    lot_ids: tuple[str, ...]
    keys: tuple[Key, ...]
    values: Floats
    read_s: Floats
    stations: tuple[str, ...]
    at_s: Floats

    def chosen(self, lots: NDArray[np.bool_]) -> LotTable:
        """Only these lots."""
        ids = tuple(lot for lot, keep in zip(self.lot_ids, lots, strict=True) if keep)
        return LotTable(
            ids, self.keys, self.values[lots], self.read_s[lots], self.stations, self.at_s[lots]
        )

    def column(self, key: Key) -> int:
        """Place of a characteristic at a station."""
        return self.keys.index(key)


def lot_table(frame: pd.DataFrame, keys: Sequence[Key], stations: Sequence[str]) -> LotTable:
    """Put measurements of `keys` together by lot; readings marked as bad count for nothing.

    Parameters
    ----------
    frame : DataFrame
        With `COLUMNS`.
    keys : sequence of (str, str)
        Characteristics and stations, each a column.
    stations : sequence of str
        In the order of the path.
    """
    good = frame[(frame["quality"] != "bad") & (frame["lot_id"] != "")]
    seconds = good["measured_at"].astype("datetime64[us, UTC]").astype("int64") / 1e6
    known = good.assign(at=seconds)
    by = known.groupby(["lot_id", "characteristic", "station"], sort=False).agg(
        value=("value", "mean"), at=("at", "max")
    )
    value = by["value"].unstack(["characteristic", "station"])
    at = by["at"].unstack(["characteristic", "station"])
    lots = list(value.index)
    values, read = np.full((2, len(lots), len(keys)), np.nan)
    for place, key in enumerate(keys):
        if key in value.columns:
            values[:, place] = value[key].to_numpy(dtype=np.float64)
            read[:, place] = at[key].to_numpy(dtype=np.float64)
    visits = known.groupby(["lot_id", "station"])["at"].max().unstack("station")
    visits = visits.reindex(index=lots, columns=list(stations))
    at_s = _filled(visits.to_numpy(dtype=np.float64))
    order = np.argsort(at_s[:, 0], kind="stable") if len(lots) else np.arange(0)
    return LotTable(
        tuple(str(lots[place]) for place in order), tuple(keys), values[order], read[order],
        tuple(stations), at_s[order],
    )  # fmt: skip


def _filled(at_s: Floats) -> Floats:
    """Times that are not known, from those at other stations and the usual time in between."""
    usual = np.zeros(at_s.shape[1])
    for place in range(1, at_s.shape[1]):
        lag = at_s[:, place] - at_s[:, place - 1]
        known = lag[np.isfinite(lag)]
        usual[place] = usual[place - 1] + (float(np.median(known)) if len(known) else 0.0)
    shifted = at_s - usual
    count = np.isfinite(shifted).sum(axis=1)
    start = np.where(np.isfinite(shifted), shifted, 0.0).sum(axis=1) / np.maximum(count, 1)
    return np.where(np.isfinite(at_s), at_s, start[:, None] + usual)
