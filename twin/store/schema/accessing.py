"""Who may come in: local accounts and people named by an identity provider."""

from __future__ import annotations

import sqlalchemy as sa

from twin.store.schema.columns import key, one_of, table, text, time, whole

__all__ = ["sessions", "users"]

users = table(
    "users", key("user_id"), text("name"), text("role"), text("origin"), text("subject"),
    text("password_hash"), text("state"), whole("failed"), time("locked_until"),
    time("last_seen_at"), time("signed_out_at"), whole("created_at"), text("created_by"),
    sa.UniqueConstraint("name"), sa.Index("users_by_subject", "subject"),
    one_of("role", "viewer", "operator", "engineer", "quality", "admin"),
    one_of("origin", "local", "oidc"), one_of("state", "active", "disabled"),
    sa.CheckConstraint("name <> ''"),
)  # fmt: skip

sessions = table(
    "sessions", text("token_hash", primary_key=True),
    whole("user_id", sa.ForeignKey("users.user_id")), whole("created_at"), whole("expires_at"),
    whole("idle_at"), sa.Index("sessions_by_user", "user_id"),
)  # fmt: skip
