"""Importing a file: good rows stored in one transaction, bad rows quarantined with their reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from process_models.errors import InputError
from twin.access.identity import COMMAND_LINE
from twin.access.permit import permit
from twin.measurement import Event, Measurement
from twin.monitoring.plan import ControlPlan, site_plan
from twin.settings import Settings
from twin.store import schema, writing
from twin.store.archive import rows_moved
from twin.store.archive.kind import EVENTS
from twin.store.evidence_import import keep_evidence, known_evidence, sort_evidence
from twin.store.import_report import ImportReport, combined, report_of
from twin.store.mapping import Mapped, read_mapping
from twin.store.quarantine import Quarantined, keep
from twin.store.receipts import Receipt
from twin.store.rows import Edge, RowError, event_of, measurement_of, zone
from twin.store.store import Store
from twin.store.tables import TextTable, read_table
from twin.store.times import now_us

__all__ = ["KINDS", "ImportReport", "import_file", "import_files", "kind_of"]

KINDS = ("measurements", "events", "evidence")
_REQUIRED = {
    "measurements": ("measured_at", "lot_id", "station", "characteristic", "value", "unit"),
    "events": ("occurred_at", "lot_id", "station", "event"),
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """One file, read and checked, nothing stored yet."""

    path: Path
    table: TextTable
    kind: str
    good: Sequence[Any]
    bad: Sequence[Quarantined]
    late_after_s: float
    timezone: str | None


def import_file(
    store: Store,
    path: Path,
    *,
    kind: str | None = None,
    mapping: Path | None = None,
    timezone: str | None = None,
    user: str = "",
    plan: ControlPlan | None = None,
    read: Callable[[Path], TextTable] = read_table,
    trial: bool = False,
) -> ImportReport:
    """Import a CSV or Parquet table.

    Parameters
    ----------
    kind : str, optional
        `measurements`, `events` or `evidence`; told from the columns when not given.
    mapping : Path, optional
        TOML that names columns and fixed values: see `twin.store.mapping`.
    timezone : str, optional
        IANA name, for times without an offset.
    plan : ControlPlan, optional
        Units and plausible ranges; default: that of the site.
    read : callable
        Reads the file: `twin.store.limited.read_limited` for what people upload.
    trial : bool
        The store is thrown away, so no audit trail is begun for it.

    Raises
    ------
    InputError
        When the file is not such a table, or every row breaks a rule; then nothing is stored.
    """
    return import_files(
        store, [path], kind=kind, mapping=mapping, timezone=timezone, user=user, plan=plan,
        read=read, trial=trial,
    )  # fmt: skip


def import_files(
    store: Store,
    paths: Sequence[Path],
    *,
    kind: str | None = None,
    mapping: Path | None = None,
    timezone: str | None = None,
    user: str = "",
    plan: ControlPlan | None = None,
    read: Callable[[Path], TextTable] = read_table,
    trial: bool = False,
) -> ImportReport:
    """Import several tables; all are read and checked before the first is stored."""
    known = plan or site_plan(Settings(store.home, ""))
    renamed = read_mapping(mapping)
    prepared = [
        _prepare(path, read(path), kind, renamed, timezone, known, store.home)
        for path in paths
    ]  # fmt: skip
    for one in prepared:
        permit(store, f"import.{one.kind}", user=user)
    return combined([_store(store, one, user, trial) for one in prepared])


def _prepare(
    path: Path,
    table: TextTable,
    kind: str | None,
    renamed: Callable[[TextTable], Mapped],
    timezone: str | None,
    plan: ControlPlan,
    home: Path,
) -> Prepared:
    mapped = renamed(table)
    chosen = kind or kind_of(path, mapped.columns)
    if chosen not in KINDS:
        raise InputError(f"kind must be one of {', '.join(KINDS)}, got {chosen!r}")
    good: Sequence[Any]
    bad: Sequence[Quarantined] = ()
    if chosen == "evidence":
        good, bad = sort_evidence(path, mapped, known_evidence(home))
    else:
        for name in _REQUIRED[chosen]:
            if name not in mapped.columns:
                raise InputError(f"{path}: column {name!r} is missing, needed for {chosen}")
        good, bad = _sort_rows(chosen, mapped, Edge(plan.find, zone(timezone)))
    if not good:
        what = f"row {bad[0].row}: {bad[0].reason}" if bad else "it has no rows"
        raise InputError(f"{path}: nothing can be stored, {what}")
    return Prepared(path, table, chosen, good, bad, plan.late_after_s, timezone)


def kind_of(path: Path, columns: Sequence[str]) -> str:
    """The kind of table that has these columns.

    Raises
    ------
    InputError
        When it is none of them.
    """
    names = set(columns)
    if {"occurred_at", "event"} <= names:
        return "events"
    if {"sample", "test", "censoring"} <= names:
        return "evidence"
    if {"measured_at", "characteristic"} <= names or {"value", "unit"} <= names:
        return "measurements"
    raise InputError(
        f"{path}: columns must be those of measurements (measured_at, lot_id, station, "
        "characteristic, value, unit), events (occurred_at, lot_id, station, event) or evidence, "
        f"got {', '.join(columns)[:120]}"
    )


def _sort_rows(
    kind: str, mapped: Mapped, edge: Edge
) -> tuple[list[Measurement | Event], list[Quarantined]]:
    make = measurement_of if kind == "measurements" else event_of
    good: list[Measurement | Event] = []
    bad: list[Quarantined] = []
    for row, record in zip(mapped.table.numbers, mapped.records(), strict=True):
        fault = mapped.faults.get(row)
        if fault is not None:
            bad.append(Quarantined(row, "", fault, "", fault, record))
            continue
        try:
            good.append(make(record, edge))
        except RowError as error:
            bad.append(Quarantined(row, error.column, error.rule, error.value, str(error), record))
        except InputError as error:
            bad.append(Quarantined(row, "", str(error), "", str(error), record))
    return good, bad


def _store(store: Store, one: Prepared, user: str, trial: bool) -> ImportReport:
    if one.kind == "evidence":
        receipt, total = keep_evidence(store.home, one.path.stem, one.table.sha256, one.good)
        with _noting(store, one, user, trial) as (connection, note):
            note(receipt)
        return report_of(one.kind, receipt, total, one.bad)
    write: Any = writing.write_measurements
    if one.kind == "events":
        write = writing.write_events
    with _noting(store, one, user, trial) as (connection, note):
        receipt = write(connection, one.good, one.late_after_s)
        note(receipt)
        total = _total(connection, one.kind)
    return report_of(one.kind, receipt, total, one.bad)


@contextmanager
def _noting(
    store: Store, one: Prepared, user: str, trial: bool
) -> Iterator[tuple[sa.Connection, Callable[[Receipt], None]]]:
    """One transaction, and what notes in it that a file was imported, and by whom."""
    from twin.monitoring.audit import AuditLog

    log = AuditLog(store)
    with store.database.writing() if trial else log.writing() as connection:

        def note(receipt: Receipt) -> None:
            context = {} if one.kind == "evidence" else {"timezone": one.timezone}
            keep(connection, one.path, one.table.sha256, one.kind, one.bad, user, context)
            said = {
                "file": str(one.path), "sha256": one.table.sha256,
                "accepted": receipt.accepted, "duplicates": receipt.duplicates,
                "conflicts": receipt.conflicts, "quarantined": len(one.bad), "late": receipt.late,
            }  # fmt: skip
            row = {**said, "kind": one.kind, "at": now_us(), "user": user}
            connection.execute(schema.imports.insert(), row)
            if not trial:
                log.append(
                    connection, user=user.strip() or COMMAND_LINE, action=f"import.{one.kind}",
                    subject=f"file {one.path.name}", new=said,
                )  # fmt: skip

        yield connection, note


def _total(connection: sa.Connection, kind: str) -> int:
    if kind == "measurements":
        return int(connection.execute(sa.select(sa.func.sum(schema.series.c.n))).scalar() or 0)
    query = sa.select(sa.func.count()).select_from(schema.events)
    return int(connection.execute(query).scalar_one()) + rows_moved(connection, EVENTS)
