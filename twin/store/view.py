"""A period of one series at a size that can be drawn: its rows when short, its hours when long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from twin.store.store import Store

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PeriodView", "view_period"]

_COLUMNS = ("measured_at", "lot_id", "position", "value", "quality", "provenance")


@dataclass(frozen=True, eq=False)
class PeriodView:
    """What a period looks like.

    Attributes
    ----------
    of : {"rows", "hours"}
        Which of the two `table` holds: readings, or columns as of `Store.hourly`.
    n : int
        Good readings in the hours of the period, whichever is shown.
    """

    of: Literal["rows", "hours"]
    n: int
    table: pd.DataFrame


def view_period(
    store: Store,
    characteristic: str,
    station: str,
    since: datetime,
    until: datetime,
    *,
    most_rows: int = 5_000,
) -> PeriodView:
    """The readings of the period, or its hours when there are more than `most_rows` of them.

    The hours say how many there are, so a long period costs no more than its hours.
    """
    hours = store.hourly(characteristic, station, since, until)
    n = int(hours["n"].sum())
    if n > most_rows:
        return PeriodView("hours", n, hours)
    rows = store.measurements(characteristic, station, since=since, until=until, columns=_COLUMNS)
    return PeriodView("rows", n, rows)
