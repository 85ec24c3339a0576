"""Hours of a series: number, mean, spread and range, kept in the transaction that stores the rows.

What counts is what a chart would plot: readings of good quality that are not censored, of at most
1e100. Late rows, duplicates and any order of arrival give the same hours as computing them anew, up
to rounding: moments of a batch are merged into those that are there (Chan, Golub and LeVeque 1979).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from twin.store import schema
from twin.store.engines import is_postgres

__all__ = ["HOUR_US", "Hour", "computed", "counts", "fill", "merge", "moments_of"]

HOUR_US = 3_600_000_000
_LARGEST = 1e100  # its square stays within 64 bits
_AT_ONCE = 20_000
_KEY = ("series_id", "hour_at")
_table = schema.hourly
Place = tuple[int, int]


@dataclass(slots=True)
class Hour:
    """Moments of the readings of one hour."""

    n: int
    mean: float
    sum_of_squares: float
    lowest: float
    highest: float

    def add(self, value: float) -> None:
        """Take in one reading (Welford 1962)."""
        self.n += 1
        step = value - self.mean
        self.mean += step / self.n
        self.sum_of_squares += step * (value - self.mean)
        self.lowest = min(self.lowest, value)
        self.highest = max(self.highest, value)

    def take_in(self, other: Hour) -> None:
        """Merge the moments of other readings of the same hour."""
        n = self.n + other.n
        step, share = other.mean - self.mean, other.n / n
        self.mean += step * share
        self.sum_of_squares += other.sum_of_squares + step * step * (self.n * share)
        self.n = n
        self.lowest = min(self.lowest, other.lowest)
        self.highest = max(self.highest, other.highest)


def counts(quality: str, censoring: str, value: float) -> bool:
    """True for a reading that belongs into its hour."""
    return quality == "good" and censoring == "exact" and -_LARGEST <= value <= _LARGEST


def moments_of(readings: Iterable[tuple[int, int, float]]) -> dict[Place, Hour]:
    """Hours by series and beginning, of readings (series_id, measured_at, value).

    >>> hour = moments_of([(1, 5, 2.0), (1, HOUR_US - 1, 4.0)])[1, 0]
    >>> hour.n, hour.mean, hour.sum_of_squares, hour.highest
    (2, 3.0, 2.0, 4.0)
    """
    hours: dict[Place, Hour] = {}
    for series_id, at, value in readings:
        place = (series_id, at - at % HOUR_US)
        hour = hours.get(place)
        if hour is None:
            hours[place] = Hour(1, value, 0.0, value, value)
        else:
            hour.add(value)
    return hours


def merge(connection: sa.Connection, hours: Mapping[Place, Hour]) -> None:
    """Merge moments into the stored hours, inside the transaction that stores the readings.

    Nobody else stores readings meanwhile, so what is read here is still there when it is written.
    """
    if not hours:
        return
    for row in _stored(connection, hours):
        hours[row.series_id, row.hour_at].take_in(
            Hour(row.n, row.mean, row.sum_of_squares, row.lowest, row.highest)
        )
    rows = [
        {
            "series_id": series_id, "hour_at": at, "n": hour.n, "mean": hour.mean,
            "sum_of_squares": hour.sum_of_squares, "lowest": hour.lowest, "highest": hour.highest,
        }
        for (series_id, at), hour in sorted(hours.items())
    ]  # fmt: skip
    make = postgresql.insert if is_postgres(connection) else sqlite.insert
    made = make(_table)
    changed = {name: made.excluded[name] for name in rows[0] if name not in _KEY}
    connection.execute(made.on_conflict_do_update(index_elements=list(_KEY), set_=changed), rows)


def _stored(connection: sa.Connection, places: Iterable[Place]) -> Iterator[sa.Row[Any]]:
    by_hour: dict[int, list[int]] = {}
    for series_id, at in places:
        by_hour.setdefault(at, []).append(series_id)
    for at, ids in by_hour.items():
        here = (_table.c.hour_at == at, _table.c.series_id.in_(ids))
        yield from connection.execute(sa.select(_table).where(*here))


def fill(connection: sa.Connection) -> None:
    """Compute the hours of all stored rows, for a store that had none."""
    merge(connection, computed(connection))


def computed(connection: sa.Connection, since: int | None = None) -> dict[Place, Hour]:
    """The hours as the stored rows give them, in one pass over the table, or over its end.

    Parameters
    ----------
    since : int, optional
        Begin of the first hour, microseconds since the epoch.
    """
    rows = schema.measurements.c
    good = sa.select(rows.series_id, rows.measured_at, rows.value).where(
        rows.quality == "good", rows.censoring == "exact", rows.value.between(-_LARGEST, _LARGEST)
    )
    if since is not None:  # by series, so that the index of their times serves
        known = list(connection.execute(sa.select(schema.series.c.series_id)).scalars())
        good = good.where(rows.series_id.in_(known), rows.measured_at >= since)
    read = connection.execute(good, execution_options={"yield_per": _AT_ONCE})
    return moments_of(tuple(row) for part in read.partitions() for row in part)
