"""What the charts know: limits in versions, notes about points, how far they have looked."""

from __future__ import annotations

import sqlalchemy as sa

from twin.store.schema.columns import key, one_of, table, text, time, whole

__all__ = ["chart_state", "limits", "point_notes"]

limits = table(
    "limits", key("limits_id"), text("characteristic"), text("station"), whole("version"),
    text("chart"), whole("at"), text("user"), text("reason"), whole("phase1_from"),
    whole("phase1_to"), whole("phase1_points"), text("exclusions"), text("options"),
    text("parameters"), sa.UniqueConstraint("characteristic", "station", "version"),
    sa.CheckConstraint("version > 0 AND phase1_to >= phase1_from"),
)

point_notes = table(
    "point_notes", key("note_id"), text("characteristic"), text("station"),
    whole("measured_at"), text("lot_id"), text("action"), text("reason"), text("user"),
    whole("at"), sa.Index("notes_by_place", "characteristic", "station"),
    one_of("action", "note", "exclude", "restore"), sa.CheckConstraint("reason <> ''"),
)

chart_state = table(
    "chart_state", text("characteristic"), text("station"), whole("watermark"),
    time("last_point_at"), whole("evaluated_at"), text("error"),
    sa.PrimaryKeyConstraint("characteristic", "station"),
)
