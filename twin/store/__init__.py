"""The system of record: what was measured, what happened, and what people decided.

`Store` is the one way in. Charts, alerts and notification next door (`twin.monitoring`) keep their
tables here and are written in the same transactions.
"""

from __future__ import annotations

from twin.store.database import sqlite_warning
from twin.store.receipts import Receipt
from twin.store.store import Store

__all__ = ["Receipt", "Store", "sqlite_warning"]
