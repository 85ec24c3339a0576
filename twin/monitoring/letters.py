"""Which letters an alert causes, in the transaction that raises it; in a flood they go together.

The first alert of its kind (one fingerprint) always has a letter of its own. After `flood_letters`
within `flood_minutes` about one station to one endpoint, the next ones of kinds that were told
already travel together in a digest, which leaves when those minutes are over.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from twin.monitoring.alert import Alert
from twin.monitoring.alerting_plan import AlertingPlan
from twin.monitoring.endpoints import Endpoint
from twin.monitoring.outbox import enqueue
from twin.store import schema
from twin.store.times import now_us

__all__ = ["post"]

_SAFETY_US = 5_000_000


def post(
    connection: sa.Connection,
    rules: AlertingPlan,
    alert: Alert,
    endpoints: Sequence[Endpoint],
    kind: str = "raised",
    *,
    now: int | None = None,
) -> None:
    """Write the letters about `alert`: to each endpoint that wants its severity, each kind once."""
    moment = now_us() if now is None else now
    for endpoint in endpoints:
        if not endpoint.wants(alert.severity) or _written(connection, alert, endpoint.name, kind):
            continue
        if kind == "raised" and _floods(connection, rules, alert, endpoint.name, moment):
            _add_to_digest(connection, rules, alert, endpoint.name, moment)
        else:
            enqueue(connection, alert, [endpoint.name], kind)


def _written(connection: sa.Connection, alert: Alert, endpoint: str, kind: str) -> bool:
    table = schema.outbox.c
    query = sa.select(table.outbox_id).where(
        table.alert_id == alert.id, table.endpoint == endpoint, table.kind == kind
    )
    return connection.execute(query).first() is not None


def _floods(
    connection: sa.Connection, rules: AlertingPlan, alert: Alert, endpoint: str, now: int
) -> bool:
    letters, alerts = schema.outbox.c, schema.alerts.c
    query = (
        sa.select(alerts.fingerprint)
        .join(schema.alerts, alerts.alert_id == letters.alert_id)
        .where(
            letters.endpoint == endpoint,
            letters.kind == "raised",
            letters.created_at > now - int(rules.flood_minutes * 60e6),
            alerts.station == alert.station,
        )
    )
    told = list(connection.execute(query).scalars())
    own = sa.select(alerts.fingerprint).where(alerts.alert_id == alert.id)
    return len(told) >= rules.flood_letters and connection.execute(own).scalar_one() in told


def _add_to_digest(
    connection: sa.Connection, rules: AlertingPlan, alert: Alert, endpoint: str, now: int
) -> None:
    letters, alerts = schema.outbox.c, schema.alerts.c
    open_ = (
        sa.select(letters.outbox_id, letters.payload)
        .join(schema.alerts, alerts.alert_id == letters.alert_id)
        .where(
            letters.endpoint == endpoint, letters.kind == "digest", letters.state == "pending",
            letters.attempts == 0, letters.next_attempt_at > now + _SAFETY_US,
            alerts.station == alert.station,
        )
    )  # fmt: skip
    found = connection.execute(open_).first()
    if found is None:
        enqueue(connection, alert, [endpoint], "digest")
        this = (letters.alert_id == alert.id, letters.endpoint == endpoint)
        _change(
            connection, *this, letters.kind == "digest",
            payload=_payload([alert.to_dict()]),
            next_attempt_at=now + int(rules.flood_minutes * 60e6),
        )  # fmt: skip
        return
    together = [*json.loads(found.payload)["alerts"], alert.to_dict()]
    _change(connection, letters.outbox_id == found.outbox_id, payload=_payload(together))


def _payload(alerts: Sequence[dict[str, Any]]) -> str:
    whole = {"kind": "digest", "alert": alerts[0], "alerts": list(alerts)}
    return json.dumps(whole, ensure_ascii=False)


def _change(connection: sa.Connection, *this: sa.ColumnElement[bool], **values: Any) -> None:
    connection.execute(schema.outbox.update().where(*this).values(**values))
