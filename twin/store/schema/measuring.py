"""What was measured and what happened on the line, and how it came in."""

from __future__ import annotations

import sqlalchemy as sa

from twin.store.schema.columns import key, one_of, real, table, text, time, whole

__all__ = [
    "PARTED", "PASSED", "conflicts", "events", "imports", "measurements", "quarantine",
    "schema_version", "series",
]  # fmt: skip

PASSED = "event IN ('start', 'maintenance_end')"
PARTED = "parent_lot_id <> ''"
"""Conditions of the indexes that genealogy reads; a query that bears the same text may use them."""

schema_version = table("schema_version", whole("version"), whole("applied_at"))

imports = table(
    "imports", key("import_id"), text("file"), text("sha256"), text("kind"), whole("at"),
    text("user"), whole("accepted"), whole("duplicates"), whole("conflicts"),
    whole("quarantined"), whole("late"),
)

series = table(
    "series", key("series_id"), text("characteristic"), text("station"), text("unit"),
    whole("n"), time("last_measured_at"),
    sa.UniqueConstraint("characteristic", "station"), sa.CheckConstraint("n >= 0"),
)

measurements = table(
    "measurements", key("measurement_id"),
    whole("series_id", sa.ForeignKey("series.series_id")), whole("measured_at"),
    text("lot_id"), whole("position"), text("source"), whole("sequence"),
    real("value", nullable=False), text("unit"), text("subgroup"), text("operator"),
    text("gauge"), text("quality"), text("censoring"), text("provenance"),
    time("received_at"),
    sa.UniqueConstraint("series_id", "measured_at", "lot_id", "position", "source", "sequence"),
    sa.Index("measurements_by_lot", "lot_id"),
    one_of("quality", "good", "uncertain", "bad"), one_of("censoring", "exact", "right"),
    one_of("provenance", "measured", "imported", "simulated", "prior"),
    sa.CheckConstraint("lot_id <> '' AND unit <> ''"),
    sa.CheckConstraint("value BETWEEN -1.7e308 AND 1.7e308"),
)

events = table(
    "events", key("event_id"), whole("occurred_at"), text("station"), text("event"),
    text("lot_id"), text("parent_lot_id"), text("recipe"), text("detail"), text("source"),
    whole("sequence"), text("provenance"), time("received_at"),
    sa.UniqueConstraint(
        "occurred_at", "lot_id", "station", "event", "parent_lot_id", "source", "sequence"
    ),
    sa.Index("events_by_lot", "lot_id"),
    sa.Index("events_by_parent", "parent_lot_id", sqlite_where=sa.text(PARTED),
             postgresql_where=sa.text(PARTED)),
    sa.Index("events_passed", "event", "station", "occurred_at", sqlite_where=sa.text(PASSED),
             postgresql_where=sa.text(PASSED)),
    sa.CheckConstraint("station <> '' AND event <> ''"),
)  # fmt: skip

conflicts = table(
    "conflicts", key("conflict_id"), text("kind"), text("identity"), text("stored"),
    text("received"), whole("at"), sa.UniqueConstraint("kind", "identity", "received"),
)

quarantine = table(
    "quarantine", key("quarantine_id"), text("file"), text("sha256"), text("kind"),
    whole("row"), text("column"), text("rule"), text("value"), text("record"),
    text("context"), text("state"), whole("at"), text("user"), time("mended_at"),
    text("mended_by"),
    sa.UniqueConstraint("sha256", "kind", "row"), one_of("state", "open", "mended", "discarded"),
)
