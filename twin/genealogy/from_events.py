"""Genealogy of a real line: from the events that are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.genealogy.building import SPLIT_COLUMNS, build
from twin.genealogy.graph import Genealogy
from twin.genealogy.passages import SERVICE_COLUMNS
from twin.line import LineModel
from twin.line_time import LINE_ORIGIN

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["genealogy_of_events"]

_SERVER = r"server (\d+)"
_MOVES = ("arrive", "start", "finish", "scrap")


def genealogy_of_events(events: pd.DataFrame, line: LineModel) -> Genealogy:
    """The graph of stored events; times in seconds of the line.

    Parameters
    ----------
    events : DataFrame
        Columns of `twin.measurement.Event`, in order of time. `detail` may tell the server
        (`server 2`); server 1 is taken otherwise. Of a maintenance it also tells the name.
    line : LineModel
        For the number of sheets and for the stations that test coupons.
    """
    server = events["detail"].astype("str").str.extract(_SERVER, expand=False)
    known = events.assign(
        time_s=(events["occurred_at"] - LINE_ORIGIN).dt.total_seconds(),
        server=server.astype("float64"),
    )
    splits = known[known["event"].isin(["split", "merge"]) & (known["parent_lot_id"] != "")]
    splits = splits.drop_duplicates(["parent_lot_id", "lot_id"])
    splits = splits.rename(columns={"parent_lot_id": "parent", "lot_id": "lot"})
    splits = splits.assign(server=splits["server"].fillna(0).astype("int64"))
    return build(
        _visits(known),
        splits[list(SPLIT_COLUMNS)].reset_index(drop=True),
        _services(known),
        sheets_per_lot=line.sheets_per_lot,
        laboratories=[station.name for station in line.stations if station.samples],
        provenance="+".join(sorted(set(events["provenance"]))) or "imported",
    )


def _visits(known: pd.DataFrame) -> pd.DataFrame:
    """One row a visit: the n-th start of a lot at a station with the n-th finish there.

    A visit that has not begun has no start.
    """
    import pandas as pd

    moves = known[known["event"].isin(_MOVES)]
    key = ["lot_id", "station"]
    numbered = moves.assign(visit=moves.groupby([*key, "event"], sort=False).cumcount())
    by = [*key, "visit"]
    started = numbered[numbered["event"] == "start"]
    finished = numbered.loc[numbered["event"] == "finish", [*by, "time_s"]]
    made = started[[*by, "server", "time_s"]].rename(columns={"time_s": "start_s"})
    made = made.merge(finished.rename(columns={"time_s": "finish_s"}), on=by, how="left")
    waiting = numbered[numbered["event"] == "arrive"].merge(
        started[by], on=by, how="left", indicator=True
    )
    waiting = waiting.loc[waiting["_merge"] == "left_only", by]
    made = pd.concat([made, waiting], ignore_index=True) if len(waiting) else made
    scrapped = moves.loc[moves["event"] == "scrap", key].drop_duplicates().assign(scrapped=True)
    made = made.merge(scrapped, on=key, how="left")
    return made.assign(
        server=made["server"].fillna(1).astype("int64"),
        scrapped=made["scrapped"].notna().to_numpy(dtype=np.bool_),
    ).rename(columns={"lot_id": "lot"})


def _services(known: pd.DataFrame) -> pd.DataFrame:
    ended = known[known["event"] == "maintenance_end"]
    name = ended["detail"].astype("str").str.replace(_SERVER, "", regex=True).str.strip(" ,;:")
    made = ended.assign(name=name, server=ended["server"].fillna(0).astype("int64"))
    return made[list(SERVICE_COLUMNS)].reset_index(drop=True)
