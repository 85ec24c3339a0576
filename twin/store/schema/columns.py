"""How every table here is declared: strict types, whole microseconds, nothing null by chance."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

__all__ = ["BIG", "key", "metadata", "one_of", "real", "table", "text", "time", "whole"]

metadata = sa.MetaData()
BIG = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
_REAL: sa.types.TypeEngine[float] = sa.REAL().with_variant(sa.Double(), "postgresql")


def table(name: str, *parts: Any) -> sa.Table:
    """A table of the one `metadata`; STRICT in SQLite."""
    return sa.Table(name, metadata, *parts, sqlite_strict=True)


def key(name: str) -> sa.Column[int]:
    """A primary key that the database numbers."""
    return sa.Column(name, BIG, primary_key=True, autoincrement=True)


def text(name: str, *parts: Any, **options: Any) -> sa.Column[str]:
    """Text that is never null; what is not known is empty."""
    return sa.Column(name, sa.Text, *parts, nullable=False, **options)


def whole(name: str, *parts: Any, **options: Any) -> sa.Column[int]:
    """A whole number that is never null; a time in microseconds too."""
    return sa.Column(name, BIG, *parts, nullable=False, **options)


def time(name: str) -> sa.Column[int | None]:
    """Microseconds since the epoch, or null for "not yet" or "not known"."""
    return sa.Column(name, BIG, nullable=True)


def real(name: str, *, nullable: bool = True) -> sa.Column[float]:
    """A number in 64 bits."""
    return sa.Column(name, _REAL, nullable=nullable)


def one_of(column: str, *words: str) -> sa.CheckConstraint:
    """The column holds one of these words."""
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(w) for w in words)})")
