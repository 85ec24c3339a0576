"""Calibrations of the twin: proposed by it, approved or rejected by a person, never changed."""

from __future__ import annotations

import sqlalchemy as sa

from twin.store.schema.columns import key, one_of, table, text, whole

__all__ = ["calibrations"]

calibrations = table(
    "calibrations", key("calibration_id"), whole("at"), text("state"), whole("proposal"),
    text("user"), text("reason"), text("payload"), sa.Index("calibrations_by_proposal", "proposal"),
    one_of("state", "proposed", "approved", "rejected"),
)  # fmt: skip
