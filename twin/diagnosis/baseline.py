"""How the line scatters in control: level, spread and correlation of Phase I."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from process_models.diagnosis import PatternNoise, fit_noise
from twin.diagnosis.readings import COLUMNS, Key, lot_table
from twin.store import schema
from twin.store.times import from_us

if TYPE_CHECKING:
    from twin.monitoring.plan import ControlPlan
    from twin.store import Store

__all__ = ["Baseline", "baseline", "baseline_of"]

_FEWEST = 12
_GROSS = 5.0  # so many robust standard deviations off, a Phase I point is left out
_LABORATORY = ("asr_ohm_cm2", "ccd_ma_cm2", "life_h")


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """The line in control.

    Attributes
    ----------
    keys : tuple of (str, str)
        Characteristics and stations with a completed Phase I.
    centre, sd : ndarray (keys,)
    noise : PatternNoise
        Of the standardised characteristics.
    lots : int
        That it comes from.
    """

    keys: tuple[Key, ...]
    centre: NDArray[np.float64]
    sd: NDArray[np.float64]
    noise: PatternNoise
    lots: int

    def place(self, key: Key) -> int | None:
        """Column of a characteristic at a station; None where it has no Phase I."""
        return self.keys.index(key) if key in self.keys else None


def baseline(store: Store, plan: ControlPlan, stations: Sequence[str]) -> Baseline | None:
    """Level and scatter of every characteristic whose limits are frozen, from their Phase I.

    Cell tests are left out: a coupon comes from one lot of many, weeks later.

    Parameters
    ----------
    stations : sequence of str
        In the order of the path.

    Returns
    -------
    Baseline or None
        None where no characteristic has a Phase I.
    """
    windows = _phase1(store)
    keys = [
        (planned.name, planned.station) for planned in plan.characteristics
        if (planned.name, planned.station) in windows
        and planned.station in stations and planned.name not in _LABORATORY
    ]  # fmt: skip
    if not keys:
        return None
    chosen = {key: windows[key] for key in keys}
    first = min(start for start, _ in chosen.values())
    last = max(end for _, end in chosen.values())
    table = lot_table(store.measurements(since=first, until=last, columns=COLUMNS), keys, stations)
    values = table.values.copy()
    for place, key in enumerate(keys):
        start, end = (moment.timestamp() for moment in chosen[key])
        outside = ~((table.read_s[:, place] >= start) & (table.read_s[:, place] <= end))
        values[outside, place] = np.nan
    return baseline_of(tuple(keys), values)


def baseline_of(keys: tuple[Key, ...], values: NDArray[np.float64]) -> Baseline | None:
    """Level and scatter of in-control lots; gross outliers are left out.

    Parameters
    ----------
    values : ndarray (lots, keys)
        nan where a lot was not read; a characteristic with fewer than 12 lots is left out.

    Returns
    -------
    Baseline or None
        None where no characteristic is left.
    """
    kept = np.isfinite(values).sum(axis=0) >= _FEWEST
    if not kept.any():
        return None
    values = values[:, kept]
    middle = np.nanmedian(values, axis=0)
    spread = 1.4826 * np.nanmedian(np.abs(values - middle), axis=0)
    gross = np.abs(values - middle) > _GROSS * np.where(spread > 0, spread, np.inf)
    values = np.where(gross, np.nan, values)
    sd = np.nanstd(values, axis=0, ddof=1)
    sd = np.where(sd > 0, sd, np.maximum(np.abs(middle), 1.0) * 1e-6)
    centre = np.nanmean(values, axis=0)
    return Baseline(
        tuple(key for key, keep in zip(keys, kept, strict=True) if keep), centre, sd,
        fit_noise((values - centre) / sd), len(values),
    )  # fmt: skip


def _phase1(store: Store) -> Mapping[Key, tuple[datetime, datetime]]:
    table = schema.limits.c
    query = sa.select(
        table.characteristic, table.station, table.phase1_from, table.phase1_to
    ).order_by(table.version)
    with store.database.reading() as connection:
        rows = connection.execute(query).all()
    return {(row[0], row[1]): (from_us(row[2]), from_us(row[3])) for row in rows}
