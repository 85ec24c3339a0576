"""What people wrote beside points of a chart: notes, and why a point is left out of the limits.

A point is known by the time of its last reading and its lot, so that its number on a chart of
another period does not matter. Entries are only added; of `exclude` and `restore` the newest
counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from process_models.errors import InputError
from twin.access.permit import permit
from twin.monitoring.audit import AuditLog
from twin.monitoring.points import Points
from twin.store import Store, schema
from twin.store.times import from_us, now_us, to_us

__all__ = ["ACTIONS", "PointNote", "excluded_points", "mark_point", "point_notes", "reason_for"]

Action = Literal["note", "exclude", "restore"]

ACTIONS: tuple[Action, ...] = ("note", "exclude", "restore")


@dataclass(frozen=True, slots=True)
class PointNote:
    """One entry.

    Attributes
    ----------
    measured_at : datetime
        When the last reading of the point was measured.
    lot_id : str
    action : {"note", "exclude", "restore"}
    reason : str
        The note itself, or why the point is left out or taken in again.
    user, at
        Who wrote it and when.
    """

    measured_at: datetime
    lot_id: str
    action: Action
    reason: str
    user: str
    at: datetime


def mark_point(
    store: Store,
    characteristic: str,
    station: str,
    *,
    measured_at: datetime,
    lot_id: str,
    action: Action,
    reason: str,
    user: str,
) -> None:
    """Write a note beside a point, leave it out of limits that are frozen later, or take it back.

    Raises
    ------
    InputError
        When the action is unknown, there is no reason or no user, nothing was measured then, or a
        point that counts is to be taken in again.
    """
    _check(characteristic, action, reason)
    permit(store, f"point.{action}", user=user)
    at_us = to_us(measured_at)
    _require_reading(store, characteristic, station, at_us, lot_id)
    row = {
        "characteristic": characteristic, "station": station, "measured_at": at_us,
        "lot_id": lot_id, "action": action, "reason": reason.strip(), "user": user, "at": now_us(),
    }  # fmt: skip
    log = AuditLog(store)
    with log.writing() as connection:
        was = (at_us, lot_id) in _left_out(_entries(connection, characteristic, station))
        becomes = was if action == "note" else action == "exclude"
        if action != "note" and was == becomes:
            state = "already left out" if was else "not left out"
            raise InputError(
                f"the point of lot {lot_id} is {state} of the limits of {characteristic}"
            )
        connection.execute(schema.point_notes.insert(), row)
        log.append(
            connection,
            user=user,
            action=f"point.{action}",
            subject=f"point {characteristic} at {station}",
            old={"left_out": was},
            new={"lot_id": lot_id, "measured_at": str(from_us(at_us)), "left_out": becomes},
            reason=reason.strip(),
        )


def _check(characteristic: str, action: str, reason: str) -> None:
    if action not in ACTIONS:
        raise InputError(f"action must be one of {', '.join(ACTIONS)}, got {action!r}")
    if not reason.strip():
        raise InputError(f"a point of {characteristic} is marked with a reason, got {reason!r}")


def point_notes(store: Store, characteristic: str, station: str) -> list[PointNote]:
    """All entries of a characteristic at a station, oldest first."""
    with store.database.reading() as connection:
        return _entries(connection, characteristic, station)


def excluded_points(notes: Sequence[PointNote], points: Points) -> tuple[int, ...]:
    """Numbers, from 1, of the points that are left out."""
    left_out = _left_out(notes)
    keys = zip(points.at_us.tolist(), points.lot_ids, strict=True)
    return tuple(i for i, key in enumerate(keys, start=1) if key in left_out)


def reason_for(notes: Sequence[PointNote], points: Points) -> str:
    """Why these points are left out, each reason once."""
    left_out = _left_out(notes)
    keys = zip(points.at_us.tolist(), points.lot_ids, strict=True)
    return "; ".join(dict.fromkeys(left_out[key] for key in keys if key in left_out))


def _entries(connection: sa.Connection, characteristic: str, station: str) -> list[PointNote]:
    table = schema.point_notes.c
    query = (
        sa.select(table.measured_at, table.lot_id, table.action, table.reason, table.user, table.at)
        .where(table.characteristic == characteristic, table.station == station)
        .order_by(table.note_id)
    )
    rows = connection.execute(query).all()
    return [PointNote(from_us(row[0]), *row[1:5], from_us(row[5])) for row in rows]


def _left_out(notes: Sequence[PointNote]) -> dict[tuple[int, str], str]:
    """Points that are left out, and why."""
    found: dict[tuple[int, str], str] = {}
    for note in notes:
        key = (to_us(note.measured_at), note.lot_id)
        if note.action == "exclude":
            found[key] = note.reason
        elif note.action == "restore":
            found.pop(key, None)
    return found


def _require_reading(
    store: Store, characteristic: str, station: str, at_us: int, lot_id: str
) -> None:
    at = from_us(at_us)
    found = store.measurements(
        characteristic, station, lot_ids=[lot_id], since=at, until=at, columns=("lot_id",)
    )
    if found.empty:
        raise InputError(
            f"no reading of {characteristic} at {station} of lot {lot_id} at {at.isoformat()}"
        )
