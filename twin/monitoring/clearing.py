"""Conditions made alerts while they last, and closed by themselves when they are over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from twin.monitoring.alert_rows import enter, insert, of_condition, update
from twin.monitoring.condition import CLEARED_BY_ITSELF, Condition
from twin.monitoring.muting import SENSOR_RULES
from twin.store import schema
from twin.store.times import now_us

__all__ = ["Settled", "settle"]

_OVER = "it is over"
_BY_ITSELF = ("open", "acknowledged", "shelved")
Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of conditions.

    Attributes
    ----------
    raised, told : tuple of int
        Alerts raised, and those that are told now because they are not muted any more.
    from_us : int or None
        Since when signals may be muted or unmuted by it.
    """

    raised: tuple[int, ...] = ()
    told: tuple[int, ...] = ()
    from_us: int | None = None


def settle(
    connection: sa.Connection,
    conditions: Iterable[Condition],
    judged: Callable[[Row], bool],
) -> Settled:
    """Raise what is wrong now and close what is not any more.

    Parameters
    ----------
    judged : callable
        Whether the look that found `conditions` would have seen that of an alert; others stay.
    """
    wrong = {condition.fingerprint: condition for condition in conditions}
    open_ = {row["fingerprint"]: row for row in _open(connection)}
    raised: list[int] = []
    told: list[int] = []
    touched: list[int] = []
    for fingerprint, condition in wrong.items():
        row = open_.get(fingerprint)
        if row is not None and condition.exact and row["first_point_at"] != condition.since_us:
            _clear(connection, row)  # that one is over, this is another
            touched.append(row["first_point_at"])
            row = None
        if row is not None:
            told += _go_on(connection, row, condition)
        elif not _known(connection, condition):
            raised.append(insert(connection, of_condition(condition)))
            touched.append(condition.since_us)
    over = [row for key, row in open_.items() if key not in wrong and judged(row)]
    for row in over:
        _clear(connection, row)
        touched.append(row["first_point_at"])
    return Settled(tuple(raised), tuple(told), min(touched, default=None))


def _go_on(connection: sa.Connection, row: Row, condition: Condition) -> list[int]:
    if condition.rule in SENSOR_RULES and condition.last_us > row["last_point_at"]:
        update(connection, row["alert_id"], last_point_at=condition.last_us)
    if row["muted_by"] == condition.muted_by:
        return []
    update(connection, row["alert_id"], muted_by=condition.muted_by)
    action = "mute" if condition.muted_by else "unmute"
    why = condition.muted_by or "it lasts"
    enter(connection, row["alert_id"], action, row["state"], row["state"], why)
    return [] if condition.muted_by else [row["alert_id"]]


def _clear(connection: sa.Connection, row: Row) -> None:
    by_itself = row["state"] in _BY_ITSELF
    state = "closed" if by_itself else row["state"]
    last = max(row["last_point_at"], min(now_us(), _newest(connection, row)))
    update(connection, row["alert_id"], state=state, last_point_at=last)
    detail = "" if by_itself else "somebody works on it, so it stays open"
    if by_itself or not _told_over(connection, row["alert_id"]):
        enter(connection, row["alert_id"], "clear", row["state"], state, _OVER, detail=detail)


def _newest(connection: sa.Connection, row: Row) -> int:
    table = schema.series.c
    query = sa.select(table.last_measured_at).where(
        table.characteristic == row["characteristic"], table.station == row["station"]
    )
    return int(connection.execute(query).scalar() or row["last_point_at"])


def _told_over(connection: sa.Connection, alert_id: int) -> bool:
    table = schema.alert_history.c
    query = sa.select(table.action).where(table.alert_id == alert_id, table.action == "clear")
    return connection.execute(query).first() is not None


def _open(connection: sa.Connection) -> list[Row]:
    table = schema.alerts
    query = sa.select(table).where(
        table.c.category.in_(CLEARED_BY_ITSELF), table.c.state != "closed"
    )
    return list(connection.execute(query).mappings().all())


def _known(connection: sa.Connection, condition: Condition) -> bool:
    """Whether somebody closed the alert of this very occurrence."""
    table = schema.alerts.c
    query = sa.select(table.alert_id).where(
        table.fingerprint == condition.fingerprint, table.first_point_at == condition.since_us
    )
    return connection.execute(query).first() is not None
