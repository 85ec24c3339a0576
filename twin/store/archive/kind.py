"""The two kinds of record that are archived: where their rows are, and how a file holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import sqlalchemy as sa

from twin.store import schema

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["EVENTS", "KINDS", "MEASUREMENTS", "Kind"]

_TIMES = frozenset({"measured_at", "occurred_at", "received_at"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record.

    Attributes
    ----------
    table : Table
    at : str
        Column of the time by which rows are assigned to months.
    number : str
        Column that rises in the order of arrival.
    order : tuple of str
        Columns by which rows are sorted when they are read.
    stay : tuple of str
        Events of these kinds stay in the database: the genealogy is read from them.
    """

    table: sa.Table
    at: str
    number: str
    order: tuple[str, ...]
    stay: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`measurements` or `events`."""
        return str(self.table.name)

    @property
    def time(self) -> sa.Column[int]:
        """The column `at` of the table."""
        column: sa.Column[int] = self.table.c[self.at]
        return column

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of a file: those of the table and, of measurements, what names their series."""
        named = ("characteristic", "station") if "series_id" in self.table.c else ()
        return (*(column.name for column in self.table.c), *named)

    def arrow_schema(self) -> pa.Schema:
        """Types of the columns of a file."""
        import pyarrow as pa

        types = {}
        for name in self.columns:
            column = self.table.c.get(name)
            if name in _TIMES:
                types[name] = pa.timestamp("us", tz="UTC")
            elif column is not None and isinstance(column.type, sa.Integer):
                types[name] = pa.int64()
            else:
                real = column is not None and isinstance(column.type, sa.Float)
                types[name] = pa.float64() if real else pa.string()
        return pa.schema(list(types.items()))


MEASUREMENTS = Kind(
    schema.measurements,
    "measured_at",
    "measurement_id",
    ("measured_at", "sequence", "position", "measurement_id"),
)
EVENTS = Kind(
    schema.events,
    "occurred_at",
    "event_id",
    ("occurred_at", "sequence", "event_id"),
    stay=("split", "merge"),
)
KINDS: Mapping[str, Kind] = MappingProxyType({"measurements": MEASUREMENTS, "events": EVENTS})
