"""The outbox: what is to be sent to whom, written with the alert, delivered afterwards."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from process_models.errors import InputError
from twin.access import permit
from twin.monitoring.alert import Alert
from twin.store import Store, schema
from twin.store.times import from_us, now_us

__all__ = [
    "Letter", "due", "enqueue", "letters", "mark_failed", "mark_sent", "release", "requeue",
]

MAX_ATTEMPTS = 300
"""Some three days of an endpoint that is down."""
MAX_REFUSALS = 10
"""Of an endpoint that is there and does not take this letter."""
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 900.0


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one endpoint.

    Attributes
    ----------
    state : str
        `pending`, `sent`, or `dead` after too many attempts.
    payload : dict
        The alert, as `Alert.to_dict`, and what happened to it (`kind`).
    """

    id: int
    alert_id: int
    endpoint: str
    kind: str
    payload: dict[str, Any]
    state: str
    attempts: int
    next_attempt_at: datetime
    last_error: str
    sent_at: datetime | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data; times in ISO 8601."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }


def enqueue(
    connection: sa.Connection, alert: Alert, endpoints: Sequence[str], kind: str = "raised"
) -> None:
    """Write a letter to each endpoint, inside the transaction that changes the alert."""
    now = now_us()
    payload = json.dumps({"kind": kind, "alert": alert.to_dict()}, ensure_ascii=False)
    for endpoint in endpoints:
        row = {
            "alert_id": alert.id, "endpoint": endpoint, "kind": kind, "payload": payload,
            "created_at": now, "state": "pending", "attempts": 0, "next_attempt_at": now,
            "last_error": "", "sent_at": None,
        }  # fmt: skip
        connection.execute(schema.outbox.insert(), row)


def due(store: Store, endpoint: str, limit: int = 50) -> list[Letter]:
    """Letters to `endpoint` whose time has come, oldest first."""
    table = schema.outbox
    query = (
        sa.select(table)
        .where(
            table.c.endpoint == endpoint,
            table.c.state == "pending",
            table.c.next_attempt_at <= now_us(),
        )
        .order_by(table.c.outbox_id)
        .limit(limit)
    )
    return _read(store, query)


def letters(store: Store, state: str | None = None, last: int = 200) -> list[Letter]:
    """The newest letters, of one state or of all."""
    query = sa.select(schema.outbox).order_by(schema.outbox.c.outbox_id.desc()).limit(last)
    if state is not None:
        query = query.where(schema.outbox.c.state == state)
    return _read(store, query)


def mark_sent(store: Store, letter: Letter) -> None:
    """Say that the endpoint took the letter."""
    _update(store, letter, state="sent", attempts=letter.attempts + 1, sent_at=now_us())


def mark_failed(
    store: Store, letter: Letter, error: str, *, max_attempts: int = MAX_ATTEMPTS
) -> None:
    """Put the letter back with a growing wait, or among the dead after `max_attempts`."""
    attempts = letter.attempts + 1
    wait_s = min(FIRST_WAIT_S * 2 ** (attempts - 1), LONGEST_WAIT_S)
    _update(
        store,
        letter,
        state="dead" if attempts >= max_attempts else "pending",
        attempts=attempts,
        next_attempt_at=now_us() + int(wait_s * 1e6),
        last_error=error[:300],
    )


def release(store: Store, endpoint: str) -> None:
    """The endpoint takes letters again: what waits for its next attempt waits no longer."""
    table = schema.outbox
    waiting = (
        table.c.endpoint == endpoint, table.c.state == "pending", table.c.attempts > 0,
        table.c.next_attempt_at > now_us(),
    )  # fmt: skip
    with store.database.reading() as connection:
        if connection.execute(sa.select(table.c.outbox_id).where(*waiting)).first() is None:
            return
    with store.database.writing() as connection:
        connection.execute(table.update().where(*waiting).values(next_attempt_at=now_us()))


def requeue(store: Store, outbox_id: int, *, user: str, reason: str = "") -> None:
    """Try a dead letter again from the beginning.

    Raises
    ------
    InputError
        When there is no dead letter of that number.
    AccessError
        When this person may not.
    """
    from twin.monitoring.audit import AuditLog

    name = permit(store, "notification.retry", user=user)
    table, log = schema.outbox, AuditLog(store)
    dead = (table.c.outbox_id == outbox_id, table.c.state == "dead")
    fresh = {"state": "pending", "attempts": 0, "next_attempt_at": now_us()}
    with log.writing() as connection:
        if connection.execute(table.update().where(*dead).values(**fresh)).rowcount == 0:
            raise InputError(f"there is no dead letter {outbox_id}")
        log.append(
            connection, user=name, action="notification.retry", subject=f"letter {outbox_id}",
            old={"state": "dead"}, new={"state": "pending"}, reason=reason,
        )  # fmt: skip


def _update(store: Store, letter: Letter, **values: Any) -> None:
    table = schema.outbox
    with store.database.writing() as connection:
        connection.execute(table.update().where(table.c.outbox_id == letter.id).values(**values))


def _read(store: Store, query: sa.Select[Any]) -> list[Letter]:
    with store.database.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return [
        Letter(
            row["outbox_id"], row["alert_id"], row["endpoint"], row["kind"],
            json.loads(row["payload"]), row["state"], row["attempts"],
            from_us(row["next_attempt_at"]), row["last_error"],
            None if row["sent_at"] is None else from_us(row["sent_at"]),
        )
        for row in rows
    ]  # fmt: skip
