"""Accounts: made, given a role, disabled, unlocked; by administrators, each change audited."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from process_models.errors import InputError
from twin.access.passwords import check_password, hash_password
from twin.access.permit import permit
from twin.access.roles import require_role
from twin.monitoring.audit import AuditLog
from twin.store.schema.accessing import sessions, users
from twin.store.store import Store
from twin.store.times import from_us, now_us

__all__ = ["Account", "Accounts", "checked_name"]

_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Account:
    """One account; `origin` is `local` (a password here) or `oidc` (an identity provider)."""

    name: str
    role: str
    origin: str
    state: str
    failed: int
    locked_until: datetime | None
    last_seen_at: datetime | None
    created_at: datetime
    created_by: str


def checked_name(name: str) -> str:
    """The name under which an account is kept: composed, lower case, printable, 1 to 64 characters.

    Raises
    ------
    InputError
        When it is none.

    Examples
    --------
    >>> checked_name(" Ana.Lund@Example.org ")
    'ana.lund@example.org'
    """
    kept = unicodedata.normalize("NFKC", name).strip().casefold()
    if not 0 < len(kept) <= _LONGEST or not kept.isprintable() or " " in kept or kept == "lacss":
        raise InputError(
            f"name must have 1 to {_LONGEST} printable characters without blanks and not be "
            f"lacss, got {name[:80]!r}"
        )
    return kept


class Accounts:
    """The accounts of one store.

    Parameters
    ----------
    store : Store
        Acting as an administrator, for every change.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._log = AuditLog(store)

    def list(self) -> list[Account]:
        """All accounts by name."""
        with self._store.database.reading() as connection:
            rows = connection.execute(sa.select(users).order_by(users.c.name)).mappings().all()
        return [_account(row) for row in rows]

    def get(self, name: str) -> Account:
        """One account.

        Raises
        ------
        InputError
            When there is none of this name.
        """
        with self._store.database.reading() as connection:
            return _account(_row(connection, name))

    def add(
        self, name: str, role: str, *, password: str | None, user: str, reason: str = ""
    ) -> Account:
        """Add an account; without a password it belongs to a person of the identity provider.

        Raises
        ------
        InputError
            When the name is taken, or name, role or password break a rule.
        """
        name, role = checked_name(name), require_role(role)
        user = permit(self._store, "user.manage", user=user)
        kept = "" if password is None else hash_password(check_password(password, name))
        origin = "oidc" if password is None else "local"
        row = {
            "name": name, "role": role, "origin": origin, "subject": "", "password_hash": kept,
            "state": "active", "failed": 0, "locked_until": None, "last_seen_at": None,
            "signed_out_at": None, "created_at": now_us(), "created_by": user,
        }  # fmt: skip
        with self._log.writing() as connection:
            taken = sa.select(users.c.user_id).where(users.c.name == name)
            if connection.execute(taken).first() is not None:
                raise InputError(f"name {name!r} is taken")
            connection.execute(users.insert(), row)
            new = {"role": role, "origin": origin, "state": "active"}
            self._note(connection, user, "add", name, {}, new, reason)
        return self.get(name)

    def set_role(self, name: str, role: str, *, user: str, reason: str = "") -> Account:
        """Give another role; it counts from the next thing the person does."""
        return self._change(name, "role", {"role": require_role(role)}, user, reason)

    def disable(self, name: str, *, user: str, reason: str = "") -> Account:
        """Shut an account and end its sessions; it is kept for the records that name it."""
        return self._change(name, "disable", {"state": "disabled"}, user, reason, end=True)

    def enable(self, name: str, *, user: str, reason: str = "") -> Account:
        """Open a disabled account again."""
        return self._change(name, "enable", {"state": "active"}, user, reason)

    def unlock(self, name: str, *, user: str, reason: str = "") -> Account:
        """Forget wrong passwords."""
        return self._change(name, "unlock", {"failed": 0, "locked_until": None}, user, reason)

    def end_sessions(self, name: str, *, user: str, reason: str = "") -> Account:
        """End all sessions; an identity provider's login from before does not count any more."""
        return self._change(name, "end_sessions", {}, user, reason, end=True)

    def set_password(self, name: str, password: str, *, user: str, reason: str = "") -> Account:
        """Give a new password and end all sessions.

        Raises
        ------
        InputError
            When the password breaks a rule or the account has none.
        """
        account = self.get(name)
        user = permit(self._store, "user.manage", user=user)
        if account.origin != "local":
            raise InputError(f"{account.name} signs in at the identity provider, without password")
        kept = hash_password(check_password(password, account.name))
        values = {"password_hash": kept, "failed": 0, "locked_until": None}
        return self._change(name, "password", values, user, reason, end=True)

    def _change(
        self,
        name: str,
        action: str,
        values: Mapping[str, Any],
        user: str,
        reason: str,
        *,
        end: bool = False,
    ) -> Account:
        user = permit(self._store, "user.manage", user=user)
        with self._log.writing() as connection:
            row = _row(connection, name)
            this = users.c.user_id == row["user_id"]
            more = {"signed_out_at": now_us()} if end else {}
            if values or more:
                connection.execute(sa.update(users).where(this).values(**values, **more))
            if end:
                connection.execute(sa.delete(sessions).where(sessions.c.user_id == row["user_id"]))
            if row["role"] == "admin":
                _require_admin(connection)
            shown = [key for key in values if key != "password_hash"]
            old = {key: row[key] for key in shown}
            new = {key: values[key] for key in shown}
            self._note(connection, user, action, row["name"], old, new, reason)
            return _account(_row(connection, name))

    def _note(
        self,
        connection: sa.Connection,
        user: str,
        action: str,
        name: str,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        reason: str,
    ) -> None:
        self._log.append(
            connection, user=user, action=f"user.{action}", subject=f"user {name}",
            old=old, new=new, reason=reason,
        )  # fmt: skip


def _require_admin(connection: sa.Connection) -> None:
    left = sa.select(users.c.user_id).where(users.c.role == "admin", users.c.state == "active")
    if connection.execute(left).first() is None:
        raise InputError("one active administrator must be left, this was the last")


def _row(connection: sa.Connection, name: str) -> sa.RowMapping:
    query = sa.select(users).where(users.c.name == checked_name(name))
    row = connection.execute(query).mappings().first()
    if row is None:
        raise InputError(f"there is no account {name!r}: `lacss users list` shows all")
    return row


def _account(row: Mapping[Any, Any]) -> Account:
    locked, seen = row["locked_until"], row["last_seen_at"]
    return Account(
        name=row["name"], role=row["role"], origin=row["origin"], state=row["state"],
        failed=row["failed"], locked_until=None if locked is None else from_us(locked),
        last_seen_at=None if seen is None else from_us(seen),
        created_at=from_us(row["created_at"]), created_by=row["created_by"],
    )  # fmt: skip
