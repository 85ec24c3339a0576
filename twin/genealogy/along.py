"""What was measured along the way of a thing, and whether it lay inside its specification."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.genealogy.descent import Descent

if TYPE_CHECKING:
    import pandas as pd

    from twin.monitoring.plan import ControlPlan
    from twin.store import Store

__all__ = ["ALONG_COLUMNS", "measured_along", "summarised"]

ALONG_COLUMNS = (
    "lot_id", "station", "characteristic", "value", "unit", "readings", "lsl", "usl", "state",
    "measured_at", "provenance",
)  # fmt: skip
_KEY = ["lot_id", "station", "characteristic"]


def measured_along(store: Store, found: Descent, plan: ControlPlan) -> pd.DataFrame:
    """Values of a thing, of what it came from and of what it became, in order of time.

    Returns
    -------
    DataFrame
        `ALONG_COLUMNS`, one row for each lot, station and characteristic; see `summarised`.
    """
    things = [*found.ancestors, found.thing, *found.descendants]
    return summarised(store.measurements(lot_ids=things), plan)


def summarised(rows: pd.DataFrame, plan: ControlPlan) -> pd.DataFrame:
    """One row for each lot, station and characteristic: the mean of its readings.

    `state` is inside, outside (a reading lies outside its specification) or none where the plan
    has no specification.
    """
    good = rows[rows["quality"] != "bad"]
    grouped = good.groupby(_KEY, sort=False)
    table = grouped.agg(
        value=("value", "mean"), low=("value", "min"), high=("value", "max"),
        readings=("value", "size"), unit=("unit", "first"), measured_at=("measured_at", "max"),
        provenance=("provenance", "first"),
    ).reset_index()  # fmt: skip
    limits = [_limits(plan, row.characteristic, row.station) for row in table.itertuples()]
    lsl = np.array([low for low, _ in limits], dtype=np.float64)
    usl = np.array([high for _, high in limits], dtype=np.float64)
    outside = (table["low"].to_numpy() < lsl) | (table["high"].to_numpy() > usl)
    none = np.isnan(lsl) & np.isnan(usl)
    state = np.where(none, "none", np.where(outside, "outside", "inside"))
    made = table.assign(lsl=lsl, usl=usl, state=state).sort_values("measured_at", kind="stable")
    return made[list(ALONG_COLUMNS)].reset_index(drop=True)


def _limits(plan: ControlPlan, characteristic: object, station: object) -> tuple[float, float]:
    """Specification limits; nan where there is none."""
    for one in plan.characteristics:
        if (one.name, one.station) == (characteristic, station):
            low, high = one.lsl, one.usl
            return np.nan if low is None else low, np.nan if high is None else high
    return np.nan, np.nan
