"""Alerts that nobody takes: told to the next level when their time is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from twin.monitoring.alert import Alert
from twin.monitoring.alert_rows import enter, update
from twin.monitoring.alerting_plan import AlertingPlan
from twin.monitoring.endpoints import Endpoint
from twin.monitoring.outbox import enqueue
from twin.store import schema

__all__ = ["escalate", "level_at"]


def level_at(rules: AlertingPlan, severity: str, open_for_s: float) -> int:
    """The level that an alert of `severity` has reached after so long; 0 for none.

    Examples
    --------
    >>> from twin.monitoring.alerting_plan import EscalationLevel
    >>> rules = AlertingPlan((EscalationLevel({"major": 600}, ("lead",)),
    ...                       EscalationLevel({"major": 3600}, ("manager",))))
    >>> [level_at(rules, "major", seconds) for seconds in (0, 600, 9999)]
    [0, 1, 2]
    """
    reached = [
        number
        for number, level in enumerate(rules.escalation, start=1)
        if severity in level.after_s and open_for_s >= level.after_s[severity]
    ]
    return max(reached, default=0)


def escalate(
    connection: sa.Connection, rules: AlertingPlan, endpoints: Sequence[Endpoint], now: int
) -> list[int]:
    """Escalate open alerts whose time is over; their numbers.

    The clock starts when an alert is raised and anew when it is opened again. Muted ones wait.
    """
    if not rules.escalation:
        return []
    table = schema.alerts
    query = sa.select(table).where(
        table.c.state == "open", table.c.withdrawn == "", table.c.muted_by == ""
    )
    known = {endpoint.name for endpoint in endpoints}
    done = []
    for row in connection.execute(query).mappings().all():
        opened, rounds = _opened(connection, row)
        reached = level_at(rules, row["severity"], (now - opened) / 1e6)
        for level in range(row["escalation"] + 1, reached + 1):
            _tell(connection, rules, row, level, rounds, known)
            done.append(row["alert_id"])
    return done


def _tell(
    connection: sa.Connection,
    rules: AlertingPlan,
    row: Mapping[Any, Any],
    level: int,
    rounds: int,
    known: set[str],
) -> None:
    update(connection, row["alert_id"], escalation=level)
    names = [name for name in rules.escalation[level - 1].endpoints if name in known]
    unknown = set(rules.escalation[level - 1].endpoints) - known
    why = f"level {level}: nobody has acknowledged it"
    detail = f"told to {', '.join(names) or 'nobody'}"
    if unknown:
        detail += f"; notify.toml does not know {', '.join(sorted(unknown))}"
    enter(connection, row["alert_id"], "escalate", row["state"], row["state"], why, detail=detail)
    kind = f"escalated-{level}" if rounds == 0 else f"escalated-{level}-again-{rounds}"
    alert = Alert.from_row({**row, "escalation": level})
    enqueue(connection, alert, names, kind)


def _opened(connection: sa.Connection, row: Mapping[Any, Any]) -> tuple[int, int]:
    """When it was opened last, and how often it was opened again."""
    table = schema.alert_history.c
    query = sa.select(sa.func.max(table.at), sa.func.count()).where(
        table.alert_id == row["alert_id"], table.new_state == "open",
        table.old_state != "open", table.action != "raise",
    )  # fmt: skip
    newest, rounds = connection.execute(query).one()
    return max(row["raised_at"], newest or 0), int(rounds)
