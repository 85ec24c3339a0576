"""Genealogy of a simulated run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from twin.genealogy.building import SPLIT_COLUMNS, build
from twin.genealogy.graph import Genealogy
from twin.genealogy.passages import SERVICE_COLUMNS
from twin.line import LineModel
from twin.records import LineRecords, StationEvent, visits

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["genealogy"]


def genealogy(records: LineRecords, line: LineModel) -> Genealogy:
    """The graph of a run; times are those of the records."""
    table = visits(records)
    return build(
        table.assign(scrapped=table["route"] == "scrap"),
        _splits(records),
        _services(records),
        sheets_per_lot=line.sheets_per_lot,
        laboratories=[station.name for station in line.stations if station.samples],
    )


def _splits(records: LineRecords) -> pd.DataFrame:
    chosen = [
        one for one in records.station_events if one.event in ("split", "merge") and one.lot >= 0
    ]
    columns = ([one.parent for one in chosen], [records.lot_id(one.lot) for one in chosen],
               [one.event for one in chosen])  # fmt: skip
    return _frame(SPLIT_COLUMNS, columns, chosen, records)


def _services(records: LineRecords) -> pd.DataFrame:
    chosen = [one for one in records.station_events if one.event == "maintenance_end"]
    names = [str(getattr(one, "detail", "")) for one in chosen]
    frame = _frame(("name", "station", "server", "time_s"), (names,), chosen, records)
    return frame[list(SERVICE_COLUMNS)]


def _frame(
    columns: tuple[str, ...],
    texts: tuple[list[str], ...],
    events: list[StationEvent],
    records: LineRecords,
) -> pd.DataFrame:
    import pandas as pd

    stations = [records.stations[one.station] for one in events]
    made: dict[str, Any] = {
        name: pd.Series(values, dtype="str")
        for name, values in zip(columns, (*texts, stations), strict=False)
    }
    made["server"] = np.array([one.server + 1 for one in events], dtype=np.int64)
    made["time_s"] = np.array([one.time_s for one in events], dtype=np.float64)
    return pd.DataFrame(made)
