"""The tables of the system of record, one definition for SQLite and PostgreSQL.

Times are microseconds since the epoch, UTC. A series is one characteristic at one station; its row
carries the running count and the newest time, kept in the transaction that stores measurements.
`measurement_id` and `event_id` rise in the order of arrival.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

__all__ = [
    "ADDED",
    "APPEND_ONLY",
    "GENEALOGY_VIEW",
    "SCHEMA_VERSION",
    "alert_history",
    "alerts",
    "audit",
    "cell_calls",
    "cell_tests",
    "chart_state",
    "conflicts",
    "events",
    "imports",
    "limits",
    "measurements",
    "metadata",
    "outbox",
    "point_notes",
    "quarantine",
    "schema_version",
    "series",
]

SCHEMA_VERSION = 3
ADDED: dict[int, tuple[str, ...]] = {2: ("point_notes",), 3: ("cell_tests", "cell_calls")}
"""Tables that came with a version; a store that is older gets them when it is opened."""

APPEND_ONLY = (
    "audit", "alert_history", "limits", "point_notes", "cell_tests", "cell_calls",
)  # fmt: skip
metadata = sa.MetaData()
_BIG = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
_REAL: sa.types.TypeEngine[float] = sa.REAL().with_variant(sa.Double(), "postgresql")


def _table(name: str, *parts: Any) -> sa.Table:
    return sa.Table(name, metadata, *parts, sqlite_strict=True)


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, _BIG, primary_key=True, autoincrement=True)


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, **options)


def _whole(name: str, *parts: Any, **options: Any) -> sa.Column[int]:
    return sa.Column(name, _BIG, *parts, nullable=False, **options)


def _time(name: str) -> sa.Column[int | None]:
    return sa.Column(name, _BIG, nullable=True)


def _real(name: str, *, nullable: bool = True) -> sa.Column[float]:
    return sa.Column(name, _REAL, nullable=nullable)


def _one_of(column: str, *words: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(w) for w in words)})")


schema_version = _table("schema_version", _whole("version"), _whole("applied_at"))

imports = _table(
    "imports", _key("import_id"), _text("file"), _text("sha256"), _text("kind"), _whole("at"),
    _text("user"), _whole("accepted"), _whole("duplicates"), _whole("conflicts"),
    _whole("quarantined"), _whole("late"),
)

series = _table(
    "series", _key("series_id"), _text("characteristic"), _text("station"), _text("unit"),
    _whole("n"), _time("last_measured_at"),
    sa.UniqueConstraint("characteristic", "station"), sa.CheckConstraint("n >= 0"),
)

measurements = _table(
    "measurements", _key("measurement_id"),
    _whole("series_id", sa.ForeignKey("series.series_id")), _whole("measured_at"),
    _text("lot_id"), _whole("position"), _text("source"), _whole("sequence"),
    _real("value", nullable=False), _text("unit"), _text("subgroup"), _text("operator"),
    _text("gauge"), _text("quality"), _text("censoring"), _text("provenance"),
    _time("received_at"),
    sa.UniqueConstraint("series_id", "measured_at", "lot_id", "position", "source", "sequence"),
    sa.Index("measurements_by_lot", "lot_id"),
    _one_of("quality", "good", "uncertain", "bad"), _one_of("censoring", "exact", "right"),
    _one_of("provenance", "measured", "imported", "simulated", "prior"),
    sa.CheckConstraint("lot_id <> '' AND unit <> ''"),
    sa.CheckConstraint("value BETWEEN -1.7e308 AND 1.7e308"),
)

events = _table(
    "events", _key("event_id"), _whole("occurred_at"), _text("station"), _text("event"),
    _text("lot_id"), _text("parent_lot_id"), _text("recipe"), _text("detail"), _text("source"),
    _whole("sequence"), _text("provenance"), _time("received_at"),
    sa.UniqueConstraint(
        "occurred_at", "lot_id", "station", "event", "parent_lot_id", "source", "sequence"
    ),
    sa.Index("events_by_lot", "lot_id"),
    sa.CheckConstraint("station <> '' AND event <> ''"),
)

conflicts = _table(
    "conflicts", _key("conflict_id"), _text("kind"), _text("identity"), _text("stored"),
    _text("received"), _whole("at"), sa.UniqueConstraint("kind", "identity", "received"),
)

quarantine = _table(
    "quarantine", _key("quarantine_id"), _text("file"), _text("sha256"), _text("kind"),
    _whole("row"), _text("column"), _text("rule"), _text("value"), _text("record"),
    _text("context"), _text("state"), _whole("at"), _text("user"), _time("mended_at"),
    _text("mended_by"),
    sa.UniqueConstraint("sha256", "kind", "row"), _one_of("state", "open", "mended", "discarded"),
)

limits = _table(
    "limits", _key("limits_id"), _text("characteristic"), _text("station"), _whole("version"),
    _text("chart"), _whole("at"), _text("user"), _text("reason"), _whole("phase1_from"),
    _whole("phase1_to"), _whole("phase1_points"), _text("exclusions"), _text("options"),
    _text("parameters"), sa.UniqueConstraint("characteristic", "station", "version"),
    sa.CheckConstraint("version > 0 AND phase1_to >= phase1_from"),
)

point_notes = _table(
    "point_notes", _key("note_id"), _text("characteristic"), _text("station"),
    _whole("measured_at"), _text("lot_id"), _text("action"), _text("reason"), _text("user"),
    _whole("at"), sa.Index("notes_by_place", "characteristic", "station"),
    _one_of("action", "note", "exclude", "restore"), sa.CheckConstraint("reason <> ''"),
)

chart_state = _table(
    "chart_state", _text("characteristic"), _text("station"), _whole("watermark"),
    _time("last_point_at"), _whole("evaluated_at"), _text("error"),
    sa.PrimaryKeyConstraint("characteristic", "station"),
)

alerts = _table(
    "alerts", _key("alert_id"), _text("fingerprint"), _whole("opened_at"), _whole("raised_at"),
    _whole("since"),
    _whole("first_point_at"), _whole("last_point_at"), _whole("count"), _text("state"),
    _text("severity"), _text("station"), _text("characteristic"), _text("lot_id"), _text("rule"),
    _text("chart"), _text("panel"), _text("direction"), _whole("point"), _real("value"),
    _text("unit"), sa.Column("limits_version", _BIG, nullable=True), _text("message"),
    _text("reaction_plan"), _text("diagnosis"), _text("cause"), _time("shelved_until"),
    _text("provenance"),
    sa.UniqueConstraint("fingerprint", "first_point_at"),
    sa.Index("alerts_by_state", "state"),
    _one_of("severity", "info", "minor", "major", "critical"),
    _one_of("state", "open", "acknowledged", "cause_assigned", "action_taken", "verified",
            "closed", "shelved"),
    sa.CheckConstraint("last_point_at >= first_point_at AND count > 0"),
)

alert_history = _table(
    "alert_history", _key("entry_id"), _whole("alert_id", sa.ForeignKey("alerts.alert_id")),
    _whole("at"), _text("user"), _text("action"), _text("old_state"), _text("new_state"),
    _text("reason"), _text("detail"), sa.Index("history_by_alert", "alert_id"),
)

outbox = _table(
    "outbox", _key("outbox_id"), _whole("alert_id", sa.ForeignKey("alerts.alert_id")),
    _text("endpoint"), _text("kind"), _text("payload"), _whole("created_at"), _text("state"),
    _whole("attempts"), _whole("next_attempt_at"), _text("last_error"), _time("sent_at"),
    sa.UniqueConstraint("alert_id", "endpoint", "kind"),
    sa.Index("outbox_by_state", "endpoint", "state"),
    _one_of("state", "pending", "sent", "dead"),
)

audit = _table(
    "audit", _key("audit_id"), _whole("at"), _text("user"), _text("action"), _text("subject"),
    _text("old"), _text("new"), _text("reason"), _text("previous_hash"), _text("hash"),
)

cell_tests = _table(
    "cell_tests", _key("cell_test_id"), _text("sha256"), _text("file"), _text("format"),
    _text("test"), _real("area_cm2", nullable=False), _real("step_ma_cm2", nullable=False),
    _text("sample"), _text("laboratory"), _text("recipe"), _text("user"), _whole("at"),
    sa.UniqueConstraint("sha256", "test"), _one_of("test", "ccd", "symmetric", "full"),
    sa.CheckConstraint("area_cm2 > 0 AND step_ma_cm2 > 0"),
)

cell_calls = _table(
    "cell_calls", _key("call_id"), _whole("cell_test_id", sa.ForeignKey("cell_tests.cell_test_id")),
    _text("action"), _text("label"), _text("reason"), _text("user"), _whole("at"),
    sa.Index("calls_by_test", "cell_test_id"),
    _one_of("action", "rule", "confirmed", "overruled", "withdrawn"),
)

GENEALOGY_VIEW = (
    "CREATE VIEW genealogy AS SELECT DISTINCT parent_lot_id, lot_id, event, occurred_at "
    "FROM events WHERE event IN ('split', 'merge') AND parent_lot_id <> ''"
)

for _name in APPEND_ONLY:
    for _verb in ("UPDATE", "DELETE"):
        sa.event.listen(
            metadata.tables[_name],
            "after_create",
            sa.DDL(  # type: ignore[no-untyped-call]
                f"CREATE TRIGGER {_name}_no_{_verb.lower()} BEFORE {_verb} ON {_name} "
                f"BEGIN SELECT RAISE(ABORT, '{_name} is append-only'); END"
            ).execute_if(dialect="sqlite"),
        )
sa.event.listen(metadata, "after_create", sa.DDL(GENEALOGY_VIEW))  # type: ignore[no-untyped-call]
