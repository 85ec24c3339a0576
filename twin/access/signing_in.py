"""Signing in: by the password of a local account, or by what an identity provider vouches for.

Whatever is wrong with a name and password, the answer and the work are the same, so that nobody
learns which names exist. Wrong passwords lock the account for a time that grows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from process_models.errors import AccessError, InputError
from twin.access.accounts import checked_name
from twin.access.passwords import hash_password, matches, needs_rehash
from twin.access.sessions import open_session
from twin.access.settings import AccessSettings, read_access
from twin.monitoring.audit import AuditLog
from twin.store.schema.accessing import users
from twin.store.store import Store
from twin.store.times import now_us

__all__ = ["WRONG", "sign_in", "sign_in_vouched"]

WRONG = "name or password is wrong, or the account is locked for a while"


def sign_in(store: Store, name: str, password: str) -> str:
    """Open a session for a local account; its token.

    Raises
    ------
    AccessError
        `WRONG`, whatever was wrong; the attempt is in the audit trail.
    """
    settings = read_access(store.home)
    try:
        known = checked_name(name)
    except InputError:
        known = ""
    row = _local(store, known)
    right = matches(row["password_hash"] if row else "", password)
    fresh = hash_password(password) if right and row and needs_rehash(row["password_hash"]) else ""
    log = AuditLog(store)
    with log.writing() as connection:
        token = _decided(connection, known, right, fresh, settings)
        # A name that is nobody's is not written down: people type passwords into that field.
        name = known if row else "unknown"
        log.append(
            connection, user=name, subject=f"user {name}",
            action="access.signed_in" if token else "access.sign_in_failed",
        )  # fmt: skip
    if token is None:
        raise AccessError(WRONG)
    return token


def _local(store: Store, name: str) -> sa.RowMapping | None:
    query = sa.select(users).where(users.c.name == name, users.c.origin == "local")
    with store.database.reading() as connection:
        return connection.execute(query).mappings().first()


def _decided(
    connection: sa.Connection, name: str, right: bool, fresh: str, settings: AccessSettings
) -> str | None:
    """Count or open, on the account as it is now: another attempt may have locked it meanwhile."""
    now = now_us()
    this = (users.c.name == name, users.c.origin == "local")
    row = connection.execute(sa.select(users).where(*this)).mappings().first()
    if row is None or row["state"] != "active" or (row["locked_until"] or 0) > now:
        return None
    values: dict[str, Any] = {"failed": 0, "locked_until": None, "last_seen_at": now}
    if fresh:
        values["password_hash"] = fresh
    if not right:
        failed = row["failed"] + 1
        lock_us = int(settings.lock_after(failed) * 1e6)
        values = {"failed": failed, "locked_until": now + lock_us if lock_us else None}
    connection.execute(sa.update(users).where(*this).values(**values))
    return open_session(connection, row["user_id"], settings) if right else None


def sign_in_vouched(store: Store, claims: Mapping[str, Any]) -> str:
    """Open a session for a person whom the identity provider vouches for; its token.

    Parameters
    ----------
    claims : mapping
        Of the ID token, validated already: `iss`, `sub`, `iat` (seconds), and for the first time
        `email` with `email_verified`.

    Raises
    ------
    AccessError
        When the person is not known here, their account is disabled, or the login is too old.
    """
    settings = read_access(store.home)
    now = now_us()
    subject = f"{claims.get('iss') or ''} {claims.get('sub') or ''}"
    log = AuditLog(store)
    with log.writing() as connection:
        row = _known(connection, subject, claims, settings)
        problem = _refused(row, claims, settings, now)
        name = row["name"] if row else _email(claims) or "unknown"
        token = None
        if row is not None and problem is None:
            until = int(float(claims["iat"]) * 1e6) + int(settings.lifetime_h * 3.6e9)
            token = open_session(connection, row["user_id"], settings, until)
            this = users.c.user_id == row["user_id"]
            connection.execute(sa.update(users).where(this).values(last_seen_at=now))
        log.append(
            connection, user=name, subject=f"user {name}", reason=problem or "",
            action="access.signed_in" if token else "access.sign_in_failed",
            new={"subject": subject[:200]},
        )  # fmt: skip
    if token is None:
        raise AccessError(f"{name} may not sign in: {problem}")
    return token


def _known(
    connection: sa.Connection, subject: str, claims: Mapping[str, Any], settings: AccessSettings
) -> sa.RowMapping | None:
    """The account bound to `subject`; the first time, one that waits for this verified address."""
    if not claims.get("iss") or not claims.get("sub"):
        return None
    bound = sa.select(users).where(users.c.origin == "oidc", users.c.subject == subject)
    row = connection.execute(bound).mappings().first()
    email = _email(claims)
    if row is not None or not email:
        return row
    by_name = connection.execute(sa.select(users).where(users.c.name == email)).mappings().first()
    if by_name is None and settings.unknown == "viewer":
        connection.execute(users.insert(), _newcomer(email, subject))
    elif by_name is not None and (by_name["origin"], by_name["subject"]) == ("oidc", ""):
        this = users.c.user_id == by_name["user_id"]
        connection.execute(sa.update(users).where(this).values(subject=subject))
    return connection.execute(bound).mappings().first()


def _newcomer(name: str, subject: str) -> dict[str, Any]:
    return {
        "name": name, "role": "viewer", "origin": "oidc", "subject": subject,
        "password_hash": "", "state": "active", "failed": 0, "locked_until": None,
        "last_seen_at": None, "signed_out_at": None, "created_at": now_us(), "created_by": name,
    }  # fmt: skip


def _email(claims: Mapping[str, Any]) -> str:
    """The address, when the provider has verified it."""
    if claims.get("email_verified") is not True or not isinstance(claims.get("email"), str):
        return ""
    try:
        return checked_name(str(claims["email"]))
    except InputError:
        return ""


def _refused(
    row: sa.RowMapping | None, claims: Mapping[str, Any], settings: AccessSettings, now: int
) -> str | None:
    if row is None:
        return "no administrator has given this person a role"
    if row["state"] != "active":
        return "the account is disabled"
    issued = claims.get("iat")
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        return "the login does not say when it was issued"
    issued_us = int(issued * 1e6)
    if now - issued_us > settings.lifetime_h * 3.6e9 or issued_us <= (row["signed_out_at"] or 0):
        return "the login is too old, sign in again"
    return None
