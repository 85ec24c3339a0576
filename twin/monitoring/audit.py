"""Who changed what, when and why: an append-only table whose rows are chained by HMAC.

Each row's hash covers the row and the hash before it, keyed by a file that is not in the database,
so an edit, a deletion or another order shows. The newest hash is also kept in a file beside the
key, so rows cut off at the end show too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from process_models.errors import InputError, StoreError
from twin.store import Store, schema
from twin.store.times import from_us, now_us

__all__ = ["AuditEntry", "AuditLog", "AuditReport"]

_COVERED = ("audit_id", "at", "user", "action", "subject", "old", "new", "reason", "previous_hash")
_START = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change: `old` and `new` are JSON of what was and what is."""

    audit_id: int
    at: datetime
    user: str
    action: str
    subject: str
    old: str
    new: str
    reason: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What verification found; `problem` is empty when the whole chain holds."""

    entries: int
    problem: str = ""

    @property
    def intact(self) -> bool:
        """True when every row, their order and their number are as they were written."""
        return not self.problem


class AuditLog:
    """The audit trail of one store.

    Parameters
    ----------
    store : Store
        Its home holds the key (mode 0600) and the head.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._key_path = store.home / "audit.key"
        self._head_path = store.home / "audit.head"

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction; after its commit the head file is brought up to date."""
        with self._store.database.writing() as connection:
            yield connection
            head = _head(connection)
        if head is not None:
            self._keep_head(*head)

    def append(
        self,
        connection: sa.Connection,
        *,
        user: str,
        action: str,
        subject: str,
        old: Mapping[str, Any] | None = None,
        new: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> None:
        """Add a row inside the transaction of `connection` (of `writing`).

        Raises
        ------
        InputError
            When `user` is empty: a change has somebody who made it.
        """
        if not user.strip():
            raise InputError(f"user must not be empty for {action}, got {user!r}")
        last = _head(connection) or (0, _START)
        row: dict[str, Any] = {
            "audit_id": last[0] + 1,
            "at": now_us(),
            "user": user,
            "action": action,
            "subject": subject,
            "old": json.dumps(dict(old or {}), sort_keys=True),
            "new": json.dumps(dict(new or {}), sort_keys=True),
            "reason": reason,
            "previous_hash": last[1],
        }
        row["hash"] = _hash(self._key(create=last[0] == 0), row)
        connection.execute(schema.audit.insert(), row)

    def entries(self, subject: str | None = None, last: int | None = None) -> list[AuditEntry]:
        """The trail, oldest first; of one `subject`, or only the `last` so many."""
        table = schema.audit.c
        query = sa.select(
            table.audit_id, table.at, table.user, table.action, table.subject, table.old,
            table.new, table.reason,
        ).order_by(table.audit_id.desc())  # fmt: skip
        if subject is not None:
            query = query.where(table.subject == subject)
        with self._store.database.reading() as connection:
            rows = connection.execute(query if last is None else query.limit(last)).all()
        return [AuditEntry(row[0], from_us(row[1]), *row[2:]) for row in reversed(rows)]

    def verify(self) -> AuditReport:
        """Recompute the whole chain, and compare its head with the one kept outside."""
        query = sa.select(schema.audit).order_by(schema.audit.c.audit_id)
        anchor = self._anchor()  # before the rows: what others add meanwhile is no cut
        with self._store.database.reading() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        anchor = anchor or self._anchor()  # the first entry may have come meanwhile
        if not rows:
            return AuditReport(0, "" if anchor is None else _cut_off(0, anchor[0]))
        key = self._key()
        previous = _START
        for number, row in enumerate(rows, start=1):
            if row["audit_id"] != number or row["previous_hash"] != previous:
                return AuditReport(len(rows), f"entry {number} is missing or out of order")
            if not hmac.compare_digest(_hash(key, row), row["hash"]):
                return AuditReport(len(rows), f"entry {number} was changed after it was written")
            previous = row["hash"]
        if anchor is None:
            return AuditReport(len(rows), f"the head file {self._head_path.name} is missing")
        if anchor[0] > len(rows):
            return AuditReport(len(rows), _cut_off(len(rows), anchor[0]))
        if rows[anchor[0] - 1]["hash"] != anchor[1]:
            return AuditReport(len(rows), f"entry {anchor[0]} differs from the head kept outside")
        return AuditReport(len(rows))

    def _key(self, *, create: bool = False) -> bytes:
        if create and not self._key_path.exists():
            _write_private(self._key_path, secrets.token_hex(32))
        try:
            return bytes.fromhex(self._key_path.read_text().strip())
        except (OSError, ValueError) as error:
            raise StoreError(f"audit key {self._key_path} cannot be read: {error}") from error

    def _keep_head(self, audit_id: int, digest: str) -> None:
        anchor = self._anchor()
        if anchor is None or audit_id > anchor[0]:
            _write_private(self._head_path, f"{audit_id} {digest}")

    def _anchor(self) -> tuple[int, str] | None:
        try:
            number, digest = self._head_path.read_text().split()
            return int(number), digest
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise StoreError(f"audit head {self._head_path} cannot be read: {error}") from error


def _cut_off(found: int, expected: int) -> str:
    return f"the trail ends at entry {found}, it had at least {expected}"


def _head(connection: sa.Connection) -> tuple[int, str] | None:
    table = schema.audit.c
    query = sa.select(table.audit_id, table.hash).order_by(table.audit_id.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else (row[0], row[1])


def _hash(key: bytes, row: Mapping[str, Any]) -> str:
    text = json.dumps([row[name] for name in _COVERED], ensure_ascii=False)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _write_private(path: Path, text: str) -> None:
    partial = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
