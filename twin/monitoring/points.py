"""From stored measurements to the points of a chart: which readings make a subgroup, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from process_models.spc import ChartData

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "Points", "points_of", "subgroup_codes", "usable"]

COLUMNS = (
    "measured_at", "lot_id", "subgroup", "position", "value", "unit", "quality", "censoring",
    "received_at", "provenance",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Points:
    """The points of one characteristic, in the order in which they began.

    Attributes
    ----------
    values : (n,) or (n, m) array
        Single readings, or subgroups with nan where one has fewer readings.
    at_us, known_at_us : (n,) arrays of int
        When the last reading of each point was measured, and received.
    lot_ids : tuple of str
        Lot of each point.
    sizes : (n,) array of int
        Readings in each point.
    provenance : str
        Of the readings; several are joined by `+`.
    """

    values: NDArray[np.float64]
    at_us: NDArray[np.int64]
    known_at_us: NDArray[np.int64]
    lot_ids: tuple[str, ...]
    sizes: NDArray[np.int64]
    provenance: str = ""

    @property
    def n(self) -> int:
        """Number of points."""
        return len(self.at_us)

    def data(self) -> ChartData:
        """What a chart is drawn from."""
        return ChartData(values=self.values)

    def means(self) -> NDArray[np.float64]:
        """Mean reading of each point."""
        return self.values if self.values.ndim == 1 else np.nanmean(self.values, axis=1)

    def part(self, start: int, stop: int | None = None) -> Points:
        """Points `start` (from 0) up to `stop`."""
        cut = slice(start, stop)
        return Points(
            self.values[cut], self.at_us[cut], self.known_at_us[cut], self.lot_ids[cut],
            self.sizes[cut], self.provenance,
        )  # fmt: skip


def usable(frame: pd.DataFrame) -> pd.DataFrame:
    """Readings that may be charted: not bad, and not censored."""
    return frame[(frame["quality"] != "bad") & (frame["censoring"] == "exact")]


def subgroup_codes(frame: pd.DataFrame) -> NDArray[np.int64]:
    """Number of the rational subgroup of each reading, from 0 in order of appearance.

    The subgroup is the lot, or what the source named within it.
    """
    lots, _ = frame["lot_id"].factorize()
    labels, names = frame["subgroup"].factorize()
    joint = lots.astype(np.int64) * max(len(names), 1) + labels
    _, first, codes = np.unique(joint, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[codes], dtype=np.int64)


def points_of(frame: pd.DataFrame, *, subgroups: bool) -> Points:
    """The points of `frame`, whose rows are in the order of measurement.

    Parameters
    ----------
    frame : DataFrame
        With `COLUMNS`, of one characteristic at one station.
    subgroups : bool
        Whether the readings of a subgroup make one point; else each reading is one.
    """
    at = _microseconds(frame["measured_at"])
    known = _microseconds(frame["received_at"].fillna(frame["measured_at"]))
    values = frame["value"].to_numpy(dtype=np.float64)
    lots = frame["lot_id"].to_numpy(dtype=object)
    provenance = "+".join(sorted(frame["provenance"].unique()))
    if not subgroups:
        ones = np.ones(len(values), dtype=np.int64)
        return Points(values, at, known, tuple(lots), ones, provenance)
    codes = subgroup_codes(frame)
    n = int(codes.max(initial=-1)) + 1
    sizes = np.bincount(codes, minlength=n).astype(np.int64)
    matrix = np.full((n, int(sizes.max(initial=1))), np.nan)
    matrix[codes, _place(codes, sizes)] = values
    first = np.zeros(n, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    times = (_latest(at, codes, n), _latest(known, codes, n))
    return Points(matrix, *times, tuple(lots[first]), sizes, provenance)


def _place(codes: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    order = np.argsort(codes, kind="stable")
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64)
    place = np.empty(len(codes), dtype=np.int64)
    place[order] = np.arange(len(codes)) - starts[codes[order]]
    return place


def _latest(times: NDArray[np.int64], codes: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    latest = np.full(n, np.iinfo(np.int64).min, dtype=np.int64)
    np.maximum.at(latest, codes, times)
    return latest


def _microseconds(times: pd.Series) -> NDArray[np.int64]:
    whole = times.astype("datetime64[us, UTC]").astype("int64")
    return np.asarray(whole, dtype=np.int64)
