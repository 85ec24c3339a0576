"""Alerts whose time on the shelf is over open by themselves."""

from __future__ import annotations

import sqlalchemy as sa

from twin.monitoring.alert_rows import BY, enter, update
from twin.store import Store, schema

__all__ = ["OVER", "wake"]

OVER = "shelved time is over"


def wake(connection: sa.Connection, store: Store, now: int) -> list[int]:
    """Open the alerts that were shelved until now; their numbers. The change is audited."""
    from twin.monitoring.audit import AuditLog

    table = schema.alerts
    over = (table.c.state == "shelved", table.c.shelved_until <= now)
    rows = connection.execute(sa.select(table).where(*over)).mappings().all()
    log = AuditLog(store)
    for row in rows:
        update(connection, row["alert_id"], state="open", shelved_until=None, escalation=0)
        enter(connection, row["alert_id"], "unshelve", row["state"], "open", OVER)
        log.append(
            connection, user=BY, action="alert.unshelve", subject=f"alert {row['alert_id']}",
            old={"state": row["state"], "shelved_until": row["shelved_until"]},
            new={"state": "open", "shelved_until": None}, reason=OVER,
        )  # fmt: skip
    return [row["alert_id"] for row in rows]
