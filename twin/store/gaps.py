"""Holes in what a source sent: noted when they are seen, filled when the missing comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from process_models.errors import InputError
from twin.store import schema
from twin.store.store import Store
from twin.store.times import from_us, now_us, to_us
from twin.store.transaction import transaction

__all__ = ["Gap", "fill_gap", "fill_missing", "gaps", "note_gap"]

_table = schema.gaps


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that a source should have sent and that has not come.

    Attributes
    ----------
    channel : str
        Node, topic or stream whose numbers have the hole; empty for the whole source.
    reason : str
        Such as `sequence`, `disconnected`, `queue overflow`, `restart`.
    first_missing, last_missing : int
        Numbers of the missing records; both 0 where only a period is known.
    from_at, to_at : datetime or None
        Between which times records may be missing.
    detected_at, filled_at : datetime or None
        Set when it is stored, and when what was missing has come.
    id : int
        Number in the store; 0 before.
    """

    source: str
    channel: str = ""
    reason: str = "sequence"
    first_missing: int = 0
    last_missing: int = 0
    from_at: datetime | None = None
    to_at: datetime | None = None
    detected_at: datetime | None = None
    filled_at: datetime | None = None
    id: int = 0

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise InputError(f"source of a gap must not be empty, got {self.source!r}")
        if self.last_missing < self.first_missing:
            raise InputError(
                f"gap of {self.source}: last_missing must not be before first_missing "
                f"{self.first_missing}, got {self.last_missing}"
            )

    @property
    def missing(self) -> int:
        """How many records are missing; 0 where only a period is known."""
        return self.last_missing - self.first_missing + 1 if self.last_missing > 0 else 0


def note_gap(into: Store | sa.Connection, gap: Gap) -> int:
    """Keep `gap`; one that is already open is widened instead of noted twice.

    Returns
    -------
    int
        Its number.
    """
    row = {
        "source": gap.source, "channel": gap.channel, "reason": gap.reason,
        "first_missing": gap.first_missing, "last_missing": gap.last_missing,
        "from_at": _us(gap.from_at), "to_at": _us(gap.to_at),
    }  # fmt: skip
    same = [_table.c[name] == row[name] for name in ("source", "channel", "reason")]
    same += [_table.c.first_missing == gap.first_missing, _table.c.filled_at.is_(None)]
    if not gap.missing:
        same.append(_table.c.from_at.is_not_distinct_from(row["from_at"]))
    with transaction(into) as connection:
        known = connection.execute(sa.select(_table).where(*same)).first()
        if known is None:
            detected = now_us() if gap.detected_at is None else to_us(gap.detected_at)
            return _insert(connection, {**row, "detected_at": detected, "filled_at": None})
        wider = {
            "last_missing": max(known.last_missing, gap.last_missing),
            "to_at": max(filter(None, (known.to_at, row["to_at"])), default=None),
        }
        _change(connection, known.gap_id, wider)
        return int(known.gap_id)


def fill_gap(into: Store | sa.Connection, gap_id: int, at: datetime | None = None) -> None:
    """What gap `gap_id` lacked has come, or it is known that it never will."""
    with transaction(into) as connection:
        _change(connection, gap_id, {"filled_at": now_us() if at is None else to_us(at)})


def fill_missing(
    into: Store | sa.Connection, source: str, channel: str, first: int, last: int
) -> int:
    """Records `first` to `last` have come: open gaps end there, or keep what is still missing.

    Returns
    -------
    int
        How many missing records this accounts for.
    """
    table = _table.c
    with transaction(into) as connection:
        touched = connection.execute(
            sa.select(_table).where(
                table.source == source, table.channel == channel, table.filled_at.is_(None),
                table.first_missing <= last, table.last_missing >= max(first, 1),
            )
        ).mappings().all()  # fmt: skip
        return sum(_fill(connection, dict(row), first, last) for row in touched)


def gaps(store: Store, source: str | None = None, *, open_only: bool = False) -> list[Gap]:
    """The holes that were noted, the newest last; of one source, or only those still open."""
    query = sa.select(_table).order_by(_table.c.detected_at, _table.c.first_missing)
    if source is not None:
        query = query.where(_table.c.source == source)
    if open_only:
        query = query.where(_table.c.filled_at.is_(None))
    with store.database.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return [_gap(dict(row)) for row in rows]


def _fill(connection: sa.Connection, row: dict[str, Any], first: int, last: int) -> int:
    """The part that came becomes the filled row; what is left on either side stays open."""
    begin, end = max(first, row["first_missing"]), min(last, row["last_missing"])
    left = {**row, "last_missing": begin - 1}
    right = {**row, "first_missing": end + 1}
    filled = {"first_missing": begin, "last_missing": end, "filled_at": now_us()}
    _change(connection, row.pop("gap_id"), filled)
    for part in (left, right):
        part.pop("gap_id")
        if part["first_missing"] <= part["last_missing"]:
            _insert(connection, part)
    return int(end - begin + 1)


def _insert(connection: sa.Connection, row: dict[str, Any]) -> int:
    made = _table.insert().values(**row).returning(_table.c.gap_id)
    return int(connection.execute(made).scalar_one())


def _change(connection: sa.Connection, gap_id: int, values: dict[str, Any]) -> None:
    connection.execute(_table.update().where(_table.c.gap_id == gap_id).values(**values))


def _us(moment: datetime | None) -> int | None:
    return None if moment is None else to_us(moment)


def _gap(row: dict[str, Any]) -> Gap:
    for name in ("from_at", "to_at", "detected_at", "filled_at"):
        row[name] = None if row[name] is None else from_us(row[name])
    return Gap(id=row.pop("gap_id"), **row)
