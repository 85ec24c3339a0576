"""Which departures end a lot's way: a lot that is sent back from the last station goes on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["last_departures"]


def last_departures(events: pd.DataFrame, stations: Iterable[str]) -> pd.DataFrame:
    """The rows with which lots left for good: one a lot, its last departure from `stations`.

    A departure that goes with rework, or after which the lot comes to a station again, is none.

    Parameters
    ----------
    events : DataFrame
        Columns of `Event`, in the order of time.
    """
    left = events[(events["event"] == "depart") & events["station"].isin(list(stations))]
    left = left.drop_duplicates("lot_id", keep="last")
    at = left["occurred_at"]
    sent_back = _newest(events, left, "rework") >= at
    came_again = _newest(events, left, "arrive", "start") > at
    return left[~sent_back & ~came_again]


def _newest(events: pd.DataFrame, left: pd.DataFrame, *kinds: str) -> pd.Series:
    """Time of the newest of these events of each lot that left; NaT where there is none."""
    newest = events[events["event"].isin(kinds)].groupby("lot_id")["occurred_at"].max()
    return newest.reindex(left["lot_id"]).set_axis(left.index)
