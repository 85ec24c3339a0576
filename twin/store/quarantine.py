"""Rows that broke a rule: kept with their reason, listed, mended and imported again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from process_models.errors import InputError
from twin.access.permit import permit
from twin.store import schema, writing
from twin.store.receipts import Receipt
from twin.store.rows import Edge, event_of, measurement_of, zone
from twin.store.store import Store
from twin.store.times import from_us, now_us

__all__ = ["Quarantined", "QuarantinedRow", "discard", "keep", "mend", "quarantined"]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A refused row of a file, from 1 below the header."""

    row: int
    column: str
    rule: str
    value: str
    reason: str
    record: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A stored refused row; `state` is `open`, `mended` or `discarded`."""

    id: int
    file: str
    kind: str
    row: int
    column: str
    rule: str
    value: str
    record: dict[str, str]
    state: str
    at: datetime
    user: str


def keep(
    connection: sa.Connection,
    path: Path,
    sha256: str,
    kind: str,
    bad: Sequence[Quarantined],
    user: str,
    context: Mapping[str, Any],
) -> None:
    """Store refused rows inside the transaction of the import; the same file again adds none."""
    if not bad:
        return
    table = schema.quarantine.c
    same_file = (table.sha256 == sha256, table.kind == kind)
    known = set(connection.execute(sa.select(table.row).where(*same_file)).scalars())
    rows = [
        {
            "file": str(path), "sha256": sha256, "kind": kind, "row": one.row,
            "column": one.column, "rule": one.rule, "value": one.value[:1000],
            "record": json.dumps(dict(one.record), ensure_ascii=False),
            "context": json.dumps(dict(context)), "state": "open", "at": now_us(), "user": user,
            "mended_at": None, "mended_by": "",
        }
        for one in bad
        if one.row not in known
    ]  # fmt: skip
    if rows:
        connection.execute(schema.quarantine.insert(), rows)


def quarantined(
    store: Store, *, state: str | None = "open", last: int | None = None
) -> list[QuarantinedRow]:
    """Refused rows, oldest first; of one state or (None) of all."""
    table = schema.quarantine
    query = sa.select(table).order_by(table.c.quarantine_id.desc())
    if state is not None:
        query = query.where(table.c.state == state)
    with store.database.reading() as connection:
        rows = connection.execute(query if last is None else query.limit(last)).mappings().all()
    return [_row(row) for row in reversed(rows)]


def mend(
    store: Store, quarantine_id: int, changes: Mapping[str, str], user: str, edge: Edge
) -> Receipt:
    """Change columns of a refused row, check it again and store it.

    Parameters
    ----------
    edge : Edge
        As for an import; a time zone given with the file counts when it has none.

    Raises
    ------
    InputError
        When there is no such open row, or it still breaks a rule; then nothing changes.
    """
    with _changing(store, quarantine_id, "mend", user) as (connection, found, settle):
        before = json.loads(found["record"])
        record = {**before, **changes}
        given = zone(json.loads(found["context"]).get("timezone"))
        here = Edge(edge.find, edge.timezone or given)
        try:
            if found["kind"] == "evidence":
                receipt = _keep(store.home, found, record)
            else:
                receipt = _write(connection, found["kind"], record, here)
        except InputError as error:
            raise InputError(f"{found['file']} row {found['row']}: {error}") from error
        was = {name: before.get(name) for name in changes}
        settle("mended", record, was, changes, "")
    return receipt


def discard(store: Store, quarantine_id: int, user: str, reason: str) -> None:
    """Say that a refused row is not worth mending; it stays in the list of all.

    Raises
    ------
    InputError
        When there is no such open row, or user or reason is empty; then nothing changes.
    """
    if not reason.strip():
        raise InputError(f"reason must not be empty to discard row {quarantine_id}, got {reason!r}")
    with _changing(store, quarantine_id, "discard", user) as (_, found, settle):
        record = json.loads(found["record"])
        settle("discarded", record, record, {}, reason)


Settle = Callable[[str, Mapping[str, str], Mapping[str, Any], Mapping[str, Any], str], None]


@contextmanager
def _changing(
    store: Store, quarantine_id: int, verb: str, user: str
) -> Iterator[tuple[sa.Connection, Mapping[Any, Any], Settle]]:
    """One transaction, the open row, and what settles it and writes into the trail who did."""
    from twin.monitoring.audit import AuditLog

    if not user.strip():
        raise InputError(f"user must not be empty to {verb} row {quarantine_id}, got {user!r}")
    name = permit(store, f"quarantine.{verb}", user=user)
    table, log = schema.quarantine, AuditLog(store)
    this = table.c.quarantine_id == quarantine_id
    with log.writing() as connection:
        found = connection.execute(sa.select(table).where(this)).mappings().first()
        if found is None or found["state"] != "open":
            state = "missing" if found is None else found["state"]
            raise InputError(f"quarantined row {quarantine_id} must be open, it is {state}")
        place = {"file": found["file"], "sha256": found["sha256"], "row": found["row"]}

        def settle(
            state: str, record: Mapping[str, str], old: Mapping[str, Any],
            new: Mapping[str, Any], reason: str,
        ) -> None:  # fmt: skip
            values = {"state": state, "mended_at": now_us(), "mended_by": name,
                      "record": json.dumps(dict(record), ensure_ascii=False)}  # fmt: skip
            connection.execute(table.update().where(this).values(**values))
            log.append(
                connection, user=name, action=f"quarantine.{verb}",
                subject=f"quarantine {quarantine_id}", old={"state": "open", "record": dict(old)},
                new={"state": state, "record": dict(new), **place}, reason=reason,
            )  # fmt: skip

        yield connection, found, settle


def _write(connection: sa.Connection, kind: str, record: Mapping[str, str], edge: Edge) -> Receipt:
    if kind == "events":
        return writing.write_events(connection, [event_of(record, edge)])
    return writing.write_measurements(connection, [measurement_of(record, edge)])


def _keep(home: Path, found: Mapping[Any, Any], record: Mapping[str, str]) -> Receipt:
    """A mended row of evidence joins those of its file."""
    from twin.store.evidence_import import evidence_row, keep_evidence, known_evidence

    row = evidence_row(record, known_evidence(home))
    return keep_evidence(home, Path(found["file"]).stem, found["sha256"], [row])[0]


def _row(row: Mapping[Any, Any]) -> QuarantinedRow:
    return QuarantinedRow(
        row["quarantine_id"], row["file"], row["kind"], row["row"], row["column"], row["rule"],
        row["value"], json.loads(row["record"]), row["state"], from_us(row["at"]), row["user"],
    )  # fmt: skip
