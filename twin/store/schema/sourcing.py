"""Where records come from: the state of every source, the holes in it, and who is alive."""

from __future__ import annotations

import sqlalchemy as sa

from twin.store.schema.columns import key, one_of, real, table, text, time, whole

__all__ = ["gaps", "heartbeats", "held_readings", "lots_at", "source_marks", "sources"]

sources = table(
    "sources", text("source", primary_key=True), text("kind"), text("address"), text("state"),
    time("connected_since"), time("last_record_at"), time("last_received_at"),
    whole("records"), whole("refused"), whole("reconnects"), whole("last_sequence"),
    real("rate_per_s"), real("clock_skew_s"), text("detail"), whole("updated_at"),
    one_of("kind", "files", "opcua", "mqtt", "sparkplug", "sql", "plant"),
    one_of("state", "connecting", "connected", "disconnected", "stopped", "failed"),
)  # fmt: skip

gaps = table(
    "gaps", key("gap_id"), text("source"), text("channel"), text("reason"),
    whole("first_missing"), whole("last_missing"), time("from_at"), time("to_at"),
    whole("detected_at"), time("filled_at"),
    sa.UniqueConstraint("source", "channel", "reason", "first_missing", "detected_at"),
    sa.CheckConstraint("last_missing >= first_missing"),
)  # fmt: skip

heartbeats = table(
    "heartbeats", text("part", primary_key=True), whole("at"), whole("every_us"), whole("pid"),
    text("state"), text("detail"),
)  # fmt: skip

source_marks = table(
    "source_marks", text("source"), text("channel"), text("mark"),
    sa.PrimaryKeyConstraint("source", "channel"),
)  # fmt: skip

lots_at = table(
    "lots_at", text("station"), whole("at"), text("lot_id"), text("source"),
    sa.PrimaryKeyConstraint("station", "at", "lot_id"),
)  # fmt: skip

held_readings = table(
    "held_readings", text("source"), text("identity"), text("station"), whole("at"),
    whole("received_at"), text("lot_from"), text("lot_missing"), text("record"),
    sa.PrimaryKeyConstraint("source", "identity"),
)  # fmt: skip
