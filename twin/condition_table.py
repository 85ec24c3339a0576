"""The condition that each lot saw at the stations that wear, made from records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.line import LineModel
from twin.records import LineRecords

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["conditions"]


def conditions(
    records: LineRecords, line: LineModel, since_s: float = -np.inf, until_s: float = np.inf
) -> pd.DataFrame:
    """One row for each lot that finished on a server with a condition, since_s < time_s <= until_s.

    Columns time_s (of the finish), lot, station, server (from 1), condition (its name), value (what
    the lot saw), measured (by the gauge of the alarm; nan without one), signal (of its chart).
    """
    import pandas as pd

    data = records.condition_rows
    data = data[(data[:, 3] > since_s) & (data[:, 3] <= until_s)]
    names = [
        "" if station.condition is None else station.condition.name for station in line.stations
    ]
    places = data[:, 1].astype(np.int64)
    return pd.DataFrame(
        {
            "time_s": data[:, 3],
            "lot": records.lot_ids(data[:, 0]),
            "station": records.station_names(data[:, 1]),
            "server": data[:, 2].astype(np.int64) + 1,
            "condition": pd.Series([names[place] for place in places.tolist()], dtype="str"),
            "value": data[:, 4],
            "measured": data[:, 5],
            "signal": data[:, 6] > 0,
        }
    )
