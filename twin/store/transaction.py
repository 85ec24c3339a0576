"""Writing where a transaction may be open already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from twin.store.store import Store

__all__ = ["transaction"]


@contextmanager
def transaction(into: Store | sa.Connection) -> Iterator[sa.Connection]:
    """The transaction that is open on a connection, or one of its own on a store."""
    if isinstance(into, sa.Connection):
        yield into
        return
    with into.database.writing() as connection:
        yield connection
