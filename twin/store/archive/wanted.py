"""What is asked for, as a condition on the database and as one on a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from process_models.errors import InputError
from twin.store import reading
from twin.store.archive.kind import Kind
from twin.store.times import to_us

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

__all__ = ["Wanted"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows; None is no condition.

    Attributes
    ----------
    series_ids : sequence of int
    lot_ids : iterable of str
    since, until : datetime
        Both ends included.
    known_by : datetime
        What had happened and had been received by then.
    """

    series_ids: Sequence[int] | None = None
    lot_ids: Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    known_by: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("since", "until", "known_by"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise InputError(f"{name} needs an offset from UTC, got {moment.isoformat()}")

    @classmethod
    def of(cls, lot_ids: Iterable[str] | None = None, **others: Any) -> Wanted:
        """The same, from any iterable of lots."""
        return cls(lot_ids=None if lot_ids is None else tuple(lot_ids), **others)

    def conditions(self, kind: Kind) -> list[sa.ColumnElement[bool]]:
        """For the database."""
        columns = kind.table.c
        chosen = [] if self.series_ids is None else [columns.series_id.in_(list(self.series_ids))]
        return [
            *chosen,
            *reading.of_lots(columns.lot_id, self.lot_ids),
            *reading.period(kind.time, columns.received_at, self.since, self.until, self.known_by),
        ]

    @property
    def since_us(self) -> int | None:
        """Start, in microseconds since the epoch."""
        return None if self.since is None else to_us(self.since)

    @property
    def until_us(self) -> int | None:
        """End, in microseconds since the epoch: `until` or `known_by`, whichever comes first."""
        ends = [to_us(end) for end in (self.until, self.known_by) if end is not None]
        return min(ends, default=None)

    def groups(self, kind: Kind, metadata: pq.FileMetaData, moved: int) -> list[int]:
        """Row groups among the first `moved` that may hold such rows, by their statistics."""
        return [group for group in range(moved) if self._may_hold(kind, metadata.row_group(group))]

    def _may_hold(self, kind: Kind, group: pq.RowGroupMetaData) -> bool:
        bounds: dict[str, tuple[Any, Any]] = {}
        for index in range(group.num_columns):
            column = group.column(index)
            known = column.statistics
            if known is not None and known.has_min_max:
                bounds[column.path_in_schema] = (known.min, known.max)
        low, high = bounds.get(kind.at, (None, None))
        if low is not None and self.until_us is not None and to_us(low) > self.until_us:
            return False
        if high is not None and self.since_us is not None and to_us(high) < self.since_us:
            return False
        wanted = {"series_id": self.series_ids, "lot_id": self.lot_ids}
        return all(
            chosen is None
            or name not in bounds
            or any(bounds[name][0] <= one <= bounds[name][1] for one in chosen)
            for name, chosen in wanted.items()
        )

    def filter(self, kind: Kind) -> pc.Expression | None:
        """For a table of a file; None when all rows are wanted."""
        import pyarrow as pa
        import pyarrow.compute as pc

        at = pc.field(kind.at)
        parts: list[pc.Expression] = []
        for name, chosen in (("series_id", self.series_ids), ("lot_id", self.lot_ids)):
            if chosen is not None:
                values: pa.Array = pa.array(list(chosen), kind.arrow_schema().field(name).type)
                parts.append(pc.field(name).isin(values))
        if self.since is not None:
            parts.append(at >= _scalar(self.since))
        if self.until is not None:
            parts.append(at <= _scalar(self.until))
        if self.known_by is not None:
            known = pc.coalesce(pc.field("received_at"), at)
            parts += [at <= _scalar(self.known_by), known <= _scalar(self.known_by)]
        found = None
        for part in parts:
            found = part if found is None else found & part
        return found

    def needed(self, kind: Kind, columns: Iterable[str]) -> list[str]:
        """Columns of a file that are read: those asked for and those of the conditions."""
        asked = {*columns, kind.at, *kind.order}
        asked |= {"series_id"} if self.series_ids is not None else set()
        asked |= {"lot_id"} if self.lot_ids is not None else set()
        asked |= {"received_at"} if self.known_by is not None else set()
        return [name for name in kind.columns if name in asked]


def _scalar(moment: datetime) -> pa.Scalar:
    import pyarrow as pa

    return pa.scalar(to_us(moment), pa.timestamp("us", tz="UTC"))
