"""What is done until it is killed, by children of one process that has everything imported.

Reads lines `HOME URL WORK` (tab-separated) from stdin, begins a child for each, prints its number,
and prints `ended` when the child is gone. WORK is `work`, `careless` or `migrate`. A child notes in
HOME/noted what it begins and what was acknowledged to it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from twin.measurement import Measurement
from twin.monitoring.alerts import AlertDesk
from twin.monitoring.plan import ControlPlan, PlannedCharacteristic
from twin.monitoring.watch import watch_once
from twin.settings import Settings
from twin.store import Store

__all__ = ["BATCH", "PLAN", "batch", "one_round"]

START = datetime(2026, 1, 5, tzinfo=UTC)
BATCH = 12
PHASE1 = 24
PLAN = ControlPlan(
    name="kills",
    characteristics=(
        PlannedCharacteristic(
            name="thickness_um", station="roll", unit="um", chart="i_mr", phase1=PHASE1,
            rules={"beyond_limits": "major"},
        ),
    ),
    rearm_points=3,
)  # fmt: skip


def batch(number: int) -> list[Measurement]:
    """Readings around 60 um; after Phase I the fifth of each batch is far outside."""
    return [
        Measurement(
            measured_at=START + timedelta(minutes=number * BATCH + n),
            lot_id=f"L{number}", station="roll", characteristic="thickness_um", unit="um",
            value=80.0 if n == 5 and number * BATCH >= PHASE1 else 60 + (-1) ** n * 0.5,
            sequence=number, provenance="simulated",
        )
        for n in range(BATCH)
    ]  # fmt: skip


def one_round(store: Store, number: int, note: Callable[[str], None]) -> None:
    """Store a batch, raise what it shows, acknowledge one alert; noting each when it returned."""
    note("begin ingest")
    store.add_measurements(batch(number))
    note(f"stored {number}")
    note("begin alerting")
    for alert in watch_once(store, PLAN):
        note(f"raised {alert.id}")
    note("begin acknowledgement")
    desk = AlertDesk(store, PLAN)
    for alert in desk.list("open")[-1:]:
        desk.acknowledge(alert.id, "ana", reason="seen")
        note(f"acknowledged {alert.id}")


def _work(home: Path, url: str, careless: bool) -> None:
    with (home / "noted").open("a") as noted:

        def note(text: str) -> None:
            noted.write(text + "\n")
            noted.flush()

        done = (home / "noted").read_text().splitlines()
        number = max(
            (int(line.split()[1]) for line in done if line.startswith("stored")), default=-1
        )
        store = Store.open(Settings(home, url))
        while True:
            number += 1
            if careless:
                note(f"stored {number}")
            one_round(store, number, note)


def _migrate(home: Path, url: str) -> None:
    with (home / "noted").open("a") as noted:
        noted.write("begin migration\n")
        noted.flush()
        Store.open(Settings(home, url)).close()
        noted.write("migrated\n")


def _serve() -> None:
    for line in sys.stdin:
        home, url, work = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            if work == "migrate":
                _migrate(Path(home), url)
            else:
                _work(Path(home), url, work == "careless")
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)
        sys.stdout.write("ended\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
