"""Events in order of time, made from visits: what a real line would have reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.records import ROUTES, LineRecords, StationEvent, is_coupon

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["events"]

COLUMNS = ("time_s", "event", "lot", "station", "server", "parent_lot", "recipe", "detail")
ORDER = (
    "split", "release", "maintenance_end", "setup_end", "arrive", "start", "finish", "scrap",
    "rework", "depart", "hold", "up", "setup_start", "maintenance_start", "down",
)  # fmt: skip
VISIT_EVENTS = (("arrive", 3), ("start", 4), ("finish", 5), ("depart", 6))
ASIDE = ("hold", "release", "depart")
COUPON = 1000  # sorts a coupon's steps behind those of its lot when they happen at the same time


def events(records: LineRecords, since_s: float = -np.inf, until_s: float = np.inf) -> pd.DataFrame:
    """Everything with since_s < time_s <= until_s, one row an event.

    Columns time_s, event, lot, station, server, parent_lot, recipe, detail. Consecutive calls give
    each event once. At equal times the events of a lot keep their order. A scrapped lot has no
    departure. `server` counts from 1, 0 where no server is concerned; `recipe` is that of the lot;
    `detail` names the maintenance, or the recipes of a set-up.
    """
    import pandas as pd

    data = records.visit_rows
    step = _step_of_lot(data[:, 0])
    parts = [
        _from_visits(records, name, data, step, column, since_s, until_s)
        for name, column in VISIT_EVENTS
    ]
    for route in ("scrap", "rework"):
        rows = data[:, 7] == ROUTES.index(route)
        parts.append(_from_visits(records, route, data[rows], step[rows], 6, since_s, until_s))
    parts.append(_from_log(records, data, since_s, until_s))
    filled = [part for part in parts if len(part)] or parts[:1]
    table = pd.concat(filled, ignore_index=True)
    table = table.sort_values(["time_s", "step", "order"], kind="stable", ignore_index=True)
    return table[list(COLUMNS)]


def _step_of_lot(numbers: NDArray[np.float64]) -> NDArray[np.int64]:
    import pandas as pd

    step = pd.Series(numbers).groupby(numbers).cumcount().to_numpy(dtype=np.int64)
    return step + COUPON * is_coupon(numbers)


def _from_visits(
    records: LineRecords,
    name: str,
    data: NDArray[np.float64],
    step: NDArray[np.int64],
    column: int,
    since_s: float,
    until_s: float,
) -> pd.DataFrame:
    import pandas as pd

    inside = (data[:, column] > since_s) & (data[:, column] <= until_s)
    if name == "depart":
        inside &= data[:, 7] != ROUTES.index("scrap")
    part = data[inside]
    return pd.DataFrame(
        {
            "time_s": part[:, column],
            "event": pd.Series([name] * len(part), dtype="str"),
            "lot": records.lot_ids(part[:, 0]),
            "station": records.station_names(part[:, 1]),
            "server": 0 if name == "arrive" else part[:, 2].astype(np.int64) + 1,
            "parent_lot": pd.Series([""] * len(part), dtype="str"),
            "recipe": records.recipe_names(part[:, 0]),
            "detail": pd.Series([""] * len(part), dtype="str"),
            "step": step[inside],
            "order": ORDER.index(name),
        }
    )


def _from_log(
    records: LineRecords, data: NDArray[np.float64], since_s: float, until_s: float
) -> pd.DataFrame:
    import pandas as pd

    chosen = [one for one in records.station_events if since_s < one.time_s <= until_s]
    lot = [records.lot_id(one.lot) if one.lot >= 0 else "" for one in chosen]
    return pd.DataFrame(
        {
            "time_s": np.array([one.time_s for one in chosen], dtype=np.float64),
            "event": pd.Series([one.event for one in chosen], dtype="str"),
            "lot": pd.Series(lot, dtype="str"),
            "station": pd.Series([records.stations[one.station] for one in chosen], dtype="str"),
            "server": np.array([one.server + 1 for one in chosen], dtype=np.int64),
            "parent_lot": pd.Series([one.parent for one in chosen], dtype="str"),
            "recipe": pd.Series([_recipe(records, one.lot) for one in chosen], dtype="str"),
            "detail": pd.Series([one.detail for one in chosen], dtype="str"),
            "step": _steps_of_log(chosen, data),
            "order": np.array([ORDER.index(one.event) for one in chosen], dtype=np.int64),
        }
    )


def _recipe(records: LineRecords, number: int) -> str:
    return records.recipe_of(number) if number >= 0 else ""


def _steps_of_log(chosen: list[StationEvent], data: NDArray[np.float64]) -> NDArray[np.int64]:
    """A hold comes behind the visit before it, its release before the next; others before all."""
    steps = COUPON * is_coupon(np.array([one.lot for one in chosen], dtype=np.float64))
    aside = [place for place, one in enumerate(chosen) if one.event in ASIDE and one.lot >= 0]
    held = data[np.isin(data[:, 0], [chosen[place].lot for place in aside])]
    behind: dict[int, int] = {}
    for place in aside:
        one = chosen[place]
        mine = held[held[:, 0] == one.lot]
        if one.event == "hold":
            ended = (mine[:, 6] == one.time_s) & (mine[:, 1] == one.station)
            step = int(np.argmax(ended))
            behind[one.lot] = step + 1
        else:
            step = max(int(np.sum(mine[:, 6] < one.time_s)), behind.get(one.lot, 0))
        steps[place] += step
    return steps
