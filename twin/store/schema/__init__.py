"""The tables of the system of record, one definition for SQLite and PostgreSQL.

Times are microseconds since the epoch, UTC. A series is one characteristic at one station; its row
carries the running count and the newest time, kept in the transaction that stores measurements.
`measurement_id` and `event_id` rise in the order of arrival.
"""

from __future__ import annotations

import sqlalchemy as sa

from twin.store.schema.accessing import sessions, users
from twin.store.schema.advising import diagnoses, proposals
from twin.store.schema.aggregating import archives, hourly
from twin.store.schema.alerting import alert_history, alerts, audit, outbox
from twin.store.schema.calibrating import calibrations
from twin.store.schema.cell_testing import cell_calls, cell_tests
from twin.store.schema.charting import chart_state, limits, point_notes
from twin.store.schema.columns import metadata
from twin.store.schema.measuring import (
    conflicts,
    events,
    imports,
    measurements,
    quarantine,
    schema_version,
    series,
)
from twin.store.schema.sourcing import (
    gaps,
    heartbeats,
    held_readings,
    lots_at,
    source_marks,
    sources,
)

__all__ = [
    "ADDED",
    "ADDED_COLUMNS",
    "APPEND_ONLY",
    "GENEALOGY_VIEW",
    "SCHEMA_VERSION",
    "alert_history",
    "alerts",
    "archives",
    "audit",
    "calibrations",
    "cell_calls",
    "cell_tests",
    "chart_state",
    "conflicts",
    "diagnoses",
    "events",
    "gaps",
    "heartbeats",
    "held_readings",
    "hourly",
    "imports",
    "limits",
    "lots_at",
    "measurements",
    "metadata",
    "outbox",
    "point_notes",
    "proposals",
    "quarantine",
    "refuse_truncate",
    "schema_version",
    "series",
    "sessions",
    "source_marks",
    "sources",
    "users",
]

SCHEMA_VERSION = 4
ADDED: dict[int, tuple[str, ...]] = {
    2: ("point_notes",),
    3: ("cell_tests", "cell_calls"),
    4: (
        "sources",
        "gaps",
        "heartbeats",
        "source_marks",
        "lots_at",
        "held_readings",
        "hourly",
        "archives",
        "users",
        "sessions",
        "diagnoses",
        "proposals",
        "calibrations",
    ),
}
"""Tables that came with a version; a store that is older gets them when it is opened."""

ADDED_COLUMNS: dict[int, dict[str, tuple[str, ...]]] = {
    4: {"alerts": ("category", "group_key", "muted_by", "escalation", "withdrawn")},
}
"""Columns that came with a version, each with a default for the rows that were there."""

APPEND_ONLY = (
    "audit", "alert_history", "limits", "point_notes", "cell_tests", "cell_calls",
    "calibrations",
)  # fmt: skip

GENEALOGY_VIEW = (
    "CREATE VIEW genealogy AS SELECT DISTINCT parent_lot_id, lot_id, event, occurred_at "
    "FROM events WHERE event IN ('split', 'merge') AND parent_lot_id <> ''"
)
_REFUSE = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
)


def refuse_truncate(name: str) -> sa.DDL:
    """What keeps PostgreSQL, where no trigger of a row sees it, from emptying `name` at once."""
    made: sa.DDL = sa.DDL(  # type: ignore[no-untyped-call]
        f"CREATE OR REPLACE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    return made


def _append_only(name: str, verb: str) -> None:
    trigger = f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
    refusals = {
        "sqlite": f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END",
        "postgresql": "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    }
    for dialect, refusal in refusals.items():
        made = sa.DDL(trigger + refusal)  # type: ignore[no-untyped-call]
        sa.event.listen(metadata.tables[name], "after_create", made.execute_if(dialect=dialect))


for _name in APPEND_ONLY:
    _function = sa.DDL(_REFUSE.replace("%", "%%"))  # type: ignore[no-untyped-call]
    sa.event.listen(
        metadata.tables[_name], "after_create", _function.execute_if(dialect="postgresql")
    )
    for _verb in ("UPDATE", "DELETE"):
        _append_only(_name, _verb)
    sa.event.listen(
        metadata.tables[_name], "after_create",
        refuse_truncate(_name).execute_if(dialect="postgresql"),
    )  # fmt: skip
sa.event.listen(metadata, "after_create", sa.DDL(GENEALOGY_VIEW))  # type: ignore[no-untyped-call]
