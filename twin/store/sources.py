"""The state of every source, and who is alive.

Each function takes the store, and writes in a transaction of its own, or the connection of a
transaction that is already open.
"""

from __future__ import annotations

import os
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

import sqlalchemy as sa

from process_models.errors import InputError
from twin.store import schema
from twin.store.gaps import Gap, fill_gap, fill_missing, gaps, note_gap
from twin.store.store import Store
from twin.store.times import from_us, now_us, to_us
from twin.store.transaction import transaction
from twin.store.upsert import upsert

__all__ = [
    "Gap", "Heartbeat", "SourceKind", "SourceState", "beat", "fill_gap", "fill_missing", "gaps",
    "heartbeats", "note_gap", "note_source", "sources",
]  # fmt: skip

SourceKind = Literal["files", "opcua", "mqtt", "sparkplug", "sql", "plant"]
Condition = Literal["connecting", "connected", "disconnected", "stopped", "failed"]
_TIMES = ("connected_since", "last_record_at", "last_received_at", "updated_at")
_PASSWORD = re.compile(r"(?<=//)([^/@:]*):[^/@]*@")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How one source is doing.

    Attributes
    ----------
    source : str
        Its name, which is also that of its records.
    address : str
        URL or folder; a password in it is not kept.
    connected_since, last_record_at, last_received_at : datetime or None
        None while not connected, and before anything came.
    records, refused, reconnects, last_sequence : int
        Since the source is known; the number of the newest record.
    rate_per_s, clock_skew_s : float or None
        Records a second lately; the source's clock less ours.
    updated_at : datetime or None
        Set when it is stored.

    Raises
    ------
    InputError
        When the name is empty, or kind or state is not one of its words.
    """

    source: str
    kind: SourceKind
    address: str = ""
    state: Condition = "connecting"
    connected_since: datetime | None = None
    last_record_at: datetime | None = None
    last_received_at: datetime | None = None
    records: int = 0
    refused: int = 0
    reconnects: int = 0
    last_sequence: int = 0
    rate_per_s: float | None = None
    clock_skew_s: float | None = None
    detail: str = ""
    updated_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise InputError(f"source must not be empty, got {self.source!r}")
        for name, allowed in (("kind", get_args(SourceKind)), ("state", get_args(Condition))):
            if getattr(self, name) not in allowed:
                rule = f"{name} of source {self.source} must be one of {', '.join(allowed)}"
                raise InputError(f"{rule}, got {getattr(self, name)!r}")


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When a part of the twin last said that it is alive, and how often it means to."""

    part: str
    at: datetime
    every_s: float
    pid: int
    state: str
    detail: str

    def overdue(self, now: datetime, beats: float = 3.0) -> bool:
        """True when more than `beats` of its own periods passed without a word."""
        return now - self.at > timedelta(seconds=beats * self.every_s)


def note_source(into: Store | sa.Connection, state: SourceState) -> None:
    """Keep `state` as what is known of its source now."""
    row: dict[str, Any] = asdict(state)
    for name in _TIMES:
        row[name] = None if row[name] is None else to_us(row[name])
    row["updated_at"] = now_us()
    row["address"] = _PASSWORD.sub(r"\1:***@", state.address)
    with transaction(into) as connection:
        upsert(connection, schema.sources, ("source",), row)


def sources(store: Store) -> list[SourceState]:
    """All sources that were ever noted, by name."""
    query = sa.select(schema.sources).order_by(schema.sources.c.source)
    with store.database.reading() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    for row in rows:
        row.update({name: None if row[name] is None else from_us(row[name]) for name in _TIMES})
    return [SourceState(**row) for row in rows]


def beat(
    into: Store | sa.Connection, part: str, every_s: float, state: str = "ok", detail: str = ""
) -> None:
    """Say that `part` of the twin is alive and means to say so again in `every_s` seconds.

    Raises
    ------
    InputError
        When the name is empty or the period is not positive.
    """
    if not part.strip() or not every_s > 0:
        raise InputError(f"a heartbeat needs a name and a period over 0 s, got {part!r}, {every_s}")
    row = {
        "part": part, "at": now_us(), "every_us": round(every_s * 1e6), "pid": os.getpid(),
        "state": state, "detail": detail,
    }  # fmt: skip
    with transaction(into) as connection:
        upsert(connection, schema.heartbeats, ("part",), row)


def heartbeats(store: Store) -> list[Heartbeat]:
    """Every part that ever said that it is alive, by name."""
    query = sa.select(schema.heartbeats).order_by(schema.heartbeats.c.part)
    with store.database.reading() as connection:
        rows = connection.execute(query).all()
    return [
        Heartbeat(r.part, from_us(r.at), r.every_us / 1e6, r.pid, r.state, r.detail) for r in rows
    ]
