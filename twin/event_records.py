"""Records of a line rebuilt from its stored events, so that the same KPIs serve both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.departures import last_departures
from twin.line import LineModel
from twin.line_time import LINE_ORIGIN, line_seconds
from twin.records import COUPONS, OUTCOMES, ROUTES, LineRecords, StationEvent

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["records_from_events"]

_TIMES = ("arrive", "start", "finish", "depart")
_MOVES = (*_TIMES, "scrap", "rework")
_ENDS = {"down": "up", "setup_start": "setup_end", "maintenance_start": "maintenance_end"}
_SERVER = re.compile(r"server \d+")


def records_from_events(events: pd.DataFrame, line: LineModel, as_of: datetime) -> LineRecords:
    """What the events say of the line up to `as_of`, in line seconds.

    Events at stations that the line does not have are left out. A visit whose arrival is not
    among the events begins with its first event.

    Parameters
    ----------
    events : DataFrame
        Columns of `Event`.
    """
    known = events[(events["occurred_at"] <= as_of)]
    places = {station.name: place for place, station in enumerate(line.stations)}
    known = known[known["station"].isin(list(places))]
    seconds = (known["occurred_at"] - LINE_ORIGIN).dt.total_seconds()
    known = known.assign(time_s=seconds).sort_values(["time_s", "sequence"], kind="stable")
    moves = known[known["event"].isin(_MOVES) & (known["lot_id"] != "")]
    numbers = _numbers(moves, line)
    visits = _visits(moves)
    start_s = float(known["time_s"].iloc[0]) if len(known) else line_seconds(as_of)
    return LineRecords(
        stations=tuple(places),
        start_s=start_s,
        end_s=line_seconds(as_of),
        visit_rows=_visit_rows(visits, numbers, places),
        lot_rows=_lot_rows(moves, numbers, line),
        station_events=_stops(known, places),
        names={number: lot for lot, number in numbers.items()},
    )


def _numbers(moves: pd.DataFrame, line: LineModel) -> dict[str, int]:
    """A number for each lot; those of coupons are in the range that the records keep for them."""
    tested = moves["station"].isin([station.name for station in line.stations if station.samples])
    coupons = set(moves.loc[tested, "lot_id"])
    return {
        lot: number + (int(COUPONS) if lot in coupons else 0)
        for number, lot in enumerate(moves["lot_id"].unique())
    }


def _visits(moves: pd.DataFrame) -> pd.DataFrame:
    """One row a visit: the n-th arrival of a lot at a station with the n-th start there, ..."""
    import pandas as pd

    keyed = moves.assign(visit=moves.groupby(["lot_id", "station", "event"]).cumcount())
    wide = keyed.pivot_table(
        index=["lot_id", "station", "visit"], columns="event", values="time_s", aggfunc="first"
    ).reindex(columns=list(_MOVES))
    starts = keyed[keyed["event"] == "start"].set_index(["lot_id", "station", "visit"])
    server = starts["detail"].astype("str").str.extract(r"server (\d+)", expand=False)
    wide["server"] = pd.to_numeric(server).reindex(wide.index).fillna(1) - 1
    wide["arrive"] = wide[["arrive", "start", "finish", "depart"]].min(axis=1)
    wide["depart"] = wide["depart"].fillna(wide["scrap"])
    return wide.reset_index()


def _visit_rows(
    visits: pd.DataFrame, numbers: Mapping[str, int], places: Mapping[str, int]
) -> NDArray[np.float64]:
    route = np.select(
        [visits["scrap"].notna(), visits["rework"].notna()],
        [ROUTES.index("scrap"), ROUTES.index("rework")],
        ROUTES.index("next"),
    )
    columns: list[Any] = [
        visits["lot_id"].map(numbers), visits["station"].map(places), visits["server"],
        *(visits[name] for name in _TIMES), route,
    ]
    rows = np.array([np.asarray(one, dtype=np.float64) for one in columns]).T
    ended = np.argsort(rows[:, 6], kind="stable")
    return rows[ended]


def _lot_rows(
    moves: pd.DataFrame, numbers: Mapping[str, int], line: LineModel
) -> NDArray[np.float64]:
    last = line.path[-1].name
    laboratories = [station.name for station in line.stations if station.samples]
    left = moves.index.isin(last_departures(moves, [last, *laboratories]).index)
    scrapped = moves["event"].eq("scrap")
    ended = moves[left | scrapped].drop_duplicates("lot_id", keep="last").set_index("lot_id")
    outcome = np.select(
        [ended["event"].eq("scrap"), ended["station"].isin(laboratories)],
        [OUTCOMES.index("scrapped"), OUTCOMES.index("tested")],
        OUTCOMES.index("finished"),
    )
    entered = moves.drop_duplicates("lot_id").set_index("lot_id")["time_s"]
    reworked = set(moves.loc[moves["event"] == "rework", "lot_id"])
    outcomes = dict(zip(ended.index, outcome, strict=True))
    rows = [
        (
            numbers[lot], entered[lot], ended["time_s"].get(lot, np.nan),
            outcomes.get(lot, OUTCOMES.index("in_process")), lot in reworked,
        )
        for lot in entered.index
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 5)


def _stops(known: pd.DataFrame, places: Mapping[str, int]) -> tuple[StationEvent, ...]:
    """Failures, set-ups and maintenance of servers, each beginning with its end."""
    stops = known[known["event"].isin(_ENDS) | known["event"].isin(list(_ENDS.values()))]
    detail = stops["detail"].astype("str")
    server = detail.str.extract(r"server (\d+)", expand=False).fillna("1").astype(int) - 1
    begun: set[tuple[str, str, int]] = set()
    events = []
    columns = (stops["time_s"], stops["event"], stops["station"], server, detail)
    for time_s, event, station, number, text in zip(*columns, strict=True):
        end = _ENDS.get(event, event)
        key = (end, station, number)
        if (event == end) == (key not in begun):
            continue  # an end without a beginning, or a second beginning
        begun ^= {key}
        name = "" if end == "up" else _SERVER.sub("", text).strip(" ;,")
        events.append(
            StationEvent(float(time_s), event, places[station], int(number), detail=name)
        )
    return tuple(events)
