"""Reading the hours of a series, and checking them against its rows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from twin.store import hourly, schema
from twin.store.times import from_us, timestamps, to_us

if TYPE_CHECKING:
    import pandas as pd

    from twin.store.store import Store

__all__ = ["HOUR_COLUMNS", "HourFault", "check_hours", "read_hours", "rebuild_hours"]

HOUR_COLUMNS = ("hour_at", "n", "mean", "sd", "lowest", "highest")
_hours = schema.hourly.c


@dataclass(frozen=True, slots=True)
class HourFault:
    """An hour that does not say what its rows say; `kept` or `computed` is None where it lacks."""

    characteristic: str
    station: str
    hour_at: datetime
    kept: hourly.Hour | None
    computed: hourly.Hour | None


def read_hours(
    connection: sa.Connection,
    characteristic: str,
    station: str,
    since: datetime | None,
    until: datetime | None,
) -> pd.DataFrame:
    """Hours that begin in the period, by time; `sd` has n - 1 below and is nan for one reading."""
    import numpy as np
    import pandas as pd

    place = (schema.series.c.characteristic == characteristic, schema.series.c.station == station)
    conditions: list[sa.ColumnElement[bool]] = [*place]
    if since is not None:
        conditions.append(_hours.hour_at >= to_us(since) - to_us(since) % hourly.HOUR_US)
    if until is not None:
        conditions.append(_hours.hour_at <= to_us(until))
    names = ("hour_at", "n", "mean", "sum_of_squares", "lowest", "highest")
    query = sa.select(*(_hours[name] for name in names)).where(*conditions)
    joined = query.select_from(schema.hourly.join(schema.series)).order_by(_hours.hour_at)
    rows = connection.execute(joined).all()
    parts = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    n = np.array(parts[1], dtype=np.int64)
    squares = np.array(parts[3], dtype=np.float64)
    sd = np.full(len(n), np.nan)
    np.sqrt(squares / np.maximum(n - 1, 1), where=n > 1, out=sd)
    columns = {
        name: np.array(part, dtype=np.float64) for name, part in zip(names, parts, strict=True)
    }
    return pd.DataFrame(
        {
            "hour_at": timestamps(parts[0]), "n": n, "mean": columns["mean"], "sd": sd,
            "lowest": columns["lowest"], "highest": columns["highest"],
        }
    )  # fmt: skip


def check_hours(
    store: Store, rel_tol: float = 1e-9, *, since: datetime | None = None
) -> list[HourFault]:
    """Compute every hour anew from the rows and name those that are not as they were kept.

    Hours of which rows may have left the database are not judged: those of archived periods, and
    those before the oldest row of their series.

    Parameters
    ----------
    rel_tol : float
        Allowed difference of mean and spread, relative to the largest reading of the hour.
    since : datetime, optional
        Only hours from then on: the cost is that of their rows.
    """
    first = None if since is None else to_us(since) - to_us(since) % hourly.HOUR_US
    places = sa.select(schema.hourly)
    if first is not None:
        places = places.where(_hours.hour_at >= first)
    series = schema.series.c
    with store.database.reading() as connection:
        names = {
            row[0]: (row[1], row[2])
            for row in connection.execute(
                sa.select(series.series_id, series.characteristic, series.station)
            )
        }
        computed = hourly.computed(connection, first)
        kept = dict(_by_place(connection, places))
        gone = _left(connection)
    oldest: dict[int, int] = {}
    for series_id, at in sorted(computed):
        oldest.setdefault(series_id, at)
    return [
        HourFault(*names[place[0]], from_us(place[1]), kept.get(place), computed.get(place))
        for place in sorted({*kept, *computed})
        if place[1] >= oldest.get(place[0], 0)
        and not any(begin < place[1] + hourly.HOUR_US and place[1] <= end for begin, end in gone)
        and not _agree(kept.get(place), computed.get(place), rel_tol)
    ]


def rebuild_hours(store: Store, *, since: datetime | None = None) -> int:
    """Compute the faulty hours anew, all or those from `since` on; how many there were."""
    faults = check_hours(store, since=since)
    if not faults:
        return 0
    with store.database.ingesting() as connection:
        for fault in faults:
            at = to_us(fault.hour_at)
            here = sa.select(schema.series.c.series_id).where(
                schema.series.c.characteristic == fault.characteristic,
                schema.series.c.station == fault.station,
            )
            series_id = connection.execute(here).scalar_one()
            rows = schema.measurements.c
            connection.execute(
                schema.hourly.delete().where(_hours.series_id == series_id, _hours.hour_at == at)
            )
            found = connection.execute(
                sa.select(rows.value, rows.quality, rows.censoring).where(
                    rows.series_id == series_id, rows.measured_at >= at,
                    rows.measured_at < at + hourly.HOUR_US,
                )
            ).all()  # fmt: skip
            counted = [(series_id, at, row.value) for row in found
                       if hourly.counts(row.quality, row.censoring, row.value)]  # fmt: skip
            hourly.merge(connection, hourly.moments_of(counted))
    return len(faults)


def _by_place(
    connection: sa.Connection, query: sa.Select[Any]
) -> Iterator[tuple[tuple[int, int], hourly.Hour]]:
    for row in connection.execute(query):
        series_id, at, n, mean, squares, lowest, highest = row
        yield (series_id, at), hourly.Hour(n, mean, squares, lowest, highest)


def _left(connection: sa.Connection) -> list[tuple[int, int]]:
    """Periods of which rows are no longer in the database."""
    table = schema.archives.c
    query = sa.select(table.from_at, table.to_at).where(table.kind == "measurements")
    return [(row[0], row[1]) for row in connection.execute(query)]


def _agree(kept: hourly.Hour | None, computed: hourly.Hour | None, rel_tol: float) -> bool:
    if kept is None or computed is None:
        return False
    size = max(abs(kept.lowest), abs(kept.highest)) * rel_tol
    return (
        (kept.n, kept.lowest, kept.highest) == (computed.n, computed.lowest, computed.highest)
        and abs(kept.mean - computed.mean) <= size
        and math.isclose(
            kept.sum_of_squares, computed.sum_of_squares, rel_tol=1e-6, abs_tol=kept.n * size * size
        )
    )
