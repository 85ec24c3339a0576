"""Who changed what, when and why: an append-only table whose rows are chained by HMAC.

Each row's hash covers the row and the hash before it, keyed by a file that is not in the database,
so an edit, a deletion or another order shows. The newest hashes are also kept in files outside the
database, so rows cut off at the end, and a chain computed anew, show too.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from process_models.errors import InputError, StoreError
from twin.monitoring.audit_anchor import Head, audit_places, keep_head, read_heads
from twin.monitoring.audit_chain import START, AuditReport, entry_hash, verify_chain
from twin.store import Store, schema
from twin.store.durable import sync_folder
from twin.store.times import from_us, now_us, to_us

__all__ = ["AuditEntry", "AuditFilter", "AuditLog", "AuditReport"]

_PIECE = 2000
_LOG = logging.getLogger(__name__)


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
class AuditFilter:
    """Which entries to read; what is empty or None does not restrict.

    Attributes
    ----------
    user, subject : str
        Exactly this; a subject that ends in `*` is the beginning of one.
    action : str
        Exactly this, or all of a group: `alert` has `alert.close` and the others.
    since, until : datetime, optional
        Both ends included.
    text : str
        Somewhere in the reason, or in what was or is, whatever its case.
    """

    user: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""


class AuditLog:
    """The audit trail of one store.

    Parameters
    ----------
    store : Store
        Its home holds the key (mode 0600) and the heads, unless `audit_places` says other places.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._key_path, self._anchors = audit_places(store.home)

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction; after its commit the head file is brought up to date."""
        with self._store.database.writing() as connection:
            yield connection
            head = _head(connection)
        if head is not None:
            self._keep_head(Head(*head))

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
        last = _head(connection) or (0, START)
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
        row["hash"] = entry_hash(self._key(create=last[0] == 0), row)
        connection.execute(schema.audit.insert(), row)

    def entries(
        self, subject: str | None = None, last: int | None = None, *,
        where: AuditFilter | None = None,
    ) -> list[AuditEntry]:  # fmt: skip
        """The trail, oldest first; of one `subject`, `where`, or only the `last` so many."""
        table = schema.audit.c
        query = sa.select(
            table.audit_id, table.at, table.user, table.action, table.subject, table.old,
            table.new, table.reason,
        ).where(*_conditions(where or AuditFilter())).order_by(table.audit_id.desc())  # fmt: skip
        if subject is not None:
            query = query.where(table.subject == subject)
        with self._store.database.reading() as connection:
            rows = connection.execute(query if last is None else query.limit(last)).all()
        return [AuditEntry(row[0], from_us(row[1]), *row[2:]) for row in reversed(rows)]

    def verify(self) -> AuditReport:
        """Recompute the whole chain, and compare it with every head that is kept outside."""
        key = self._key() if self._key_path.exists() else None
        anchors = self._read_anchors(key)  # before the rows: what others add meanwhile is no cut
        with self._store.database.reading() as connection:
            if _head(connection) is None and all(heads is None for heads, _ in anchors):
                return AuditReport(0)
            if key is None:
                raise StoreError(f"audit key {self._key_path} cannot be read: it is missing")
            if any(heads is None for heads, _ in anchors):
                anchors = self._read_anchors(key)  # the first entry may have come meanwhile
            known = [heads for heads, _ in anchors if heads is not None]
            found = verify_chain(_rows(connection), key, known)
        problems = [problem for _, problem in anchors if problem]
        return found if found.problem or not problems else replace(found, problem=problems[0])

    def _read_anchors(self, key: bytes | None) -> list[tuple[list[Head] | None, str]]:
        return [_heads_in(path, key or b"") for path in self._anchors]

    def _key(self, *, create: bool = False) -> bytes:
        if create and not self._key_path.exists():
            _write_private(self._key_path, secrets.token_hex(32))
        try:
            return bytes.fromhex(self._key_path.read_text().strip())
        except (OSError, ValueError) as error:
            raise StoreError(f"audit key {self._key_path} cannot be read: {error}") from error

    def _keep_head(self, head: Head) -> None:
        """The change is committed and stands: a place that cannot be written is behind for now."""
        key = self._key()
        for path in self._anchors:
            try:
                keep_head(path, key, head)
            except OSError as error:
                _LOG.warning("audit head %s cannot be written: %s", path, error.strerror)


def _heads_in(path: Path, key: bytes) -> tuple[list[Head] | None, str]:
    try:
        heads = read_heads(path, key)
    except StoreError as error:
        return [], str(error)
    return heads, "" if heads else f"the head file {path.name} is missing or empty"


def _rows(connection: sa.Connection) -> Iterator[Mapping[str, Any]]:
    """By number, a piece at a time, so that a long trail needs no memory."""
    last = -(2**62)
    while True:
        query = sa.select(schema.audit).where(schema.audit.c.audit_id > last)
        rows = connection.execute(
            query.order_by(schema.audit.c.audit_id).limit(_PIECE)
        ).mappings().all()  # fmt: skip
        yield from (dict(row) for row in rows)
        if len(rows) < _PIECE:
            return
        last = rows[-1]["audit_id"]


def _conditions(where: AuditFilter) -> list[sa.ColumnElement[bool]]:
    table = schema.audit.c
    found: list[sa.ColumnElement[bool]] = []
    if where.user:
        found.append(table.user == where.user)
    if where.action:
        group = table.action.startswith(f"{where.action}.", autoescape=True)
        found.append(sa.or_(table.action == where.action, group))
    if where.subject.endswith("*"):
        found.append(table.subject.startswith(where.subject[:-1], autoescape=True))
    elif where.subject:
        found.append(table.subject == where.subject)
    if where.since is not None:
        found.append(table.at >= to_us(where.since))
    if where.until is not None:
        found.append(table.at <= to_us(where.until))
    if where.text:
        columns = (table.reason, table.old, table.new, table.subject)
        found.append(sa.or_(*(c.icontains(where.text, autoescape=True) for c in columns)))
    return found


def _head(connection: sa.Connection) -> tuple[int, str] | None:
    table = schema.audit.c
    query = sa.select(table.audit_id, table.hash).order_by(table.audit_id.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else (row[0], row[1])


def _write_private(path: Path, text: str) -> None:
    partial = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync_folder(path.parent)  # a key whose name is lost with the power is a lost key
