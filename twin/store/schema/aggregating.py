"""What long views read: hourly sums kept at ingest, and the months that moved to Parquet."""

from __future__ import annotations

import sqlalchemy as sa

from twin.store.schema.columns import key, one_of, real, table, text, whole

__all__ = ["archives", "hourly"]

hourly = table(
    "hourly", whole("series_id", sa.ForeignKey("series.series_id")), whole("hour_at"),
    whole("n"), real("mean", nullable=False), real("sum_of_squares", nullable=False),
    real("lowest", nullable=False), real("highest", nullable=False),
    sa.PrimaryKeyConstraint("series_id", "hour_at"),
    sa.CheckConstraint("n > 0 AND lowest <= highest AND sum_of_squares >= 0"),
)  # fmt: skip

archives = table(
    "archives", key("archive_id"), text("kind"), text("month"), text("file"), text("sha256"),
    whole("from_at"), whole("to_at"), whole("rows"), whole("row_groups"),
    whole("moved_groups"), whole("moved_rows"), whole("at"), text("user"),
    sa.UniqueConstraint("file"), one_of("kind", "measurements", "events"),
    sa.CheckConstraint("to_at >= from_at AND rows > 0"),
    sa.CheckConstraint("moved_groups <= row_groups AND moved_rows <= rows"),
)  # fmt: skip
