"""How soon an alert follows a measurement, with a writer and a watch on one machine."""

from __future__ import annotations

import math
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks import BenchRow
from twin.measurement import Measurement
from twin.monitoring.alert import Alert
from twin.monitoring.plan import ControlPlan, PlannedCharacteristic
from twin.monitoring.watch import Watch
from twin.settings import Settings
from twin.store import Store

__all__ = ["rows"]

CHARTS = 20
RATE_PER_S = 200
SECONDS = 20.0
_BATCH_S = 0.05
_EVERY = 41
_START = datetime(2026, 1, 5, tzinfo=UTC)


def rows() -> list[BenchRow]:
    """From the moment a measurement is handed to the store until its alert's commit returned."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
            waits_ms, rate = _measured(store)
    worst, middle = np.percentile(waits_ms, [99, 50])
    nan = math.nan
    name = f"alert committed after its measurement, {rate:.0f} measurements/s, {len(waits_ms)}"
    return [
        BenchRow(f"{name} alerts, p99", float(worst), "ms", "", nan, "at most 250 ms"),
        BenchRow(f"{name} alerts, median", float(middle), "ms", "", nan, ""),
    ]


def plan() -> ControlPlan:
    """Twenty charts of single readings whose alerts end after three quiet points."""
    return ControlPlan(
        name="benchmark",
        characteristics=tuple(
            PlannedCharacteristic(
                f"x{i}", "roll", "um", phase1=50,
                rules={"beyond_limits": "major", "nelson_2:14": "minor"},
            )
            for i in range(CHARTS)
        ),
        rearm_points=3,
    )  # fmt: skip


def _measured(store: Store) -> tuple[list[float], float]:
    quiet = np.random.default_rng(1).normal(60.0, 1.0, 200_000)
    store.add_measurements([_row(i, float(quiet[i]), "quiet") for i in range(CHARTS * 300)])
    stop = threading.Event()
    told: dict[str, float] = {}

    def on_alert(alert: Alert) -> None:
        told.setdefault(alert.lot_id, time.time())

    watch = Watch(store, plan(), on_alert=on_alert)
    watch.look()
    thread = threading.Thread(target=watch.run, args=(stop,))
    thread.start()
    handed: dict[str, float] = {}
    number, begun = CHARTS * 300, time.monotonic()
    step = round(RATE_PER_S * _BATCH_S)
    while time.monotonic() - begun < SECONDS:
        batch = []
        for i in range(number, number + step):
            special = i % _EVERY == 0
            value = 75.0 if special else min(62.5, max(57.5, float(quiet[i % len(quiet)])))
            lot = f"S{i}" if special else "quiet"
            batch.append(_row(i, value, lot))
        now = time.time()
        handed.update({row.lot_id: now for row in batch if row.lot_id != "quiet"})
        store.add_measurements(batch)
        number += step
        due = begun + (number / CHARTS - 300) * CHARTS / RATE_PER_S
        time.sleep(max(0.0, due - time.monotonic()))
    rate = (number - CHARTS * 300) / (time.monotonic() - begun)
    time.sleep(2.0)
    stop.set()
    thread.join()
    return [1000 * (told[lot] - handed[lot]) for lot in handed if lot in told], rate


def _row(number: int, value: float, lot: str) -> Measurement:
    return Measurement(
        measured_at=_START + timedelta(milliseconds=number), lot_id=lot, station="roll",
        characteristic=f"x{number % CHARTS}", value=value, unit="um", sequence=number,
    )  # fmt: skip
