"""What the twin concludes and proposes: diagnoses of alerts, moves that an engineer decides on."""

from __future__ import annotations

import sqlalchemy as sa

from twin.store.schema.columns import key, one_of, table, text, time, whole

__all__ = ["diagnoses", "proposals"]

diagnoses = table(
    "diagnoses", whole("alert_id", sa.ForeignKey("alerts.alert_id"), primary_key=True),
    whole("at"), whole("known_to"), whole("last_point_at"), text("document"),
)  # fmt: skip

proposals = table(
    "proposals", key("proposal_id"), whole("at"), whole("known_to"), text("state"),
    text("document"), text("decided_by"), time("decided_at"), text("reason"),
    sa.Index("proposals_by_state", "state"),
    one_of("state", "proposed", "approved", "rejected", "superseded"),
)  # fmt: skip
