"""Rows of alerts and of their histories, written inside a transaction that is under way."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from twin.monitoring.condition import Condition
from twin.monitoring.findings import Finding
from twin.store import schema
from twin.store.times import now_us

__all__ = ["BY", "enter", "insert", "of_condition", "of_finding", "update"]

BY = "lacss"
_PLAIN = {
    "state": "open", "diagnosis": "[]", "cause": "", "shelved_until": None, "group_key": "",
    "escalation": 0, "withdrawn": "",
}  # fmt: skip


def of_finding(finding: Finding) -> dict[str, Any]:
    """What a signal says about the alert that it opens."""
    planned = finding.planned
    value = "" if finding.value is None else f", {finding.value:.4g} {planned.unit}"
    where = f" ({finding.direction})" if finding.direction else ""
    return {
        "fingerprint": finding.fingerprint,
        "opened_at": finding.known_at_us,
        "since": finding.since_us,
        "severity": finding.severity,
        "station": planned.station,
        "characteristic": planned.name,
        "lot_id": finding.lot_id,
        "rule": finding.rule,
        "chart": finding.chart,
        "panel": finding.panel,
        "direction": finding.direction,
        "point": finding.index + 1,
        "value": finding.value,
        "unit": planned.unit,
        "limits_version": finding.limits_version,
        "message": f"{planned.name} at {planned.station}: {finding.rule}{value}{where}",
        "reaction_plan": planned.reaction_to(finding.rule),
        "provenance": finding.provenance,
        "category": "process",
    }


def of_condition(condition: Condition) -> dict[str, Any]:
    """What a condition says about its alert."""
    return {
        "fingerprint": condition.fingerprint,
        "opened_at": condition.known_us,
        "since": condition.since_us if condition.began_us is None else condition.began_us,
        "severity": condition.severity,
        "station": condition.station,
        "characteristic": condition.characteristic,
        "lot_id": "",
        "rule": condition.rule,
        "chart": condition.chart,
        "panel": "data",
        "direction": "",
        "point": 1,
        "value": condition.value,
        "unit": condition.unit,
        "limits_version": None,
        "message": condition.message,
        "reaction_plan": condition.reaction_plan,
        "provenance": "",
        "category": condition.category,
        "muted_by": condition.muted_by,
        "first_point_at": condition.since_us,
        "last_point_at": max(condition.last_us, condition.since_us),
        "count": 1,
    }


def insert(connection: sa.Connection, values: dict[str, Any]) -> int:
    """Open an alert; its number."""
    now = now_us()
    row = {**_PLAIN, "muted_by": "", **values, "raised_at": now}
    statement = schema.alerts.insert().returning(schema.alerts.c.alert_id)
    alert_id = int(connection.execute(statement, row).scalar_one())
    enter(connection, alert_id, "raise", "", "open", str(values["message"]))
    return alert_id


def update(connection: sa.Connection, alert_id: int, **values: Any) -> None:
    """Change columns of one alert."""
    table = schema.alerts
    connection.execute(table.update().where(table.c.alert_id == alert_id).values(**values))


def enter(
    connection: sa.Connection,
    alert_id: int,
    action: str,
    old_state: str,
    new_state: str,
    reason: str,
    *,
    user: str = BY,
    detail: str = "",
) -> None:
    """Add a step to the history of an alert."""
    entry = {
        "alert_id": alert_id, "at": now_us(), "user": user, "action": action,
        "old_state": old_state, "new_state": new_state, "reason": reason, "detail": detail,
    }  # fmt: skip
    connection.execute(schema.alert_history.insert(), entry)
