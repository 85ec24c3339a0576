"""Sessions: a random token that the browser keeps, of which the store keeps the hash.

A session ends at its expiry, after being idle, when its person signs out, when an administrator
ends it, and with the account.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from twin.access.identity import Identity
from twin.access.permit import token_hash
from twin.access.settings import AccessSettings, read_access
from twin.monitoring.audit import AuditLog
from twin.store.schema.accessing import sessions, users
from twin.store.store import Store
from twin.store.times import from_us, now_us

__all__ = ["OpenSession", "end_session", "identity_of", "open_session", "open_sessions"]

_TOUCH_US = 60_000_000


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as an administrator sees it; `number` is the start of its hash."""

    number: str
    user: str
    opened_at: datetime
    expires_at: datetime
    idle_at: datetime


def open_session(
    connection: sa.Connection, user_id: int, settings: AccessSettings, expires_us: int | None = None
) -> str:
    """Open a session inside the transaction of `connection`; its token."""
    now = now_us()
    token = secrets.token_urlsafe(32)
    expires = now + int(settings.lifetime_h * 3.6e9)
    connection.execute(sa.delete(sessions).where(sessions.c.expires_at <= now))
    connection.execute(
        sessions.insert(),
        {
            "token_hash": token_hash(token), "user_id": user_id, "created_at": now,
            "expires_at": expires if expires_us is None else min(expires, expires_us),
            "idle_at": now + int(settings.idle_min * 6e7),
        },
    )  # fmt: skip
    return token


def identity_of(store: Store, token: str) -> Identity | None:
    """Who has the session of `token`, or None when it is unknown, over, or its account disabled.

    Asking counts as activity: the session is idle from now, written down once a minute.
    """
    if not token:
        return None
    now = now_us()
    this = sessions.c.token_hash == token_hash(token)
    query = sa.select(
        users.c.name, users.c.role, users.c.origin, sessions.c.idle_at,
    ).join(users, users.c.user_id == sessions.c.user_id).where(
        this, users.c.state == "active", sessions.c.expires_at > now, sessions.c.idle_at > now,
    )  # fmt: skip
    with store.database.reading() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    idle_at = now + int(read_access(store.home).idle_min * 6e7)
    if idle_at - row.idle_at > _TOUCH_US:
        with store.database.writing() as connection:
            connection.execute(sa.update(sessions).where(this).values(idle_at=idle_at))
    return Identity(row.name, row.role, row.origin, token)


def end_session(store: Store, token: str) -> None:
    """Sign out; a session that is over already is left as it is."""
    this = sessions.c.token_hash == token_hash(token)
    who = sa.select(users.c.name).join(sessions, users.c.user_id == sessions.c.user_id).where(this)
    log = AuditLog(store)
    with log.writing() as connection:
        name = connection.execute(who).scalar()
        if name is not None:
            connection.execute(sa.delete(sessions).where(this))
            log.append(connection, user=name, action="access.signed_out", subject=f"user {name}")


def open_sessions(store: Store, name: str | None = None) -> list[OpenSession]:
    """Sessions that are not over, the newest first; of one user or of all."""
    now = now_us()
    query = (
        sa.select(
            sessions.c.token_hash, users.c.name, sessions.c.created_at, sessions.c.expires_at,
            sessions.c.idle_at,
        )
        .join(users, users.c.user_id == sessions.c.user_id)
        .where(sessions.c.expires_at > now, sessions.c.idle_at > now)
        .order_by(sessions.c.created_at.desc())
    )  # fmt: skip
    if name is not None:
        query = query.where(users.c.name == name)
    with store.database.reading() as connection:
        rows = connection.execute(query).all()
    return [OpenSession(row[0][:12], row[1], *map(from_us, row[2:])) for row in rows]
