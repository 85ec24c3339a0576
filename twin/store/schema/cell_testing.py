"""Tests of cells and what was called of them."""

from __future__ import annotations

import sqlalchemy as sa

from twin.store.schema.columns import key, one_of, real, table, text, whole

__all__ = ["cell_calls", "cell_tests"]

cell_tests = table(
    "cell_tests", key("cell_test_id"), text("sha256"), text("file"), text("format"),
    text("test"), real("area_cm2", nullable=False), real("step_ma_cm2", nullable=False),
    text("sample"), text("laboratory"), text("recipe"), text("user"), whole("at"),
    sa.UniqueConstraint("sha256", "test"), one_of("test", "ccd", "symmetric", "full"),
    sa.CheckConstraint("area_cm2 > 0 AND step_ma_cm2 > 0"),
)

cell_calls = table(
    "cell_calls", key("call_id"), whole("cell_test_id", sa.ForeignKey("cell_tests.cell_test_id")),
    text("action"), text("label"), text("reason"), text("user"), whole("at"),
    sa.Index("calls_by_test", "cell_test_id"),
    one_of("action", "rule", "confirmed", "overruled", "withdrawn"),
)
