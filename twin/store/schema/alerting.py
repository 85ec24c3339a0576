"""Alerts with their lives, the letters about them, and the audit trail."""

from __future__ import annotations

import sqlalchemy as sa

from twin.store.schema.columns import BIG, key, one_of, real, table, text, time, whole

__all__ = ["alert_history", "alerts", "audit", "outbox"]

alerts = table(
    "alerts", key("alert_id"), text("fingerprint"), whole("opened_at"), whole("raised_at"),
    whole("since"),
    whole("first_point_at"), whole("last_point_at"), whole("count"), text("state"),
    text("severity"), text("station"), text("characteristic"), text("lot_id"), text("rule"),
    text("chart"), text("panel"), text("direction"), whole("point"), real("value"),
    text("unit"), sa.Column("limits_version", BIG, nullable=True), text("message"),
    text("reaction_plan"), text("diagnosis"), text("cause"), time("shelved_until"),
    text("provenance"), text("category", server_default="process"),
    text("group_key", server_default=""), text("muted_by", server_default=""),
    whole("escalation", server_default="0"), text("withdrawn", server_default=""),
    sa.UniqueConstraint("fingerprint", "first_point_at"),
    sa.Index("alerts_by_state", "state"),
    one_of("severity", "info", "minor", "major", "critical"),
    one_of("state", "open", "acknowledged", "cause_assigned", "action_taken", "verified",
            "closed", "shelved"),
    sa.CheckConstraint("last_point_at >= first_point_at AND count > 0"),
)

alert_history = table(
    "alert_history", key("entry_id"), whole("alert_id", sa.ForeignKey("alerts.alert_id")),
    whole("at"), text("user"), text("action"), text("old_state"), text("new_state"),
    text("reason"), text("detail"), sa.Index("history_by_alert", "alert_id"),
)

outbox = table(
    "outbox", key("outbox_id"), whole("alert_id", sa.ForeignKey("alerts.alert_id")),
    text("endpoint"), text("kind"), text("payload"), whole("created_at"), text("state"),
    whole("attempts"), whole("next_attempt_at"), text("last_error"), time("sent_at"),
    sa.UniqueConstraint("alert_id", "endpoint", "kind"),
    sa.Index("outbox_by_state", "endpoint", "state"),
    one_of("state", "pending", "sent", "dead"),
)

audit = table(
    "audit", key("audit_id"), whole("at"), text("user"), text("action"), text("subject"),
    text("old"), text("new"), text("reason"), text("previous_hash"), text("hash"),
)
