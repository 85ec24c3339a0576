"""What is done on the recorded disk: store, raise, audit, compact; each result acknowledged.

python power_workload.py HOME BATCHES full|normal|off
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from twin.measurement import Event, Measurement
from twin.monitoring.audit import AuditLog
from twin.settings import Settings
from twin.store import Store
from twin.store.archive.compacting import compact

__all__ = ["EVENTS", "ROWS", "START", "events", "measurements"]

START = datetime(2026, 1, 5, tzinfo=UTC)
ROWS, EVENTS = 12, 3


def measurements(batch: int) -> list[Measurement]:
    at = START + timedelta(hours=batch)
    return [
        Measurement(
            measured_at=at + timedelta(seconds=n), lot_id=f"L{n}", station="roll",
            characteristic="thickness_um", value=60 + n / 7, unit="um", sequence=batch,
        )
        for n in range(ROWS)
    ]  # fmt: skip


def events(batch: int) -> list[Event]:
    at = START + timedelta(hours=batch)
    return [
        Event(occurred_at=at, station="roll", event="arrive", lot_id=f"L{n}", sequence=batch)
        for n in range(EVENTS)
    ]


def _run(home: Path, batches: int, sync: str) -> None:
    store = Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}"))
    for pragma in ("wal_autocheckpoint=60", *([f"synchronous={sync}"] if sync != "full" else [])):
        sa.event.listen(
            store.database.engine, "checkout", lambda raw, *_, p=pragma: raw.execute(f"PRAGMA {p}")
        )
    log = AuditLog(store)
    with (home / "acknowledged").open("w") as acknowledged:
        for batch in range(batches):
            store.add_measurements(measurements(batch))
            store.add_events(events(batch))
            with log.writing() as connection:
                log.append(connection, user="ana", action="note", subject=str(batch))
            if batch == batches // 2:
                compact(store, user="ana", now=START + timedelta(days=200))
            acknowledged.write(f"{batch}\n")
            acknowledged.flush()
    store.close()


if __name__ == "__main__":
    _run(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
