"""Signals that nobody is told of: their station stood, or their sensor was dead or stuck.

They are recorded like all others and told when a signal of the same run follows after the stop.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from twin.monitoring.alert_rows import enter, update
from twin.monitoring.lifecycle import ACTIVE_STATES
from twin.store import schema
from twin.store.times import from_us

__all__ = ["SENSOR_RULES", "STEPS", "Stop", "mute", "muted_by", "stops_of"]

SENSOR_RULES = ("stuck", "saturated")
STEPS = {
    "down": 1, "up": -1, "maintenance_start": 1, "maintenance_end": -1, "setup_start": 1,
    "setup_end": -1,
}  # fmt: skip
_WHY = {"down": "is down", "maintenance_start": "is maintained", "setup_start": "is set up"}


@dataclass(frozen=True, slots=True)
class Stop:
    """A time in which signals mean nothing; `end_us` is None while it lasts."""

    start_us: int
    end_us: int | None
    why: str

    def holds(self, first_us: int, last_us: int) -> bool:
        """Whether a run of signals lies in it wholly."""
        return self.start_us <= first_us and (self.end_us is None or last_us < self.end_us)


def stops_of(
    station: str, events: Iterable[tuple[int, int, str]], servers: int = 1
) -> tuple[Stop, ...]:
    """When all machines of a station stood, from (time, sequence, event) in any order.

    An end without a beginning counts for nothing.

    Examples
    --------
    >>> stops_of("roll", [(5, 0, "up"), (2, 0, "down")])
    (Stop(start_us=2, end_us=5, why='roll is down'),)
    """
    found: list[Stop] = []
    standing, begun = 0, None
    for at, _, event in sorted(events, key=lambda one: (one[0], one[1], STEPS[one[2]])):
        standing = max(0, standing + STEPS[event])
        if standing >= servers and begun is None:
            begun = Stop(at, None, f"{station} {_WHY[event]}")
        elif standing < servers and begun is not None:
            found.append(Stop(begun.start_us, at, begun.why))
            begun = None
    return tuple(found) if begun is None else (*found, begun)


def muted_by(first_us: int, last_us: int, stops: Iterable[Stop]) -> str:
    """Why a run of signals is muted; empty when it is not."""
    return next((stop.why for stop in stops if stop.holds(first_us, last_us)), "")


def mute(
    connection: sa.Connection, stops: Mapping[str, Sequence[Stop]], from_us_: int
) -> list[int]:
    """Mute or unmute alerts of charts whose newest point is `from_us_` or later.

    Returns
    -------
    list of int
        Those that are told now and were not before.
    """
    table = schema.alerts
    query = sa.select(table).where(
        table.c.last_point_at >= from_us_, table.c.category == "process",
        table.c.withdrawn == "", table.c.state.in_(ACTIVE_STATES),
    )  # fmt: skip
    rows = connection.execute(query).mappings().all()
    dead = _dead_sensors(connection) if rows else {}
    told = []
    for row in rows:
        here = (*stops.get(row["station"], ()), *dead.get(_place(row), ()))
        why = muted_by(row["first_point_at"], row["last_point_at"], here)
        if why == row["muted_by"]:
            continue
        update(connection, row["alert_id"], muted_by=why)
        action, reason = ("mute", why) if why else ("unmute", "it goes on")
        enter(connection, row["alert_id"], action, row["state"], row["state"], reason)
        if not why:
            told.append(row["alert_id"])
    return told


def _place(row: Mapping[Any, Any]) -> tuple[str, str]:
    return row["characteristic"], row["station"]


def _dead_sensors(connection: sa.Connection) -> dict[tuple[str, str], list[Stop]]:
    table = schema.alerts.c
    query = sa.select(schema.alerts).where(table.rule.in_(SENSOR_RULES), table.category == "data")
    found: dict[tuple[str, str], list[Stop]] = {}
    for row in connection.execute(query).mappings():
        end = row["last_point_at"] + 1 if row["state"] == "closed" else None
        since = from_us(row["first_point_at"]).isoformat(timespec="minutes")
        why = f"sensor {row['rule']} since {since}"
        found.setdefault(_place(row), []).append(Stop(row["first_point_at"], end, why))
    return found
